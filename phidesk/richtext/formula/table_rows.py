"""The rows of a table in a formula, the lines between them, and what else stands there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phidesk.richtext.formula.column_specification import FORMULAS, MOST_COLUMNS, Column, at_most_double
from phidesk.richtext.formula.nodes import Atom, Node, PartialRule, Row, Spanning, Symbol, Table, spanning_in
from phidesk.richtext.formula.paragraphs import wrapped
from phidesk.richtext.formula.table_rules import RULES, WITHOUT_INK, read_rule
from phidesk.richtext.formula.values import LENGTH, length_em

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader

ROW_ENDS = frozenset({"\\\\", "\\cr", "\\crcr", "\\newline", "\\tabularnewline"})
_FULL_LINES = ("\\intertext", "\\shortintertext", "\\caption")
"""Words between two rows, from the left edge to the right one."""
_FULL_LINE_EM = 24.0
"""How long lines of those are at most."""
_MATHEMATICS = ("^", "_", "\\frac", "\\dfrac", "\\sqrt", "\\left")
"""What stands in a cell of words only if somebody forgot its dollar signs."""
_NAMED_LENGTH = re.compile(r"[-\d.\s]*\\(?:[a-z]*skip[a-z]*|jot|tabcolsep|arraycolsep)\s*")
_NARROWEST_GAP_EM = -0.3
"""Of what brings two rows nearer to each other: they may touch, no more."""

VERTICAL_LINE = Symbol("|", Atom.INNER)
r"""What `\vline` stands for in a cell."""


@dataclass(slots=True)
class TableRows:
    """Rows of cells, and the lines and distances between them as a `Table` has them."""

    rows: list[tuple[Node, ...]] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    partial_rules: list[PartialRule] = field(default_factory=list)
    extra_em: dict[int, float] = field(default_factory=dict)
    full_lines: list[int] = field(default_factory=list)
    """Rows that are words between others."""
    marks: dict[int, str] = field(default_factory=dict)
    r"""What stands in brackets behind the token that a row begins with: `\item[(a)]`."""

    def as_table(self) -> Table:
        """Return a table of them, without anything else."""
        last = len(self.rows)
        lines = self._take_lines()
        width = max((len(row) for row in self.rows), default=1)
        rows: list[tuple[Node, ...]] = [
            (Spanning(row[0], width, "l"), *[Row()] * (width - 1)) if number in self.full_lines else row
            for number, row in enumerate(self.rows)
        ]
        return Table(
            tuple(rows),
            lines_before=lines,
            rules_before=at_most_double(min(rule, last) for rule in self.rules),
            partial_rules=tuple(replace(rule, row=min(rule.row, last)) for rule in self.partial_rules),
            extra_em=tuple(self.extra_em.get(row, 0.0) for row in range(last)) if self.extra_em else (),
        )

    def _take_lines(self) -> tuple[int, ...]:
        """Take out columns that are a line in every row, and return where the lines stand instead."""
        lines: list[int] = []
        column = 0
        while self.rows and column < len(self.rows[0]):
            if all(column < len(row) > 1 and row[column] == Row((VERTICAL_LINE,)) for row in self.rows):
                self.rows = [row[:column] + row[column + 1 :] for row in self.rows]
                lines.append(column)
            else:
                column += 1
        return tuple(lines)


def read_rows(
    reader: FormulaReader,
    ends: Collection[str],
    columns: Sequence[Column] = (),
    *,
    further: Column = FORMULAS,
    starts: Collection[str] = (),
) -> TableRows:
    r"""Read rows of cells up to one of these tokens, which is left.

    `columns` say how their cells are read, `further` how those behind them. A token of `starts` begins a row, as
    `\item` does.
    """
    found = TableRows()
    cells: list[Node] = []
    cell_ends = {"&", *ROW_ENDS, *RULES, *WITHOUT_INK, *_FULL_LINES, *starts, *ends}
    while True:
        if not cells:
            _read_between_rows(reader, found)
        column = columns[len(cells)] if len(cells) < len(columns) else further
        cell = _read_cell(reader, cell_ends, column)
        spanning = spanning_in(cell)
        cells += [cell] if spanning is None else [cell, *[Row()] * (spanning.columns - 1)]
        reader.skip_space()
        token = reader.peek()
        if token == "&" and len(cells) < MOST_COLUMNS:
            reader.step()
            continue
        if token in starts:
            reader.step()
            mark = reader.read_option()
            if mark is not None:
                found.marks[len(found.rows) + (cells != [Row()])] = mark
            if cells == [Row()]:
                cells = []
                continue
        found.rows.append(tuple(cells))
        cells = []
        if token in ROW_ENDS:
            reader.step()
            _read_extra(reader, found)
        elif token == "&":
            reader.step()
        elif token not in cell_ends or token in ends:
            break
    if len(found.rows) > 1 and found.rows[-1] == (Row(),):
        found.rows.pop()
        found.extra_em.pop(len(found.rows) - 1, None)
    return found


def _read_cell(reader: FormulaReader, ends: set[str], column: Column) -> Node:
    is_text = reader.is_text
    if column.is_text:
        reader.is_text = looks_like_words(reader.peek_raw_until(ends.__contains__))
    reader.skip_space()
    if column.prefix and reader.peek() != "\\multicolumn" and reader.peek() not in ends:
        reader.put_back(column.prefix)
    cell: Node = reader.read_row(ends)
    if column.is_text:
        reader.is_text = is_text
    if column.width_em is not None and spanning_in(cell) is None:
        return wrapped(cell, column.width_em, column.alignment, column.anchor)
    return cell


def _read_extra(reader: FormulaReader, found: TableRows) -> None:
    r"""Read the length that may follow the end of a row: `\\[6pt]`. Other brackets begin the next row."""
    reader.take("*")
    option = reader.read_option_if(_is_length)
    length = LENGTH.match(option) if option else None
    if length is not None:
        found.extra_em[len(found.rows) - 1] = max(_NARROWEST_GAP_EM, length_em(length))


def looks_like_words(source: str) -> bool:
    """Whether a cell of words is none of those that are formulas without dollar signs."""
    return "$" in source or not any(sign in source for sign in _MATHEMATICS)


def _is_length(source: str) -> bool:
    return LENGTH.fullmatch(source.strip()) is not None or _NAMED_LENGTH.fullmatch(source) is not None


def _read_between_rows(reader: FormulaReader, found: TableRows) -> None:
    while True:
        row = len(found.rows)
        reader.skip_space()
        token = reader.peek()
        if token in RULES:
            for rule in read_rule(reader, row):
                if isinstance(rule, PartialRule):
                    found.partial_rules.append(rule)
                else:
                    found.rules.append(rule)
        elif token in WITHOUT_INK:
            reader.step()
            reader.read_option()
            for _ in range(WITHOUT_INK[token]):
                reader.read_raw_argument()
        elif token in _FULL_LINES:
            reader.step()
            found.full_lines.append(row)
            words = reader.inner(f"\\text{{{reader.read_raw_argument()}}}")
            found.rows.append((wrapped(words, _FULL_LINE_EM, "l"),))
        else:
            return
