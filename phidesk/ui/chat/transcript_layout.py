"""Where each message and each block stands, without drawing anything. No Qt, whole pixels only.

A conversation may have 10,000 messages of which twenty blocks are visible. So heights are estimated from the length of
the text, become real when a block is measured, and live in Fenwick trees: one of the messages, and in each message that
was looked at, one of its blocks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from phidesk.richtext.blocks import Block, BlockKind
from phidesk.richtext.displayed_formulas import is_displayed
from phidesk.ui.chat.side_view import SideView, side_view_of
from phidesk.ui.chat.transcript_message import Card, Thinking

PARAGRAPH_GAP = 12
HEADING_GAP = 20
ITEM_GAP = 4
FORMULA_GAP = 8
"""Around a displayed formula within a paragraph."""
LONGEST_LINE = 2_000
"""Characters of a line of code that nobody scrolls along any more."""


class FenwickTree:
    """A list of whole numbers whose sums over a beginning, and the search for a sum, take logarithmic time."""

    def __init__(self, values: Iterable[int] = ()) -> None:
        self._values = list(values)
        sums = list(accumulate(self._values, initial=0))
        self._tree = [total - sums[index & (index - 1)] for index, total in enumerate(sums)]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def __setitem__(self, index: int, value: int) -> None:
        difference = value - self._values[index]
        if not difference:
            return
        self._values[index] = value
        position = index + 1
        while position < len(self._tree):
            self._tree[position] += difference
            position += position & -position

    def append(self, value: int) -> None:
        """Add a number at the end."""
        self._values.append(value)
        position = len(self._values)
        total = value
        child = position - 1
        while child > position - (position & -position):
            total += self._tree[child]
            child -= child & -child
        self._tree.append(total)

    def truncate(self, length: int) -> None:
        """Drop all numbers from `length` on."""
        del self._values[length:]
        del self._tree[length + 1 :]

    def sum(self, count: int | None = None) -> int:
        """Return the sum of the first `count` numbers, or of all."""
        position = len(self._values) if count is None else count
        total = 0
        while position:
            total += self._tree[position]
            position -= position & -position
        return total

    def find(self, offset: int) -> tuple[int, int]:
        """Return the index of the number that covers `offset`, and the sum before it; the last one beyond the end."""
        tree, size = self._tree, len(self._tree)
        position = 0
        total = 0
        step = 1 << (len(self._values).bit_length())
        while step:
            following = position + step
            if following < size and total + tree[following] <= offset:
                position = following
                total += tree[following]
            step >>= 1
        if position >= len(self._values) > 0:
            position = len(self._values) - 1
            total = self.sum(position)
        return position, total


@dataclass(frozen=True, slots=True)
class TextMetrics:
    """What estimates are made of. Widths and heights in pixels."""

    character_width: float
    line_height: int
    code_line_height: int
    column_width: int

    def message_heights(self, texts: Iterable[str]) -> list[int]:
        """Estimate the heights of messages that nobody has looked at yet; there may be 100,000."""
        line = self.line_height
        per_character = self.character_width / self.column_width * line
        per_newline = 0.75 * line
        return [int(len(text) * per_character + text.count("\n") * per_newline) + line for text in texts]

    def block_height(self, block: Block) -> int:
        """Estimate the height of a block."""
        if block.kind is BlockKind.CODE and not has_endless_line(block):
            return (block.text.count("\n") + 1) * self.code_line_height
        text = block.text
        return (int(len(text) * self.character_width / self.column_width) + 1 + text.count("\n")) * self.line_height


class BlockBox:
    """One block and the room it takes: a gap above, then its height."""

    __slots__ = ("block", "gap", "height", "ideal_width", "measured_in", "side")

    def __init__(self, block: Block, gap: int, height: int, side: SideView | None = None) -> None:
        self.block = block
        self.gap = gap
        self.height = height
        self.measured_in = -1
        """The layout generation in which `height` was measured; -1 for an estimate."""
        self.ideal_width = 0
        """Of the text if it is narrower than its room and the room should fit it; else 0."""
        self.side = side if side is not None else side_view_of(block)
        """Of a block that may be wider than the column."""


@dataclass(slots=True)
class SectionRows:
    """Where the blocks of one section of a message begin; they end where those of the next one begin."""

    start: int
    content: Thinking | Card | None = None
    """None for a stretch of text."""
    inset: int = -1
    """Number of the inset in its message; -1 for a stretch of text."""


class MessageLayout:
    """The blocks of one message, from top to bottom."""

    def __init__(self, *, padding: int = 0) -> None:
        self.boxes: list[BlockBox] = []
        self.sections: list[SectionRows] = []
        self.padding = padding
        """Above the first and below the last block."""
        self.note_height = 0
        """Of the line under the message, with its gap."""
        self.room: int | None = None
        """The height that is given to the message instead of its own, because something else stands there."""
        self._rows = FenwickTree()

    @property
    def height(self) -> int:
        """Of the message without the gap to the next one."""
        if self.room is not None:
            return self.room
        if not self.boxes:
            return self.note_height
        return self._rows.sum() + 2 * self.padding + self.note_height

    @property
    def content_height(self) -> int:
        """Of the message without its note."""
        return self.height - self.note_height

    def replace(self, keep: int, blocks: Sequence[Block], metrics: TextMetrics) -> None:
        """Keep the first `keep` boxes and put the blocks after them."""
        self.splice(keep, len(self.boxes), blocks, metrics)

    def splice(self, first: int, end: int, blocks: Sequence[Block], metrics: TextMetrics) -> None:
        """Put blocks in the place of the boxes from `first` to before `end`."""
        old, following = self.boxes[first:end], self.boxes[end:]
        del self.boxes[first:]
        self._rows.truncate(first)
        previous = self.boxes[-1] if self.boxes else None
        if previous is not None and previous.side is not None:
            previous.measured_in = -1  # Whether it goes on in the next one decides about its lower padding.
        for row, block in enumerate(blocks):
            before = old[row] if row < len(old) else None
            side = side_view_of(
                block, previous.side if previous is not None else None, before.side if before is not None else None
            )
            gap = gap_between(previous.block if previous is not None else None, block)
            previous = self._append(BlockBox(block, gap, _height_after(before, block, metrics), side))
        for box in following:
            box.gap = gap_between(previous.block if previous is not None else None, box.block)
            previous = self._append(box)

    def _append(self, box: BlockBox) -> BlockBox:
        self.boxes.append(box)
        self._rows.append(box.gap + box.height)
        return box

    def section_at(self, index: int) -> SectionRows | None:
        """Return the section that the block in a row belongs to."""
        found = bisect_right(self.sections, index, key=lambda section: section.start)
        return self.sections[found - 1] if found else None

    def splice_section(self, section: SectionRows, blocks: Sequence[Block], metrics: TextMetrics) -> None:
        """Put blocks in the place of all that a section has."""
        number = self.sections.index(section)
        following = self.sections[number + 1 :]
        end = following[0].start if following else len(self.boxes)
        self.splice(section.start, end, blocks, metrics)
        for later in following:
            later.start += len(blocks) - (end - section.start)

    def first_piece(self, index: int) -> int:
        """Return the row of the first piece of the block that the piece in a row belongs to."""
        while index and self.boxes[index].block.joint is not None:
            index -= 1
        return index

    def text_of_pieces(self, index: int) -> str:
        """Return the whole text of a long block, of which the piece in a row is the first."""
        text = self.boxes[index].block.text
        for box in self.boxes[index + 1 :]:
            if box.block.joint is None:
                break
            text += box.block.joint + box.block.text
        return text

    def set_height(self, index: int, height: int) -> None:
        """Give a block its height."""
        box = self.boxes[index]
        box.height = height
        self._rows[index] = box.gap + height

    def block_top(self, index: int) -> int:
        """Return where a block begins, below its gap, from the top of the message."""
        if index >= len(self.boxes):
            return self.padding + self._rows.sum()
        return self.padding + self._rows.sum(index) + self.boxes[index].gap

    def find(self, offset: int) -> int:
        """Return the block at `offset` from the top of the message; its gap belongs to it."""
        if not self.boxes:
            return 0
        return self._rows.find(max(0, offset - self.padding))[0]

    def rows_between(self, top: int, bottom: int) -> Iterator[tuple[int, BlockBox, int]]:
        """Yield index, box and top of all blocks that touch the stretch, measured from the top of the message."""
        if not self.boxes:
            return
        index = self.find(top)
        offset = self.padding + self._rows.sum(index)
        while index < len(self.boxes) and offset < bottom:
            box = self.boxes[index]
            yield index, box, offset + box.gap
            offset += box.gap + box.height
            index += 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """A block that must not move on the screen while heights around it change."""

    message: int
    block: int
    y: int
    """Of the block's top, from the top of the viewport."""


def _height_after(before: BlockBox | None, block: Block, metrics: TextMetrics) -> int:
    """Estimate the height of a block by that of what stood in its place: mostly only a word is new at its end."""
    estimate = metrics.block_height(block)
    if before is None or before.measured_in < 0 or before.block.kind is not block.kind:
        return estimate
    return max(0, before.height + estimate - metrics.block_height(before.block))


def has_endless_line(block: Block) -> bool:
    """Whether a listing has a line so long that it is wrapped in any case: unwrapped, a screen would hold too many."""
    return block.kind is BlockKind.CODE and max(map(len, block.text.split("\n"))) > LONGEST_LINE


def gap_between(previous: Block | None, block: Block) -> int:
    """Return the distance between two neighbours."""
    if previous is None:
        return 0
    if block.joint is not None:
        return FORMULA_GAP if is_displayed(previous) or is_displayed(block) else 0
    if previous.kind is BlockKind.CARD and block.kind is BlockKind.CODE:
        return ITEM_GAP
    if block.kind is BlockKind.HEADING:
        return HEADING_GAP
    if block.marker and previous.marker and previous.kind is BlockKind.PARAGRAPH:
        return ITEM_GAP
    if previous.kind is BlockKind.HEADING:
        return PARAGRAPH_GAP // 2
    return PARAGRAPH_GAP
