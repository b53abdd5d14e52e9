"""Tables → MathML. Alignment is said as MathML Core wants it, in a style.

Lines are attributes of MathML 4 (https://www.w3.org/TR/mathml4/#presm_mtable): Core has none, and who knows only that
shows the cells without them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

from phidesk.richtext.formula.nodes import Node, Row, Table, spanning_in

_ALIGNMENTS = {"l": "left", "c": "center", "r": "right"}


def table_markup(table: Table, markup: Callable[[Node], str], attributes: str = "") -> str:
    """Return an element `mtable`; `markup` is asked for what is in the cells."""
    covered = _covered(table)
    columns = max(len(row) for row in table.rows)
    rows = (_cells(table, number, markup, covered, columns) for number in range(len(table.rows)))
    return f"<mtable{_anchor(table)}{_lines(table)}{attributes}>{''.join(f'<mtr>{row}</mtr>' for row in rows)}</mtable>"


def without_border(table: Table) -> Table:
    """Return a table whose first row and column name the others as one of four parts: its delimiters enclose one."""
    first, *others = table.rows
    names = Table((first[1:] or (Row(),),))
    if not others:
        return replace(names, opening=table.opening, closing=table.closing)
    left = replace(table, rows=tuple((row[0],) for row in others), opening="", closing="", has_border=False)
    inside = replace(table, rows=tuple(row[1:] or (Row(),) for row in others), has_border=False)
    return Table(((first[0], names), (left, inside)))


def _anchor(table: Table) -> str:
    row = {"t": "1", "b": str(len(table.rows))}.get(table.anchor)
    return f' align="baseline {row}"' if row is not None else ""


def _lines(table: Table) -> str:
    """Return which lines stand between columns and between rows; a frame only if it goes all around."""
    columns = max(len(row) for row in table.rows)
    dashed_rows = [rule.row for rule in table.partial_rules if rule.is_dashed and rule.end >= columns]
    upright = [_kind(column, table.lines_before, table.dashed_before) for column in range(columns + 1)]
    level = [_kind(row, table.rules_before, dashed_rows) for row in range(len(table.rows) + 1)]
    edges = {upright[0], upright[-1], level[0], level[-1]}
    attributes = ' frame="solid"' if edges == {"solid"} else ""
    for name, kinds in (("columnlines", upright[1:-1]), ("rowlines", level[1:-1])):
        if any(kind != "none" for kind in kinds):
            attributes += f' {name}="{" ".join(kinds)}"'
    return attributes


def _kind(place: int, solid: Sequence[int], dashed: Sequence[int]) -> str:
    return "solid" if place in solid else "dashed" if place in dashed else "none"


def _covered(table: Table) -> set[tuple[int, int]]:
    """Return the row and column of empty cells that one above goes over."""
    covered: set[tuple[int, int]] = set()
    for number, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            spanning = spanning_in(cell)
            if spanning is not None and spanning.rows > 1:
                below = {
                    (number + further, column + beside)
                    for further in range(1, min(spanning.rows, len(table.rows) - number))
                    for beside in range(spanning.columns)
                }
                if all(table.cell(*place) == Row() for place in below):
                    covered |= below
    return covered


def _cells(
    table: Table, number: int, markup: Callable[[Node], str], covered: set[tuple[int, int]], columns: int
) -> str:
    row = table.rows[number]
    cells: list[str] = []
    column = 0
    while column < len(row):
        spanning = spanning_in(row[column])
        letter, width, span = table.alignment_of(column), 1, ""
        if spanning is not None:
            letter, width = spanning.alignment or letter, spanning.columns
            span = f' columnspan="{width}"'
            rows = min(spanning.rows, len(table.rows) - number)
            span += f' rowspan="{rows}"' if rows > 1 and (number + 1, column) in covered else ""
        style = f' style="text-align: {_ALIGNMENTS[letter]}"' if letter != "c" or spanning is not None else ""
        color = table.ground_of(number, column)
        ground = f' mathbackground="{escape(color)}"' if color else ""
        before = _between(table, column, markup)
        after = _between(table, columns, markup) if column + width == columns else ""
        if (number, column) not in covered:
            cells.append(f"<mtd{span}{ground}{style}>{before}{markup(row[column])}{after}</mtd>")
        column += width
    return "".join(cells)


def _between(table: Table, column: int, markup: Callable[[Node], str]) -> str:
    return "".join(markup(node) for place, node in table.between if place == column)
