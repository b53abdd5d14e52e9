"""Where the text of a table stands in its document if the first column is at the right.

In the text a row goes from its first cell to its last, parted by one character; in the document from the cell at the
left to the one at the right, each after a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phidesk.richtext.blocks import Block, Span


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A span, or an empty cell, in UTF-16 units."""

    text: int
    text_length: int
    document: int
    document_length: int

    def document_offset(self, offset: int) -> int:
        """Within a stretch of unequal lengths, which is a formula, it goes to the end."""
        inside = offset - self.text
        if self.text_length == self.document_length:
            return self.document + inside
        return self.document + (self.document_length if inside else 0)


class MirroredTable:
    """Turns places in the text of a mirrored table into places in its document, and back.

    `lengths` says how long the parts of a span are in the text and in the document.
    """

    def __init__(self, block: Block, lengths: Callable[[Span], list[tuple[int, int]]]) -> None:
        self._stretches = list(_stretches(block, lengths))

    def document_offset(self, offset: int) -> int:
        """Return where a place of the text stands; beyond the end, the end."""
        for stretch in self._stretches:
            if offset <= stretch.text + stretch.text_length:
                return stretch.document_offset(offset)
        last = self._stretches[-1]
        return last.document + last.document_length

    def text_offset(self, offset: int) -> int:
        """Return which place of the text stands at one of the document; beyond the table, the end of the text."""
        for stretch in self._stretches:
            inside = offset - stretch.document
            if 0 <= inside <= stretch.document_length:
                if stretch.text_length != stretch.document_length:
                    inside = stretch.text_length if inside else 0
                return stretch.text + inside
        last = self._stretches[-1]
        return last.text + last.text_length

    def document_ranges(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the parts of a stretch of the text, which stand apart."""
        ranges: list[tuple[int, int]] = []
        for stretch in self._stretches:
            first, last = max(start, stretch.text), min(end, stretch.text + stretch.text_length)
            if first < last:
                is_whole = stretch.text_length != stretch.document_length
                begin = stretch.document if is_whole else stretch.document_offset(first)
                ranges.append((begin, stretch.document_offset(last)))
        return ranges


def _stretches(block: Block, lengths: Callable[[Span], list[tuple[int, int]]]) -> Iterator[_Stretch]:
    """Yield the stretches in the order of the text."""
    rows = [[[pair for span in cell for pair in lengths(span)] or [(0, 0)] for cell in row] for row in block.rows]
    text = 0
    end = 0
    for row in rows:
        end += len(block.columns) - len(row) + sum(1 + sum(length for _, length in cell) for cell in row)
        cell_end = end
        for cell in row:
            document = cell_end = cell_end - sum(length for _, length in cell)
            for text_length, document_length in cell:
                yield _Stretch(text, text_length, document, document_length)
                text += text_length
                document += document_length
            text += 1
            cell_end -= 1
