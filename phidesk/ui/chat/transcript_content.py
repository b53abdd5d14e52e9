"""The messages of a transcript with their layouts and documents at one column width; no widget, no scrolling.

All vertical positions are counted from the top of the whole conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from phidesk.richtext.blocks import Block, plain_text
from phidesk.ui.chat.block_documents import BlockDocuments, reach_of
from phidesk.ui.chat.block_geometry import BlockGeometry
from phidesk.ui.chat.cards import card_label
from phidesk.ui.chat.message_insets import MessageInsets
from phidesk.ui.chat.message_sections import LONG_CHARACTERS, UnreadMessage, read_message
from phidesk.ui.chat.transcript_layout import Anchor, FenwickTree, MessageLayout, SectionRows, TextMetrics
from phidesk.ui.chat.transcript_message import Card, Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_style import (
    BUBBLE_PADDING_Y,
    CODE_RADIUS,
    MESSAGE_GAP,
    TOP_MARGIN,
    TranscriptStyle,
)

MOST_READ_MESSAGES = 400
"""Messages whose blocks are kept; a message takes several times the room of its text when it is read."""

MOST_UPDATED = 4
"""Blocks whose documents change with them at once."""


class TranscriptContent:
    """What a transcript shows and where it stands."""

    def __init__(self, style: TranscriptStyle, column_width: int) -> None:
        self.messages: list[TranscriptMessage] = []
        self.documents = BlockDocuments(style)
        self.geometry = BlockGeometry(self.documents, column_width)
        self.insets = MessageInsets(self)
        """The lines and cards in messages."""
        self._layouts: list[MessageLayout | None] = []
        self._heights = FenwickTree()
        self._index_of: dict[str, int] = {}
        self._rooms: dict[int, int] = {}
        """Heights of messages in whose place something else stands."""
        self._read_count = 0
        self._waiting: dict[int, MessageLayout] = {}
        """The empty rooms of long messages that are to be seen and were not read yet."""
        self.reads_long_elsewhere = False
        """Whether somebody reads what `waiting` tells, so that what is only looked at need not be read at once."""
        self.read_characters = 0
        """Of messages read at once so far: what showing a text costs."""

    # What is shown

    def set_messages(self, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages instead of all others."""
        self.messages = list(messages)
        self._index_of = {message.key: index for index, message in enumerate(self.messages)}
        self._layouts = [None] * len(self.messages)
        self._rooms = {}
        self._waiting = {}
        self._read_count = 0
        self.insets.close_all()
        self.documents.clear()
        self._estimate_all()

    def replace_from(self, index: int, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages instead of those from `index` on; what stands before keeps its heights."""
        for layout in self._layouts[index:]:
            for box in layout.boxes if layout is not None else ():
                self.documents.forget(box)
        for gone in self.messages[index:]:
            del self._index_of[gone.key]
        self._rooms = {place: height for place, height in self._rooms.items() if place < index}
        self._waiting = {place: layout for place, layout in self._waiting.items() if place < index}
        self.messages[index:] = messages
        self._layouts[index:] = [None] * len(messages)
        self._heights.truncate(index)
        metrics = self.documents.metrics(self.column_width)
        self._index_of.update({message.key: place for place, message in enumerate(messages, start=index)})
        for height in _estimates(messages, metrics):
            self._heights.append(height)

    def set_room(self, index: int, height: int | None) -> None:
        """Give a message this height, whatever it says, and do not draw it; None draws it again."""
        if height is None:
            self._rooms.pop(index, None)
        else:
            self._rooms[index] = height
        layout = self.seen_layout(index)
        layout.room = self._estimate(index) - MESSAGE_GAP if height is None and index in self._waiting else height
        self.store_height(index)

    def room(self, index: int) -> int | None:
        """Return the height that was given to a message instead of its own; None while it is drawn."""
        return self._rooms.get(index)

    def append(self, message: TranscriptMessage) -> int:
        """Show one more message at the end; return its index."""
        self.messages.append(message)
        index = len(self.messages) - 1
        self._index_of[message.key] = index
        self._layouts.append(None)
        self._heights.append(0)
        self.layout(index)
        self.store_height(index)
        return index

    def index_of(self, key: str) -> int:
        """Return the index of a message; KeyError if there is none."""
        return self._index_of[key]

    def has(self, key: str) -> bool:
        """Whether there is such a message."""
        return key in self._index_of

    def set_text(self, index: int, text: str) -> None:
        """Give a message another text and read it anew."""
        self.set_message(index, replace(self.messages[index], text=text))

    def set_message(self, index: int, message: TranscriptMessage) -> None:
        """Show another message in the place of one, under the same key, and read it anew."""
        self.messages[index] = message
        if self._is_read_elsewhere(index):
            self._unread(index)
            return
        blocks, sections = read_message(message, self.insets.opened_of(message.key))
        self.set_blocks(index, 0, blocks)
        self.layout(index).sections = sections
        self._measure_note(index)

    def _unread(self, index: int) -> None:
        """Know nothing of a message but its text: it is read when it is looked at."""
        layout, self._layouts[index] = self._layouts[index], None
        for box in layout.boxes if layout is not None else ():
            self.documents.forget(box)
        self._waiting.pop(index, None)
        self._heights[index] = self._estimate(index)

    def store_text(self, index: int, text: str) -> None:
        """Give a message the text that its blocks already show."""
        self.messages[index] = replace(self.messages[index], text=text)

    def set_note(self, index: int, note: str) -> None:
        """Give a message another note."""
        self.messages[index] = replace(self.messages[index], note=note)
        self._measure_note(index)

    def set_blocks(self, index: int, keep: int, blocks: Sequence[Block]) -> int:
        """Let `blocks` follow the first `keep` blocks of a message; a block that grew keeps its document.

        Returns:
            The height from the top of the message below which something may look different.
        """
        layout = self.layout(index)
        top = layout.block_top(keep)
        old = layout.boxes[keep:]
        layout.replace(keep, blocks, self.documents.metrics(self.column_width))
        changed_from = self._looks_from(layout, keep, top)
        for row, (old_box, new_box) in enumerate(zip(old, layout.boxes[keep:], strict=False)):
            if row >= MOST_UPDATED:  # So many change only when the end is healed; what is near is built anew.
                self.documents.forget(old_box)
                continue
            same_until = self.documents.update(old_box, new_box)
            if row == 0 and same_until is not None and old_box.measured_in == self.geometry.generation:
                changed_from = layout.block_top(keep) + self.geometry.text_top(new_box.block) + same_until
        for old_box in old[len(blocks) :]:
            self.documents.forget(old_box)
        self.store_height(index)
        return changed_from

    def _looks_from(self, layout: MessageLayout, row: int, top_before: int) -> int:
        """Return the height from which a message may look different where a block changed that began at a height."""
        if row < len(layout.boxes):
            box = layout.boxes[row]
            # What is behind a piece of a listing reaches into the one above.
            is_piece = box.block.joint is not None
            above = max(CODE_RADIUS, box.gap) if is_piece else max(box.gap, reach_of(box.block))
            return min(top_before, layout.block_top(row)) - above
        return top_before - MESSAGE_GAP

    def side_offset(self, index: int, row: int) -> int:
        """Return how far a block of a message can be scrolled sideways; 0 if there is none."""
        boxes = self.layout(index).boxes
        side = boxes[row].side if row < len(boxes) else None
        return 0 if side is None else side.longest_offset

    def begin_text(self, index: int) -> None:
        """Let what follows in a message be text, below a line or card at its end."""
        layout = self.layout(index)
        if not layout.sections or layout.sections[-1].content is not None:
            layout.sections.append(SectionRows(len(layout.boxes)))

    def set_style(self, style: TranscriptStyle) -> None:
        """Draw everything in another style."""
        self.documents.set_style(style)
        self._remeasure()

    def set_column(self, width: int, *, is_right_to_left: bool) -> bool:
        """Use another column; return whether it is another one."""
        if (width, is_right_to_left) == (self.column_width, self.is_right_to_left):
            return False
        self.geometry.column_width = width
        self.geometry.is_right_to_left = is_right_to_left
        self._remeasure()
        return True

    # Where it stands

    @property
    def column_width(self) -> int:
        """Of the column of text, in pixels."""
        return self.geometry.column_width

    @property
    def is_right_to_left(self) -> bool:
        """Whether the person's language is written from the right."""
        return self.geometry.is_right_to_left

    @property
    def height(self) -> int:
        """Of all messages, from the top margin to the gap after the last one."""
        return TOP_MARGIN + self._heights.sum()

    def top(self, index: int) -> int:
        """Return where a message begins."""
        return TOP_MARGIN + self._heights.sum(index)

    def layout(self, index: int) -> MessageLayout:
        """Return the blocks of a message, read now if nobody needed them before."""
        layout = self._layouts[index]
        if layout is None:
            layout = self.unread(index).layout()
            self.read_characters += len(self.messages[index].text)
            self._set_layout(index, layout)
        return layout

    def is_read(self, index: int) -> bool:
        """Whether the blocks of a message are known, or known in no time."""
        return self._layouts[index] is not None or not self._is_read_elsewhere(index)

    def seen_layout(self, index: int) -> MessageLayout:
        """Return the blocks of a message for a look: a long one is empty and as high as estimated until it was read."""
        if self.is_read(index):
            return self.layout(index)
        room = self._waiting.get(index)
        if room is None:
            room = MessageLayout()
            room.room = self._heights[index] - MESSAGE_GAP
            self._waiting[index] = room
        return room

    def _is_read_elsewhere(self, index: int) -> bool:
        message = self.messages[index]
        is_long = len(message.text) > LONG_CHARACTERS and message.speaker is Speaker.MODEL
        return is_long and self.reads_long_elsewhere

    def unread(self, index: int) -> UnreadMessage:
        """Return what any thread needs to read a message."""
        message = self.messages[index]
        return UnreadMessage(message, self.insets.opened_of(message.key), self.documents.metrics(self.column_width))

    @property
    def waiting(self) -> list[int]:
        """The long messages that were looked at and wait for somebody to read them."""
        return list(self._waiting)

    def put_layout(self, message: TranscriptMessage, layout: MessageLayout) -> bool:
        """Give a message that waits its blocks; return whether it still did."""
        index = self._index_of.get(message.key)
        if index is None or index not in self._waiting or self.messages[index] is not message:
            return False
        self._set_layout(index, layout)
        return True

    def _set_layout(self, index: int, layout: MessageLayout) -> None:
        # Its height stays the estimate until it is measured: looking a message up must not move what is seen.
        layout.note_height = self.geometry.note_height(self.messages[index].note)
        layout.room = self._rooms.get(index)
        self._layouts[index] = layout
        self._waiting.pop(index, None)
        self._read_count += 1

    def forget_far(self, top: int, bottom: int) -> None:
        """Forget what was read of messages far from a stretch, if that is much; they keep their heights."""
        if self._read_count <= MOST_READ_MESSAGES:
            return
        first = max(0, self.message_at(top) - MOST_READ_MESSAGES // 4)
        last = min(len(self.messages) - 1, self.message_at(bottom) + MOST_READ_MESSAGES // 4)
        for index in range(len(self._layouts) - 1):  # The last message may be being written.
            if not first <= index <= last:
                self._layouts[index] = None
        self._read_count = sum(layout is not None for layout in self._layouts)

    def readable_text(self, index: int, most: int | None = None) -> str:
        """Return a message as a person reads it, or its beginning with so many characters at most."""
        message = self.messages[index]
        layout = self._layouts[index]
        if layout is None and most is not None:  # What is read is hardly ever longer than its markdown.
            message = replace(message, text=message.text[:most])
        return self._readable_text(message, layout)[:most]

    def _readable_text(self, message: TranscriptMessage, layout: MessageLayout | None) -> str:
        if message.speaker is Speaker.PERSON:
            cards = [card_label(inset.content) for inset in message.insets if isinstance(inset.content, Card)]
            return "\n".join([message.text, *cards] if message.text else cards)
        return plain_text(read_message(message, ())[0] if layout is None else (box.block for box in layout.boxes))

    def message_at(self, y: int) -> int:
        """Return the index of the message at a height; the nearest one beyond the ends."""
        return self._heights.find(max(0, y - TOP_MARGIN))[0]

    def messages_between(self, top: int, bottom: int) -> Iterator[tuple[int, int]]:
        """Yield index and top of all messages that touch the stretch."""
        if not self.messages:
            return
        index = self.message_at(top)
        while index < len(self.messages):
            message_top = self.top(index)
            if message_top >= bottom:
                return
            yield index, message_top
            index += 1

    def anchor_at(self, y: int, bottom: int = 0) -> Anchor | None:
        """Return the block at a height, with its distance from there; None if there are no messages.

        In a message that was not read yet nothing can be seen: it is the next one if that begins above `bottom`.
        """
        if not self.messages:
            return None
        index = self.message_at(y)
        layout = self.seen_layout(index)
        while index in self._waiting and index + 1 < len(self.messages) and self.top(index + 1) < bottom:
            index += 1
            layout = self.seen_layout(index)
        message_top = self.top(index)
        block = layout.find(y - message_top)
        return Anchor(index, block, message_top + layout.block_top(block) - y)

    def anchor_top(self, anchor: Anchor) -> int:
        """Return where the block of an anchor stands now."""
        index = min(anchor.message, len(self.messages) - 1)
        return self.top(index) + self.seen_layout(index).block_top(anchor.block)

    def measure_between(self, top: int, bottom: int) -> bool:
        """Make all heights in a stretch real; return whether anything is higher or lower by that."""
        has_changed = False
        for index, message_top in self.messages_between(top, bottom):
            layout = self.seen_layout(index)
            is_person = self.messages[index].speaker is Speaker.PERSON
            estimate = self._heights[index]
            # Each next row is looked for below the height that the row before turned out to have.
            for row, box, _ in layout.rows_between(top - message_top, bottom - message_top):
                if box.measured_in != self.geometry.generation:
                    has_changed |= self._measure(layout, row, is_person=is_person)
            self.store_height(index)
            has_changed |= self._heights[index] != estimate
        return has_changed

    def is_measured_between(self, top: int, bottom: int) -> bool:
        """Whether all heights in a stretch are real, or wait for somebody to read them. Reads nothing."""
        generation = self.geometry.generation
        for index, message_top in self.messages_between(top, bottom):
            layout = self._layouts[index] or self._waiting.get(index)
            rows = () if layout is None else layout.rows_between(top - message_top, bottom - message_top)
            if layout is None or any(box.measured_in != generation for _, box, _ in rows):
                return False
        return True

    def measure_end(self, index: int) -> None:
        """Make the height of the last block of an answer real."""
        layout = self.layout(index)
        if layout.boxes:
            self._measure(layout, len(layout.boxes) - 1, is_person=False)
            self.store_height(index)

    def _measure(self, layout: MessageLayout, row: int, *, is_person: bool) -> bool:
        """Make the height of a block real; return whether it is another one."""
        box = layout.boxes[row]
        height = self.geometry.measure(layout, row, is_person=is_person)
        has_changed = height != box.height
        layout.set_height(row, height)
        box.measured_in = self.geometry.generation
        return has_changed

    # How it is measured

    def wrap_lines(self, index: int, row: int, *, is_wrapped: bool) -> None:
        """Wrap the lines of a listing, of which `row` is the first piece, or let them be as long as they are."""
        layout = self.layout(index)
        side = layout.boxes[row].side
        if side is None:
            return
        side.wrap(is_wrapped=is_wrapped)
        for box in layout.boxes[row:]:
            if box.side is not side:
                break
            self.documents.forget(box)
            box.measured_in = -1

    def _estimate_all(self) -> None:
        metrics = self.documents.metrics(self.column_width)
        self._heights = FenwickTree(_estimates(self.messages, metrics))

    def _estimate(self, index: int) -> int:
        return _estimates([self.messages[index]], self.documents.metrics(self.column_width))[0]

    def _remeasure(self) -> None:
        self.geometry.generation += 1
        for index, layout in enumerate(self._layouts):
            if layout is not None:
                self._measure_note(index)

    def store_height(self, index: int) -> None:
        """Know how high a message is after something in it changed."""
        layout = self._layouts[index] or self._waiting.get(index)
        if layout is not None:
            height = layout.height
            self._heights[index] = height + MESSAGE_GAP if height else 0

    def _measure_note(self, index: int) -> None:
        layout = self._layouts[index]
        if layout is None:
            return
        layout.note_height = self.geometry.note_height(self.messages[index].note)
        self.store_height(index)


def _estimates(messages: Sequence[TranscriptMessage], metrics: TextMetrics) -> list[int]:
    base = MESSAGE_GAP + 2 * BUBBLE_PADDING_Y
    return [base + height for height in metrics.message_heights(message.text for message in messages)]
