"""What is selected in a transcript: a stretch between two places, through as many messages as lie between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from phidesk.richtext.blocks import Block, BlockKind, separator, slice_spans

_FAR = 1 << 30


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place between two characters of a transcript; a later one is greater."""

    message: int
    block: int
    offset: int
    """In UTF-16 units of the block's text, as QTextDocument counts."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch between two places; where they are equal, only a place to begin from."""

    anchor: Place
    """Where it began; stays while it is drawn wider."""
    cursor: Place

    @property
    def start(self) -> Place:
        """The earlier end."""
        return min(self.anchor, self.cursor)

    @property
    def end(self) -> Place:
        """The later end."""
        return max(self.anchor, self.cursor)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.cursor

    @property
    def messages(self) -> range:
        """The messages that it touches."""
        return range(self.start.message, self.end.message + 1)

    def range_in(self, message: int, block: int) -> tuple[int, int] | None:
        """Return the selected UTF-16 units of a block, or None; the end may lie beyond the block's."""
        start, end = self.start, self.end
        if self.is_empty or not (start.message, start.block) <= (message, block) <= (end.message, end.block):
            return None
        first = start.offset if (message, block) == (start.message, start.block) else 0
        last = end.offset if (message, block) == (end.message, end.block) else _FAR
        return first, last

    def text(self, message: int, blocks: Sequence[Block]) -> str:
        """Return the selected characters of a message that has these blocks, as a person reads them."""
        parts: list[str] = []
        previous: Block | None = None
        for index, block in enumerate(blocks):
            selected = self.range_in(message, index)
            if selected is None or block.kind is BlockKind.FOLD:
                continue
            if previous is not None:
                parts.append(separator(previous, block))
            if selected[0] == 0 and (selected[1] > 0 or not block.text):
                parts.append(block.lead)
            parts.append(slice_utf16(block.text, *selected))
            previous = block
        return "".join(parts)

    def blocks(self, message: int, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """Return what is selected of a message's blocks, with its markup.

        A few words out of one block are only words: they bring no bullet, heading or quote along. A block that an end
        only touches is none.
        """
        found: list[Block] = []
        is_cut = False
        for index, block in enumerate(blocks):
            selected = self.range_in(message, index)
            if selected is not None:
                start, end = (len(slice_utf16(block.text, 0, place)) for place in selected)
                if start == end and block.text:
                    continue
                is_cut = start > 0 or end < len(block.text)
                found.append(replace(block, spans=slice_spans(block.spans, start, end)))
        if len(found) == 1 and is_cut:
            found[0] = _only_words(found[0])
        return tuple(found)


def _only_words(block: Block) -> Block:
    kind = BlockKind.PARAGRAPH if block.kind is BlockKind.HEADING else block.kind
    return replace(block, kind=kind, marker="", containers=(), joint=None)


def slice_utf16(text: str, start: int, end: int) -> str:
    """Return a stretch of a text, counted as QTextDocument counts."""
    if text.isascii():
        return text[start:end]
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
    return units.decode("utf-16-le", "surrogatepass" if _has_lone_surrogate(text) else "replace")


def _has_lone_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
