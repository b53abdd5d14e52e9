"""Tables in formulas: where their columns, rows and cells stand. What is in the cells is laid out already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phidesk.richtext.formula.nodes import Node, Table, spanning_in
from phidesk.ui.formula.boxes import Box, is_color
from phidesk.ui.formula.frames import filled
from phidesk.ui.formula.table_lines import DOUBLE_EM, draw_lines

_ROW_HEIGHT_EM, _ROW_DEPTH_EM, _ROW_GAP_EM = 0.78, 0.3, 0.22
_SMALL_ROW_GAP_EM = 0.1
_DISPLAY_ROW_GAP_EM = 0.4
_COLUMN_GAP_EM, _PAIR_GAP_EM = 0.8, 2.0
_AIR_EM = 0.06
"""At least so much stands between a line and what is below or above it, however high that is."""

Cells = Sequence[Sequence[Box]]
"""Row by row; rows may have fewer cells than the longest."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a table consists of, laid out: cells row by row, and what stands between columns in every row."""

    cells: Cells
    between: Mapping[int, Box]
    """By the number of the column that it stands before."""
    fence: float = 0.0
    """How wide the delimiter is that stands between the first column and the second."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where columns begin, from the left end of the table, and how wide they are."""

    lefts: Sequence[float]
    widths: Sequence[float]
    lines: Sequence[float]
    """Where a line before each column stands; the last: behind the last column."""
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


@dataclass(frozen=True, slots=True)
class LaidOutTable:
    """The box of a table, and where in it that begins what delimiters enclose: all, or what has names at its edges."""

    box: Box
    inner_left: float
    inner_top: float
    """Above the base line."""

    @property
    def inner_size(self) -> float:
        """The height of what delimiters enclose."""
        return self.inner_top + self.box.depth

    def enclosed(self, opening: Box, closing: Box, *, axis_px: float, gap_px: float) -> Box:
        """Return the table with delimiters of this height, which were laid out around the axis."""
        off_axis = (self.box.depth - self.inner_top) / 2 + axis_px
        before = gap_px if opening.width else 0.0
        left = max(0.0, opening.width + before - self.inner_left)
        behind = left + self.box.width + (gap_px if closing.width else 0.0)
        box = Box(behind + closing.width, self.box.height, self.box.depth)
        for part, x, y in (
            (opening, left + self.inner_left - before - opening.width, off_axis),
            (self.box, left, 0.0),
            (closing, behind, off_axis),
        ):
            box.place(part, x, y)
            box.cover(part, y)
        return box


def lay_out_table(table: Table, pieces: Pieces, *, size_px: float, axis_px: float, color: str | None) -> LaidOutTable:
    """Return the cells in their columns and rows, with the lines between them.

    The middle of the table lies on the axis, if it does not say otherwise.
    """
    columns, rows = _place_columns(table, pieces, size_px), _place_rows(table, pieces, size_px)
    top = {"t": rows.bases[0], "b": rows.bases[-1]}.get(table.anchor, rows.total / 2 + axis_px)
    box = Box(columns.total, top, rows.total - top)
    for number, (nodes, row) in enumerate(zip(table.rows, pieces.cells, strict=True)):
        for column, cell in enumerate(row):
            spanning = spanning_in(nodes[column])
            last = column if spanning is None else min(column + spanning.columns, len(columns.widths)) - 1
            room = columns.lefts[last] + columns.widths[last] - columns.lefts[column] - cell.width
            alignment = (spanning.alignment if spanning is not None else "") or table.alignment_of(column)
            x = columns.lefts[column] + room * {"l": 0.0, "r": 1.0}.get(alignment, 0.5)
            base = _base(nodes[column], cell, number, rows)
            ground = table.ground_of(number, column)
            if is_color(ground):
                left, right = columns.lines[column], columns.lines[last + 1]
                upper, lower = rows.edges[number], rows.edges[_last_row(nodes[column], number, rows) + 1]
                whole = Box(right - left, base - upper, lower - base)
                whole.place(cell, x - left, 0.0)
                cell, x = filled(whole, ground), left  # noqa: PLW2901 - with its ground it takes all of its room
            box.place(cell, x, base - top)
        for column, between in pieces.between.items():
            if not any(_spans_over(node, place, column) for place, node in enumerate(nodes)):
                box.place(between, _x_between(columns, column, between), rows.bases[number] - top)
    draw_lines(table, box, columns.lines, rows.edges, size_px=size_px, color=color)
    if not table.has_border:
        return LaidOutTable(box, 0.0, box.height)
    left = columns.lefts[min(1, len(columns.lefts) - 1)]
    return LaidOutTable(box, left, top - rows.edges[min(1, len(table.rows) - 1)])


def _last_row(node: Node, number: int, rows: _Rows) -> int:
    spanning = spanning_in(node)
    return number if spanning is None else min(number + max(1, spanning.rows), len(rows.bases)) - 1


def _base(node: Node, cell: Box, number: int, rows: _Rows) -> float:
    """Return the base line of a cell; one over several rows has its middle in the middle of them."""
    spanning = spanning_in(node)
    if spanning is None or spanning.rows in (0, 1, -1):
        return rows.bases[number]
    other = max(0, min(number + spanning.rows + (-1 if spanning.rows > 0 else 1), len(rows.bases) - 1))
    first, last = sorted((number, other))
    return (rows.edges[first] + rows.edges[last + 1]) / 2 + (cell.height - cell.depth) / 2


def _x_between(columns: _Columns, column: int, box: Box) -> float:
    if column < len(columns.lefts):
        before = columns.lefts[column - 1] + columns.widths[column - 1] if column else 0.0
        return (before + columns.lefts[column] - box.width) / 2
    return columns.lefts[-1] + columns.widths[-1]


def _place_columns(table: Table, pieces: Pieces, size_px: float) -> _Columns:
    widths = _column_widths(table, pieces, size_px)
    count = len(widths)
    apart = DOUBLE_EM * size_px
    upright = [min(column, count) for column in (*table.lines_before, *table.dashed_before)]
    lefts: list[float] = []
    lines: list[float] = []
    end = 0.0
    for column in range(count + 1):
        gap = _gap_before(table, pieces, column, count, size_px)
        doubled = apart * max(0, upright.count(column) - 1)
        lines.append(end + gap / 2 if 0 < column < count else end if column == 0 else end + gap + doubled)
        end += gap + doubled
        if column < count:
            lefts.append(end)
            end += widths[column]
    return _Columns(lefts, widths, lines, end)


def _gap_before(table: Table, pieces: Pieces, column: int, count: int, size_px: float) -> float:
    """Return the room between two columns, or at the ends of the table; doubled lines come on top."""
    between = pieces.between[column].width if column in pieces.between else 0.0
    if column in table.closed_before:
        return between
    if column in (0, count):
        is_open = table.has_rules or column in (*table.lines_before, *table.dashed_before)
        return between + (_COLUMN_GAP_EM * table.gap_em * size_px / 2 if is_open else 0.0)
    if table.has_border and column == 1:
        between += pieces.fence
    if table.is_aligned:
        return between + (0.0 if column % 2 else _PAIR_GAP_EM * table.gap_em) * size_px
    return between + _COLUMN_GAP_EM * table.gap_em * size_px


def _place_rows(table: Table, pieces: Pieces, size_px: float) -> _Rows:
    apart = DOUBLE_EM * size_px
    gap = _row_gap_em(table) * size_px
    air = _AIR_EM * size_px if table.has_rules else 0.0
    margin = gap / 2 if table.has_rules or table.lines_before or table.dashed_before else 0.0
    missing = _missing_heights(table, pieces, gap, size_px)
    bases: list[float] = []
    edges = [0.0]
    y = margin
    for number, row in enumerate(pieces.cells):
        cells = [cell for node, cell in zip(table.rows[number], row, strict=True) if not _spans_rows(node)]
        doubled = apart * max(0, table.rules_before.count(number) - 1)
        y += doubled + missing[number] / 2
        y += max([_ROW_HEIGHT_EM * table.stretch * size_px, *(cell.height + air for cell in cells)])
        bases.append(y)
        y += max([_ROW_DEPTH_EM * table.stretch * size_px, *(cell.depth + air for cell in cells)]) + missing[number] / 2
        if number + 1 < len(pieces.cells):
            extra = table.extra_em[number] * size_px if number < len(table.extra_em) else 0.0
            edges.append(y + (gap + extra) / 2)
            y += gap + extra
    doubled = apart * max(0, table.rules_before.count(len(pieces.cells)) - 1)
    return _Rows(bases, [*edges, y + margin + doubled])


def _missing_heights(table: Table, pieces: Pieces, gap: float, size_px: float) -> list[float]:
    """Return by how much each row has to be higher so that cells over several rows find room."""
    missing = [0.0] * len(table.rows)
    least = (_ROW_HEIGHT_EM + _ROW_DEPTH_EM) * table.stretch * size_px
    for number, (nodes, row) in enumerate(zip(table.rows, pieces.cells, strict=True)):
        for node, cell in zip(nodes, row, strict=True):
            spanning = spanning_in(node)
            if spanning is not None and spanning.rows > 1:
                last = min(number + spanning.rows, len(table.rows))
                needed = (cell.height + cell.depth + gap) / (last - number) - least - gap
                for covered in range(number, last):
                    missing[covered] = max(missing[covered], needed)
    return missing


def _column_widths(table: Table, pieces: Pieces, size_px: float) -> list[float]:
    """Return how wide the columns are; the last one under a cell that spans several gets what that still needs."""
    count = max(len(row) for row in pieces.cells)
    widths = [0.0] * count
    spanned: list[tuple[int, int, float]] = []
    for nodes, row in zip(table.rows, pieces.cells, strict=True):
        for column, cell in enumerate(row):
            spanning = spanning_in(nodes[column])
            if spanning is None or spanning.columns == 1:
                widths[column] = max(widths[column], cell.width)
            else:
                spanned.append((column, min(column + spanning.columns, count) - 1, cell.width))
    for first, last, wanted in sorted(spanned, key=lambda span: span[1] - span[0]):
        gaps = sum(_gap_before(table, pieces, column, count, size_px) for column in range(first + 1, last + 1))
        widths[last] += max(0.0, wanted - gaps - sum(widths[first : last + 1]))
    return widths


def _row_gap_em(table: Table) -> float:
    if table.is_small:
        return _SMALL_ROW_GAP_EM
    return _DISPLAY_ROW_GAP_EM if table.is_display else _ROW_GAP_EM


def _spans_rows(node: Node) -> bool:
    spanning = spanning_in(node)
    return spanning is not None and abs(spanning.rows) > 1


def _spans_over(node: Node, place: int, column: int) -> bool:
    spanning = spanning_in(node)
    return spanning is not None and place < column < place + spanning.columns
