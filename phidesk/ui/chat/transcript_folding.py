"""Opening and closing what a line or card in a message opens, and whatever else changes the height of a block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from phidesk.richtext.blocks import Block
from phidesk.ui.chat.message_sections import thought_blocks
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_layout import Anchor
from phidesk.ui.chat.transcript_message import Thinking
from phidesk.ui.chat.transcript_reader import TranscriptReader
from phidesk.ui.chat.transcript_scroller import TranscriptScroller
from phidesk.ui.chat.transcript_selector import TranscriptSelector
from phidesk.ui.chat.transcript_writer import TranscriptWriter


class TranscriptFolding(QObject):
    """Changes blocks of a content while their beginnings keep their places.

    Signals:
        text_changed: something else can be read now than before.
    """

    text_changed = Signal()

    def __init__(
        self,
        content: TranscriptContent,
        scroller: TranscriptScroller,
        reader: TranscriptReader,
        writer: TranscriptWriter,
        selector: TranscriptSelector,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._scroller = scroller
        self._reader = reader
        self._writer = writer
        self._selector = selector

    def toggle(self, index: int, row: int) -> None:
        """Open or close the line or card in a row of a message; a long thought is read elsewhere before it opens."""
        section = self._content.layout(index).section_at(row)
        if section is None or section.content is None:
            return
        content, insets = section.content, self._content.insets
        known = self._writer.thought_blocks(index, section.inset)
        toggle = partial(self._toggle, self._content.messages[index].key, section.inset)
        if known is None and isinstance(content, Thinking) and not insets.is_open(index, section.inset):
            self._reader.work(content.text, partial(thought_blocks, content), toggle)
        else:
            toggle(known)

    def change_block(self, index: int, row: int, change: Callable[[], None]) -> None:
        """Let something change a block's height; its beginning keeps its place, also at the end of the conversation."""
        top = self._content.top(index) + self._content.layout(index).block_top(row)
        anchor = Anchor(index, row, top - self._scroller.y)
        change()
        self._scroller.lay_out(anchor)
        self._scroller.follow_if_at_end()
        self._scroller.repaint()

    def _toggle(self, key: str, inset: int, blocks: Sequence[Block] | None) -> None:
        """Open or close an inset, if it is still there."""
        index = self._content.index_of(key) if self._content.has(key) else None
        row = None if index is None else self._content.insets.row_of(index, inset)
        if index is None or row is None:
            return
        count = len(self._content.layout(index).boxes)
        self.change_block(index, row, partial(self._content.insets.toggle, index, row, blocks))
        self._selector.shift(index, row, len(self._content.layout(index).boxes) - count)
        self.text_changed.emit()
