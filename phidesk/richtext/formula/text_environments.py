"""Environments of words that models put into displayed formulas: theorems, lists, centred text, drawings."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.column_specification import WORDS
from phidesk.richtext.formula.nodes import Node, Row, Space, Table, Word
from phidesk.richtext.formula.paragraphs import wrapped
from phidesk.richtext.formula.table_rows import read_rows

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader

_LISTS = {"itemize", "enumerate", "description"}
_STATEMENTS = {
    "theorem", "lemma", "proof", "proposition", "corollary", "definition", "remark", "example", "exercise", "solution",
    "claim", "conjecture", "axiom", "note", "problem", "question", "answer",
}  # fmt: skip
_PLACED = {
    "center": "c", "flushleft": "l", "flushright": "r", "document": "l", "quote": "l", "quotation": "l",
    "minipage": "l", "figure": "c", "table": "c", "abstract": "l", "framed": "l",
}  # fmt: skip
_WITH_ARGUMENT = {"minipage"}
_DRAWINGS = {"tikzpicture", "axis", "picture", "verbatim", "lstlisting", "algorithm", "algorithmic"}
"""Their source is shown: nothing here draws them."""
TEXT_ENVIRONMENTS = _LISTS | _STATEMENTS | _PLACED.keys() | _DRAWINGS
_LINE_EM = 24.0
"""How long lines of words are at most."""
_ITEM = "\\item"
_END_OF_PROOF = "□"


def read_text_environment(reader: FormulaReader, name: str) -> Node:
    r"""Read up to `\end`, which is left."""
    if name in _DRAWINGS:
        return _source_lines(reader, name)
    title = reader.read_option()
    if name in _WITH_ARGUMENT and reader.is_before_group():
        reader.read_raw_argument()
    if name in _LISTS:
        return _list(reader, name)
    rows = read_rows(reader, {"\\end"}, further=replace(WORDS, width_em=_LINE_EM))
    table = replace(rows.as_table(), alignment=_PLACED.get(name, "l"))
    return _statement(table, name, title) if name in _STATEMENTS else table


def _statement(table: Table, name: str, title: str | None) -> Table:
    """Return lines with the name of what they are before them, and a sign behind a proof, as in print."""
    heading = name.capitalize() + (f" ({title})." if title else ".")
    first, *others = table.rows
    rows = [(Row((_bold(heading), Space(0.4), *_parts(first[0]))), *first[1:]), *others]
    table = replace(table, rows=tuple(rows))
    return _with_end(table) if name == "proof" else table


def _with_end(table: Table) -> Table:
    """Return a table with the sign behind its last line, which may be one of a paragraph in its last cell."""
    *rows, last = table.rows
    *nodes, cell = _parts(last[-1])
    ended = (_with_end(cell),) if isinstance(cell, Table) else (cell, Space(0.5), Word(_END_OF_PROOF))
    return replace(table, rows=(*rows, (*last[:-1], Row((*nodes, *ended)))))


def _list(reader: FormulaReader, name: str) -> Node:
    rows: list[tuple[Node, ...]] = []
    found = read_rows(reader, {"\\end"}, further=WORDS, starts=(_ITEM,))
    numbers = count(1)
    for number, row in enumerate(found.rows):
        mark: Node = Word("•")
        if number in found.marks:
            mark = reader.inner(f"\\text{{{found.marks[number]}}}")
        elif name == "enumerate":
            mark = Word(f"{next(numbers)}.")
        rows.append((mark, wrapped(Row(row) if len(row) > 1 else row[0], _LINE_EM, "l")))
    return Table(tuple(rows), alignment="ll" if name == "description" else "rl", gap_em=0.5)


def _source_lines(reader: FormulaReader, name: str) -> Node:
    source = reader.read_raw_until(lambda token: token == "\\end")
    lines = [line for line in source.splitlines() if line.strip()] or [name]
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    rows = ((Word("".join(styled(sign, Alphabet.MONOSPACE) for sign in line[indent:].rstrip())),) for line in lines)
    return Table(tuple(rows), alignment="l")


def _bold(text: str) -> Word:
    return Word("".join(styled(character, Alphabet.BOLD) for character in text))


def _parts(cell: Node) -> tuple[Node, ...]:
    """Return what stands beside one another in a cell, an empty row for one with nothing in it."""
    return (cell.children or (Row(),)) if isinstance(cell, Row) else (cell,)
