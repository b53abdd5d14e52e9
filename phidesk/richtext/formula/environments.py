"""Tables: environments, matrices, lines one below the other."""

from __future__ import annotations

import re

from phidesk.richtext.formula.commands import (
    ALIGNED,
    LINES,
    MATRICES,
    PLAIN_TEX_MATRICES,
)
from phidesk.richtext.formula.nodes import (
    Node,
    Row,
    Space,
    Styled,
    Table,
    Word,
)
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand


def environment_readers() -> dict[str, ReadCommand]:
    """Return who reads a command that makes a table, by its name without the backslash."""
    return {
        "begin": _environment,
        "end": _stray_end,
        "substack": _substack,
        "\\": _stray_line_end,
        **dict.fromkeys(PLAIN_TEX_MATRICES, _plain_tex_matrix),
    }


def _environment(reader: FormulaReader, _name: str) -> Node:
    name = reader.read_raw_argument().strip()
    bare = name.removesuffix("*")
    if bare == "eqnarray":
        rows = reader.read_table_rows({"\\end"})
        _take_end(reader)
        return Table(tuple(rows), alignment="rcl", gap_em=0.35, is_display=True)
    if bare in LINES | ALIGNED:
        return _lines(reader, bare)
    return _matrix(reader, name, bare)


def _lines(reader: FormulaReader, name: str) -> Node:
    if reader.peek() == "[":
        reader.read_option()
    has_gaps = not name.endswith("at")
    if not has_gaps:
        reader.read_raw_argument()
    rows = reader.read_table_rows({"\\end"})
    _take_end(reader)
    if name in LINES and len(rows) == 1:
        return Styled(Row(rows[0]), is_display=True)
    return Table(tuple(rows), is_aligned=name in ALIGNED, is_display=True, gap_em=float(has_gaps))


def _plain_tex_matrix(reader: FormulaReader, name: str) -> Node:
    reader.skip_space()
    if reader.peek() != "{":
        return Word(name)
    reader.step()
    rows = reader.read_table_rows({"}"})
    reader.take("}")
    opening, closing = MATRICES[name]
    return Table(tuple(rows), "ll" if name == "cases" else "", opening, closing)


def _matrix(reader: FormulaReader, name: str, bare: str) -> Node:
    opening, closing = MATRICES.get(bare, ("", ""))
    columns = ""
    if name.endswith("*"):
        columns = (reader.read_option() or "") * 20
    elif bare in ("array", "tabular", "subarray"):
        reader.read_option()
        columns = re.sub(r"[@!>]\s*\{[^}]*\}", "", reader.read_raw_argument())
    elif bare.endswith("cases"):
        columns = "ll"
    lines = _lines_in(columns)
    ruled = reader.read_ruled_rows({"\\end"})
    _take_end(reader)
    return Table(
        ruled.rows,
        alignment="".join(letter for letter in columns if letter in "lcr"),
        opening=opening,
        closing=closing,
        is_display=bare in ("dcases", "drcases"),
        is_small=bare in ("smallmatrix", "subarray"),
        lines_before=lines,
        rules_before=ruled.rules,
        partial_rules=ruled.partial_rules,
    )


def _substack(reader: FormulaReader, _name: str) -> Node:
    reader.skip_space()
    if reader.peek() != "{":
        return reader.read_argument()
    reader.step()
    rows = reader.read_table_rows({"}"})
    reader.take("}")
    return Table(tuple(rows), is_small=True)


def _take_end(reader: FormulaReader) -> None:
    if reader.take("\\end"):
        reader.read_raw_argument()


def _stray_end(reader: FormulaReader, _name: str) -> None:
    reader.read_raw_argument()


def _stray_line_end(_reader: FormulaReader, _name: str) -> Node:
    return Space(1.0)


def _lines_in(columns: str) -> tuple[int, ...]:
    lines: list[int] = []
    count = 0
    for letter in columns:
        if letter == "|":
            lines.append(count)
        elif letter in "lcr":
            count += 1
    return tuple(lines)
