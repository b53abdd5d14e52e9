"""How wide the columns of a table are: decided by its first piece, so that all pieces of a long table fit together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from weakref import WeakKeyDictionary

from phidesk.richtext.blocks import CELL_LINE_BREAK, Block, Span
from phidesk.ui.chat.side_view import SideView

COMFORTABLE_EMS = 12
"""A column with more text than this is not made narrower: rather the table scrolls sideways."""
WIDEST_EMS = 30
"""Longer text wraps within its column, however much room there is."""
MOST_SPANS = 1_000
"""Whose widths are remembered: while a table is written, most of its cells stay the same."""


class TableColumns:
    """Knows the widths of the columns of tables, all in pixels.

    `em` is the size of the letters, `measure` returns the width of a span, and `padding` what is beside the text of a
    cell, by whether it is the first of its row.
    """

    def __init__(self, em: int, measure: Callable[[Span], float], padding: Callable[[bool], int]) -> None:
        self._em = em
        self._measure = measure
        self._padding = padding
        self._known: WeakKeyDictionary[SideView, tuple[int, tuple[int, ...]]] = WeakKeyDictionary()
        self._span_widths: dict[Span, float] = {}

    def widths(self, side: SideView, room: int) -> tuple[int, ...]:
        """Return the widths of the columns where there is so much room."""
        known = self._known.get(side)
        if known is None or known[0] != room:
            known = room, column_widths(self._natural_widths(side.head), room, self._em)
            self._known[side] = known
        return known[1]

    def are_as_wide(self, old: SideView, new: SideView) -> bool:
        """Whether the columns of two tables are of the same widths in the room that the old one was asked for last."""
        room, widths = self._known.get(old, (0, ()))
        return bool(widths) and self.widths(new, room) == widths

    def _natural_widths(self, head: Block) -> list[int]:
        """Return how wide each column is where nothing wraps."""
        rows = head.rows
        widths = [0] * max(len(row) for row in rows)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                spans = [span._replace(bold=True) for span in cell] if number == 0 else cell
                width = max(math.ceil(sum(map(self._width, line))) for line in _lines(spans))
                widths[column] = max(widths[column], width + self._padding(column == 0) + 1)
        return widths

    def _width(self, span: Span) -> float:
        width = self._span_widths.get(span)
        if width is None:
            if len(self._span_widths) > MOST_SPANS:
                self._span_widths.clear()
            width = self._span_widths[span] = self._measure(span)
        return width


def _lines(spans: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """Yield the lines of a cell."""
    line: list[Span] = []
    for span in spans:
        first, *others = span.text.split(CELL_LINE_BREAK)
        line.append(span.with_text(first) if others else span)
        for text in others:
            yield line
            line = [span.with_text(text)]
    yield line


def column_widths(natural: Sequence[int], room: int, em: int) -> tuple[int, ...]:
    """Return the width of each column. Together they are wider than `room` only if they must.

    `natural` is the width of each where nothing wraps, `em` the size of the letters.
    """
    wished = [min(width, WIDEST_EMS * em) for width in natural]
    excess = sum(wished) - room
    if excess <= 0:
        return tuple(wished)
    least = [min(width, COMFORTABLE_EMS * em) for width in wished]
    spare = sum(wished) - sum(least)
    if spare <= excess:
        return tuple(least)
    return tuple(
        width - ((width - smallest) * excess + spare - 1) // spare
        for width, smallest in zip(wished, least, strict=True)
    )
