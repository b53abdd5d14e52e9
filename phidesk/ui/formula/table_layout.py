"""Tables in formulas: where their columns, rows and lines stand. What is in the cells is laid out already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phidesk.richtext.formula.nodes import Node, Table, spanning_in
from phidesk.ui.formula.boxes import LINE_EM, Box, PlacedBar

_DOUBLE_EM = 0.15
"""From one line to its double."""
_ROW_HEIGHT_EM, _ROW_DEPTH_EM, _ROW_GAP_EM = 0.78, 0.3, 0.22
_SMALL_ROW_GAP_EM = 0.1
_DISPLAY_ROW_GAP_EM = 0.4
_COLUMN_GAP_EM, _PAIR_GAP_EM = 0.8, 2.0

Cells = Sequence[Sequence[Box]]
"""Row by row; rows may have fewer cells than the longest."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where columns begin, from the left end of the table, and how wide they are."""

    lefts: Sequence[float]
    widths: Sequence[float]
    total: float


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where rows stand, from the upper end of the table."""

    bases: Sequence[float]
    edges: Sequence[float]
    """Half way between the rows; the first is the upper end, the last the lower."""

    @property
    def total(self) -> float:
        return self.edges[-1]


def lay_out_table(table: Table, cells: Cells, *, size_px: float, axis_px: float, color: str | None) -> Box:
    """Return the cells in their columns and rows, with the lines between them; its middle lies on the axis."""
    columns, rows = _place_columns(table, cells, size_px), _place_rows(table, cells, size_px)
    top = rows.total / 2 + axis_px
    box = Box(columns.total, top, rows.total - top)
    for nodes, row, base in zip(table.rows, cells, rows.bases, strict=True):
        for column, cell in enumerate(row):
            spanning = spanning_in(nodes[column])
            last = column if spanning is None else min(column + spanning.columns, len(columns.widths)) - 1
            room = columns.lefts[last] + columns.widths[last] - columns.lefts[column] - cell.width
            alignment = _alignment(table, column) if spanning is None else spanning.alignment
            box.place(cell, columns.lefts[column] + room * {"l": 0.0, "r": 1.0}.get(alignment, 0.5), base - top)
    _draw_lines(table, box, rows.edges, columns.lefts, size_px, color)
    return box


def _place_columns(table: Table, cells: Cells, size_px: float) -> _Columns:
    widths = _column_widths(table, cells, size_px)
    count = len(widths)
    apart = _DOUBLE_EM * size_px
    line_places = [min(column, count) for column in table.lines_before]
    padding = _COLUMN_GAP_EM * table.gap_em * size_px / 2
    lefts: list[float] = []
    end = padding if table.has_rules or 0 in table.lines_before else 0.0
    for column in range(count):
        end += _gap_before(table, column, size_px) if column else 0.0
        end += apart * max(0, line_places.count(column) - 1)
        lefts.append(end)
        end += widths[column]
    end += padding if table.has_rules or count in line_places else 0.0
    end += apart * max(0, line_places.count(count) - 1)
    return _Columns(lefts, widths, end)


def _place_rows(table: Table, cells: Cells, size_px: float) -> _Rows:
    apart = _DOUBLE_EM * size_px
    gap = _row_gap_em(table) * size_px
    margin = gap / 2 if table.has_rules or table.lines_before else 0.0
    bases: list[float] = []
    edges = [0.0]
    y = margin
    for number, row in enumerate(cells):
        y += apart * max(0, table.rules_before.count(number) - 1)
        y += max([_ROW_HEIGHT_EM * size_px, *(cell.height for cell in row)])
        bases.append(y)
        y += max([_ROW_DEPTH_EM * size_px, *(cell.depth for cell in row)])
        edges.append(y + gap / 2)
        y += gap
    edges[-1] += margin - gap / 2 + apart * max(0, table.rules_before.count(len(cells)) - 1)
    return _Rows(bases, edges)


def _column_widths(table: Table, cells: Cells, size_px: float) -> list[float]:
    """Return how wide the columns are; the last one under a cell that spans several gets what that still needs."""
    count = max(len(row) for row in cells)
    widths = [0.0] * count
    spanned: list[tuple[int, int, float]] = []
    for nodes, row in zip(table.rows, cells, strict=True):
        for column, cell in enumerate(row):
            spanning = spanning_in(nodes[column])
            if spanning is None:
                widths[column] = max(widths[column], cell.width)
            else:
                spanned.append((column, min(column + spanning.columns, count) - 1, cell.width))
    for first, last, wanted in sorted(spanned, key=lambda span: span[1] - span[0]):
        gaps = sum(_gap_before(table, column, size_px) for column in range(first + 1, last + 1))
        widths[last] += max(0.0, wanted - gaps - sum(widths[first : last + 1]))
    return widths


def _alignment(table: Table, column: int) -> str:
    if table.is_aligned:
        return "rl"[column % 2]
    return table.alignment[column] if column < len(table.alignment) else "c"


def _gap_before(table: Table, column: int, size_px: float) -> float:
    if table.is_aligned:
        return (0.0 if column % 2 else _PAIR_GAP_EM * table.gap_em) * size_px
    return _COLUMN_GAP_EM * table.gap_em * size_px


def _row_gap_em(table: Table) -> float:
    if table.is_small:
        return _SMALL_ROW_GAP_EM
    return _DISPLAY_ROW_GAP_EM if table.is_display else _ROW_GAP_EM


def _draw_lines(
    table: Table, box: Box, edges: Sequence[float], lefts: Sequence[float], size_px: float, color: str | None
) -> None:
    line = LINE_EM * size_px
    apart = _DOUBLE_EM * size_px

    def between(column: int) -> float:
        """Return where a line at the left of a column stands, the first of several."""
        doubled = apart * max(0, table.lines_before.count(column) - 1)
        return max(0.0, lefts[column] - doubled - _COLUMN_GAP_EM * table.gap_em * size_px / 2)

    for rule in table.partial_rules:
        start, end = max(0, rule.start), min(len(lefts), rule.end)
        if start < end:
            x = between(start) if start else 0.0
            right = between(end) + line if end < len(lefts) else box.width
            y = edges[rule.row] - box.height if rule.row < len(table.rows) else box.depth - line
            box.bars.append(PlacedBar(x, y, right - x, line, color))
    for row in set(table.rules_before):
        for number in range(table.rules_before.count(row)):
            shift = number * apart
            y = edges[row] - box.height + shift if row < len(table.rows) else box.depth - line - shift
            box.bars.append(PlacedBar(0, y, box.width, line, color))
    for column in set(table.lines_before):
        for number in range(table.lines_before.count(column)):
            shift = number * apart
            x = between(column) + shift if column < len(lefts) else box.width - line - shift
            box.bars.extend(_line_past_spanning(table, column, x, edges, box, line, color))


def _line_past_spanning(
    table: Table, column: int, x: float, edges: Sequence[float], box: Box, line: float, color: str | None
) -> Iterator[PlacedBar]:
    """Yield a vertical line between two columns, in pieces: none goes through a cell that spans both."""
    start: float | None = None
    for number in range(len(table.rows) + 1):
        row = table.rows[number] if number < len(table.rows) else None
        if row is not None and not any(_spans_over(cell, place, column) for place, cell in enumerate(row)):
            start = edges[number] if start is None else start
        elif start is not None:
            yield PlacedBar(x, start - box.height, line, edges[number] - start, color)
            start = None


def _spans_over(cell: Node, place: int, column: int) -> bool:
    spanning = spanning_in(cell)
    return spanning is not None and place < column < place + spanning.columns
