r"""Tables that are commands, as in plain TeX: `\pmatrix{a & b \cr c & d}`; and what stands in lines without a table."""

from __future__ import annotations

from dataclasses import replace

from phidesk.richtext.formula.nodes import Node, Space, Table, Word
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.table_rows import read_rows

_LOOKS = {
    "matrix": Table(()),
    "pmatrix": Table((), opening="(", closing=")"),
    "cases": Table((), alignment="ll", opening="{"),
    "bordermatrix": Table((), opening="(", closing=")", has_border=True),
    "displaylines": Table((), is_display=True),
    "eqalign": Table((), is_aligned=True, is_display=True),
    "eqalignno": Table((), is_aligned=True, is_display=True),
    "leqalignno": Table((), is_aligned=True, is_display=True),
}
"""Tables without rows."""


def plain_table_readers() -> dict[str, ReadCommand]:
    """Return who reads such a command, by its name without the backslash."""
    return {"substack": _substack, "\\": _stray_line_end, **dict.fromkeys(_LOOKS, _plain_table)}


def _plain_table(reader: FormulaReader, name: str) -> Node:
    if not reader.is_before_group():
        return Word(name)
    look = _LOOKS[name]
    table = _read_table(reader)
    return replace(look, rows=table.rows, rules_before=table.rules_before, extra_em=table.extra_em)


def _substack(reader: FormulaReader, _name: str) -> Node:
    if not reader.is_before_group():
        return reader.read_argument()
    return replace(_read_table(reader), is_small=True)


def _read_table(reader: FormulaReader) -> Table:
    reader.step()
    rows = read_rows(reader, {"}"})
    reader.take("}")
    return rows.as_table()


def _stray_line_end(_reader: FormulaReader, _name: str) -> Node:
    return Space(1.0)
