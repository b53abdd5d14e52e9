"""From heading to heading by keyboard, through all messages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from phidesk.richtext.blocks import BlockKind
from phidesk.ui.chat.transcript_accessibility import tell_focused_heading
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_selection import Place, Selection

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

MOST_READ = 200
"""Messages that are read for one key at most: some 50 ms for answers of 1,600 characters."""
_MARKS = ("#", "\n==", "\n--")
"""One of these is in a text that has a heading."""


class TranscriptHeadings(QObject):
    """Puts the caret before the next heading, and lets a screen reader read that."""

    def __init__(self, view: TranscriptView, content: TranscriptContent) -> None:
        super().__init__(view)
        self._view = view
        self._content = content

    def go(self, start: Place, *, is_forward: bool) -> None:
        """Go to the first heading behind a place, or to the last one before it; a long message is read first."""
        for message in self._messages_with_marks(start.message, is_forward=is_forward):
            if not self._content.is_read(message):
                self._view.reader.when_read(message, partial(self.go, start, is_forward=is_forward))
                return
            found = self._heading_in(message, start, is_forward=is_forward)
            if found is not None:
                self._view.interaction.select(Selection(found, found))
                tell_focused_heading(self._view, found.message, found.block)
                return
        self._view.announce(self.tr("No further heading"))

    def _heading_in(self, message: int, start: Place, *, is_forward: bool) -> Place | None:
        boxes = self._content.layout(message).boxes
        places = [Place(message, row, 0) for row, box in enumerate(boxes) if box.block.kind is BlockKind.HEADING]
        if is_forward:
            return next((place for place in places if place > start), None)
        return next((place for place in reversed(places) if place < start), None)

    def _messages_with_marks(self, first: int, *, is_forward: bool) -> Iterator[int]:
        """Yield the messages that may have headings, as many as can be read while somebody waits."""
        messages = self._content.messages
        order = range(first, len(messages)) if is_forward else range(first, -1, -1)
        found = 0
        for index in order:
            message = messages[index]
            if message.speaker is Speaker.MODEL and any(mark in message.text for mark in _MARKS):
                found += 1
                yield index
            if found == MOST_READ:
                return
