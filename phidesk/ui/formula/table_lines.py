"""The lines of tables in formulas: solid, doubled, dashed, between columns and between rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phidesk.richtext.formula.nodes import Node, PartialRule, Table, spanning_in
from phidesk.ui.formula.boxes import LINE_EM, Box, PlacedBar

DOUBLE_EM = 0.15
"""From one line to its double."""
_DASH_EM, _DASH_GAP_EM = 0.25, 0.2
_MOST_DASHES = 100
"""Of one line; those of a longer one are longer."""
_TRIM_EM = 0.3
"""By how much a line stops short of the next column."""


def draw_lines(
    table: Table, box: Box, uprights: Sequence[float], edges: Sequence[float], *, size_px: float, color: str | None
) -> None:
    """Add the lines to the box of a table.

    `uprights` are the places of lines before each column, and behind the last, from the left; `edges` those of lines
    above each row, and below the last, from the upper end of the box.
    """
    line = LINE_EM * size_px
    apart = DOUBLE_EM * size_px
    columns = len(uprights) - 1
    tall = _tall_cells(table)

    def add(x: float, y: float, width: float, height: float, *, is_dashed: bool = False) -> None:
        bars = _dashes(x, y, width, height, size_px, color) if is_dashed else [PlacedBar(x, y, width, height, color)]
        box.bars.extend(bars)

    def height_of(row: int) -> float:
        """Return where a line above a row is, from the base line."""
        return edges[row] - box.height if row < len(table.rows) else box.depth - line

    for rule in table.partial_rules:
        start, end = max(0, rule.start), min(columns, rule.end)
        for first, behind in _without_crossed(tall, rule.row, start, end):
            left, right = _ends(rule, first, behind, uprights, size_px)
            add(left, height_of(rule.row), min(right + (line if behind < columns else 0), box.width) - left, line,
                is_dashed=rule.is_dashed)  # fmt: skip
    for row in set(table.rules_before):
        pieces = list(_without_crossed(tall, row, 0, columns))
        for number in range(table.rules_before.count(row)):
            shift = number * apart * (1 if row < len(table.rows) else -1)
            for first, behind in pieces:
                left = uprights[first] if first else 0.0
                right = uprights[behind] if behind < columns else box.width
                add(left, height_of(row) + shift, right - left, line)
    for column in _uprights(table, columns):
        solid, dashed = table.lines_before.count(column), table.dashed_before.count(column)
        for number in range(max(1, solid + dashed)):
            shift = number * apart
            x = uprights[column] + shift if column < columns else box.width - line - shift
            for top, bottom in _stretches(table, column, edges):
                add(x, top - box.height, line, bottom - top, is_dashed=dashed > 0 and number >= solid)


def _ends(rule: PartialRule, first: int, behind: int, uprights: Sequence[float], size_px: float) -> tuple[float, float]:
    left = uprights[first] + (_TRIM_EM * size_px if "l" in rule.trimmed and first == max(0, rule.start) else 0.0)
    right = uprights[behind] - (_TRIM_EM * size_px if "r" in rule.trimmed and behind == rule.end else 0.0)
    return left, max(left, right)


def _dashes(x: float, y: float, width: float, height: float, size_px: float, color: str | None) -> Iterator[PlacedBar]:
    """Yield the dashes of a line, which begins and ends with a whole one."""
    length = max(width, height)
    dash, gap = _DASH_EM * size_px, _DASH_GAP_EM * size_px
    count = max(1, round((length + gap) / (dash + gap)))
    if count > _MOST_DASHES:
        count = _MOST_DASHES
        dash = length / (count + (count - 1) * gap / dash)
    step = (length - dash) / max(1, count - 1)
    dash = min(length, dash)
    for number in range(count):
        if width >= height:
            yield PlacedBar(x + number * step, y, dash, height, color)
        else:
            yield PlacedBar(x, y + number * step, width, dash, color)


def _without_crossed(tall: Sequence[tuple[range, range]], row: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the columns over which a line above a row goes, in pieces: none goes through a cell over several rows."""
    crossed = {column for rows, columns in tall if row in rows for column in columns}
    first: int | None = None
    for column in range(start, end + 1):
        if column < end and column not in crossed:
            first = column if first is None else first
        elif first is not None:
            yield first, column
            first = None


def _tall_cells(table: Table) -> list[tuple[range, range]]:
    """Return for cells over several rows the lines that would go through them, by their row, and their columns."""
    return [
        (
            range(number + 1, number + spanning.rows)
            if spanning.rows > 0
            else range(number + spanning.rows + 2, number + 1),
            range(column, column + spanning.columns),
        )
        for number, cells in enumerate(table.rows)
        for column, cell in enumerate(cells)
        if (spanning := spanning_in(cell)) is not None and abs(spanning.rows) > 1
    ]


def _stretches(table: Table, column: int, edges: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Yield where a line between two columns begins and ends: not every cell that spans columns has it."""
    is_everywhere = column in table.lines_before or column in table.dashed_before
    start: float | None = None
    for number in range(len(table.rows) + 1):
        if number < len(table.rows) and _has_line(table.rows[number], column, is_everywhere=is_everywhere):
            start = edges[number] if start is None else start
        elif start is not None:
            yield start, edges[number]
            start = None


def _has_line(row: Sequence[Node], column: int, *, is_everywhere: bool) -> bool:
    """Whether a line stands before a column in a row.

    A cell may say so itself of its right edge, and of its left one, which belongs to the cell before otherwise.
    """
    has_line = is_everywhere
    for place, cell in enumerate(row):
        spanning = spanning_in(cell)
        if spanning is None:
            continue
        if place < column < place + spanning.columns:
            return False
        if spanning.lines is not None and place + spanning.columns == column:
            has_line = spanning.lines[1]
        elif spanning.lines is not None and place == column:
            has_line = spanning.lines[0] or (has_line and column > 0)
    return has_line


def _uprights(table: Table, columns: int) -> set[int]:
    """Return the columns before which a line stands in any row."""
    own = {
        edge
        for row in table.rows
        for place, cell in enumerate(row)
        if (spanning := spanning_in(cell)) is not None and spanning.lines is not None
        for edge, has_line in zip((place, place + spanning.columns), spanning.lines, strict=True)
        if has_line
    }
    return {column for column in (*table.lines_before, *table.dashed_before, *own) if column <= columns}
