"""What is selected in a transcript: a stretch of one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from phidesk.richtext.blocks import Block, BlockKind, separator, slice_spans
from phidesk.ui.chat.transcript_content import TextPosition

_FAR = 1 << 30


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch between two places of a message; where they are equal, only a place to begin from."""

    message: int
    anchor: TextPosition
    """Where it began; stays while it is drawn wider."""
    cursor: TextPosition

    @property
    def start(self) -> TextPosition:
        """The earlier end."""
        return min(self.anchor, self.cursor)

    @property
    def end(self) -> TextPosition:
        """The later end."""
        return max(self.anchor, self.cursor)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.cursor

    def range_in(self, message: int, block: int) -> tuple[int, int] | None:
        """Return the selected UTF-16 units of a block, or None; the end may lie beyond the block's."""
        if message != self.message or self.is_empty or not self.start.block <= block <= self.end.block:
            return None
        first = self.start.offset if block == self.start.block else 0
        last = self.end.offset if block == self.end.block else _FAR
        return first, last

    def text(self, blocks: Sequence[Block]) -> str:
        """Return the selected characters, as the message has them."""
        parts: list[str] = []
        previous: Block | None = None
        for index, block in enumerate(blocks):
            selected = self.range_in(self.message, index)
            if selected is None or block.kind is BlockKind.FOLD:
                continue
            if previous is not None:
                parts.append(separator(previous, block))
            if selected[0] == 0:
                parts.append(block.lead)
            parts.append(slice_utf16(block.text, *selected))
            previous = block
        return "".join(parts)

    def selected_blocks(self, blocks: Sequence[Block]) -> list[Block]:
        """Return what is selected of each block, with its markup; a formula or a table's cell is cut like text."""
        found: list[Block] = []
        for index, block in enumerate(blocks):
            selected = self.range_in(self.message, index)
            if selected is not None:
                start, end = (len(slice_utf16(block.text, 0, place)) for place in selected)
                found.append(replace(block, spans=slice_spans(block.spans, start, end)))
        return found


def slice_utf16(text: str, start: int, end: int) -> str:
    """Return a stretch of a text, counted as QTextDocument counts."""
    if text.isascii():
        return text[start:end]
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
    return units.decode("utf-16-le", "surrogatepass" if _has_lone_surrogate(text) else "replace")


def _has_lone_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
