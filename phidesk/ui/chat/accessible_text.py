"""The text of a message for assistive technology: read by character, word and line, wherever it stands on the screen.

Words, lines and sentences are found by Qt in what `text` gives. Two things the bindings do not hand on to Python:
which characters are selected, and what they look like. So nothing is said to be selected; what a key selects is
announced instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessibleTextInterface, QFontMetrics
from shiboken6 import Shiboken
from typing_extensions import override

from phidesk.richtext.blocks import Block, BlockKind, plain_text, separator
from phidesk.ui.chat.message_geometry import position_at
from phidesk.ui.chat.transcript_selection import Place, Selection, slice_utf16
from phidesk.ui.utf16 import utf16_length

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

_NOWHERE = -1


class AccessibleText(QAccessibleTextInterface):
    """What a message says, without markup. All offsets count UTF-16 units, as Qt does."""

    def __init__(self, view: TranscriptView, index: int) -> None:
        """`index` is that of the message."""
        super().__init__()
        self._view = view
        self._index = index

    def offset_of(self, place: Place) -> int:
        """Return where a place in the message is in its text; 0 if it is elsewhere."""
        return next((start + place.offset for start, row, _ in self._stretches() if row == place.block), 0)

    # Characters

    @override
    def characterCount(self) -> int:
        return utf16_length(self._text())

    @override
    def text(self, startOffset: int, endOffset: int) -> str:
        return slice_utf16(self._text(), startOffset, endOffset)

    @override
    def characterRect(self, offset: int) -> QRect:
        if not self._is_there:
            return QRect()
        caret = self._view.interaction.caret
        begin, end = (caret.rect(self._place(at)) for at in (offset, offset + 1))
        rect = QRect(begin)
        if begin.top() == end.top() and begin.x() != end.x():
            rect.setX(min(begin.x(), end.x()))
            rect.setWidth(abs(end.x() - begin.x()))
        else:  # The last one of a line.
            rect.setWidth(QFontMetrics(self._view.content.documents.style.font).averageCharWidth())
        return QRect(self._view.viewport().mapToGlobal(rect.topLeft() - QPoint(0, self._view.scroll_y)), rect.size())

    @override
    def offsetAtPoint(self, point: QPoint) -> int:
        if not self._is_there:
            return _NOWHERE
        inside = self._view.viewport().mapFromGlobal(point)
        if not self._view.message_rect(self._index).contains(inside):
            return _NOWHERE
        inside += QPoint(0, self._view.scroll_y)
        position = position_at(self._view.content, self._index, inside, self._view.column_left)
        return self.offset_of(Place(self._index, position.block, position.offset))

    @override
    def scrollToSubstring(self, startIndex: int, endIndex: int) -> None:
        if self._is_there:
            self._view.reveal_place(self._place(startIndex))

    # The caret

    @override
    def cursorPosition(self) -> int:
        place = self._view.interaction.caret_place if self._is_there else None
        return self.offset_of(place) if place is not None and place.message == self._index else 0

    @override
    def setCursorPosition(self, position: int) -> None:
        if self._is_there:
            self._view.setFocus()
            self._view.interaction.put_caret(self._place(position))

    # What is selected

    @override
    def selectionCount(self) -> int:
        return 0

    @override
    def addSelection(self, startOffset: int, endOffset: int) -> None:
        if self._is_there:
            self._view.setFocus()
            self._view.interaction.select(Selection(self._place(startOffset), self._place(endOffset)))

    @override
    def setSelection(self, selectionIndex: int, startOffset: int, endOffset: int) -> None:
        self.addSelection(startOffset, endOffset)

    @override
    def removeSelection(self, selectionIndex: int) -> None:
        if self._is_there:
            self._view.interaction.select(None)

    # Where things are

    @property
    def _is_there(self) -> bool:
        return Shiboken.isValid(self._view) and self._index < len(self._view.content.messages)

    def _blocks(self) -> list[Block]:
        """Return what can be read; a long message that nobody looked at is read first, and tells when that is done."""
        if not self._is_there:
            return []
        self._view.reader.read(self._index)
        return [box.block for box in self._view.content.seen_layout(self._index).boxes]

    def _text(self) -> str:
        return plain_text(self._blocks())

    def _stretches(self) -> Iterator[tuple[int, int, int]]:
        """Yield where in the text a block begins, its row, and where it ends."""
        position = 0
        previous: Block | None = None
        for row, block in enumerate(self._blocks()):
            if block.kind is not BlockKind.FOLD:
                start = position + utf16_length(separator(previous, block) + block.lead)
                position = start + utf16_length(block.text)
                yield start, row, position
                previous = block

    def _place(self, offset: int) -> Place:
        """Return the place of a character; between two blocks, the end of the first."""
        found = Place(self._index, 0, 0)
        for start, row, end in self._stretches():
            if offset < start:
                break
            found = Place(self._index, row, min(offset, end) - start)
        return found
