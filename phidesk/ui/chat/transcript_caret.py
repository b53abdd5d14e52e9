"""Where the keyboard goes in the text of a transcript: by character, word, line and page, through all messages.

Within a block Qt's own cursor moves, so that composed characters, right-to-left text and the words of each language
are what they are everywhere; a formula is one character. At the end of a block it goes on in the next.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QTextCursor, QTextDocument

from phidesk.richtext.blocks import Block, BlockKind
from phidesk.ui.chat.block_geometry import PlacedBlock
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_selection import Place
from phidesk.ui.utf16 import utf16_length

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_places import TranscriptPlaces
    from phidesk.ui.chat.transcript_view import TranscriptView


class Movement(Enum):
    """What a key does with the place it starts from. Left and right are directions on the screen."""

    LEFT = QTextCursor.MoveOperation.Left
    RIGHT = QTextCursor.MoveOperation.Right
    WORD_LEFT = QTextCursor.MoveOperation.WordLeft
    WORD_RIGHT = QTextCursor.MoveOperation.WordRight
    UP = QTextCursor.MoveOperation.Up
    DOWN = QTextCursor.MoveOperation.Down
    LINE_START = QTextCursor.MoveOperation.StartOfLine
    LINE_END = QTextCursor.MoveOperation.EndOfLine
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    START = "start"
    END = "end"


_RIGHTWARDS = (Movement.RIGHT, Movement.WORD_RIGHT)
_SIDEWAYS = (Movement.LEFT, Movement.WORD_LEFT, *_RIGHTWARDS)
_VERTICAL = (Movement.UP, Movement.DOWN, Movement.PAGE_UP, Movement.PAGE_DOWN)


class TranscriptCaret:
    """Moves places; remembers the column that going up and down keeps to."""

    def __init__(self, view: TranscriptView, content: TranscriptContent, places: TranscriptPlaces) -> None:
        self._view = view
        self._content = content
        self._places = places
        self._column: tuple[Place, int] | None = None
        """Where the last way up or down ended, and the x that it wants to keep."""

    def moved(self, place: Place, movement: Movement) -> Place:
        """Return where a movement leads; the same place at the ends of the transcript, and where nothing was read."""
        if movement is Movement.START:
            return Place(0, 0, 0)
        if movement is Movement.END:
            return self._places.end_of(len(self._content.messages) - 1)
        if not self._content.is_read(place.message):
            return place
        if movement not in _VERTICAL:
            return self._moved_in_line(place, movement)
        rect = self.rect(place)
        x = self._column[1] if self._column is not None and self._column[0] == place else rect.x()
        target = self._moved_by_lines(place, rect, x, movement)
        self._column = target, x
        return target

    def rect(self, place: Place) -> QRect:
        """Return where the caret stands in the content: a line of no width."""
        placed = self._places.placed(place.message, place.block)
        if placed is None:
            line_height = self._content.documents.line_height
            y = self._content.top(place.message)
            if place.block:  # The end of what was not read yet.
                y += max(0, self._content.seen_layout(place.message).content_height - line_height)
            return QRect(self._view.column_left, y, 0, line_height)
        if placed.document is None:
            return QRect(placed.rect.topLeft(), placed.rect.bottomLeft())
        cursor = self._cursor(placed.document, placed.box.block, place.offset)
        block = cursor.block()
        line = block.layout().lineForTextPosition(cursor.positionInBlock())
        corner = placed.document.documentLayout().blockBoundingRect(block).topLeft()
        if not line.isValid():
            return QRect((corner + QPointF(placed.text_origin)).toPoint(), QPoint(0, 0)).adjusted(0, 0, 0, 1)
        # The stub knows nothing of the tuple.
        x = cast("tuple[float, int]", line.cursorToX(cursor.positionInBlock()))[0] - block.layout().boundingRect().x()
        top = corner + QPointF(x, line.y()) + QPointF(placed.text_origin)
        return QRect(round(top.x()), round(top.y()), 0, round(line.height()))

    def _moved_in_line(self, place: Place, movement: Movement) -> Place:
        placed = self._places.placed(place.message, place.block)
        if placed is not None and placed.document is not None:
            cursor = self._cursor(placed.document, placed.box.block, place.offset)
            before, cell = cursor.position(), cursor.block()
            offset = place.offset
            while offset == place.offset and self._move(cursor, movement):
                offset = self._content.documents.text_offset(placed.box.block, cursor.position())
                offset = min(offset, utf16_length(placed.box.block.text))
                if placed.box.block.is_mirrored and cursor.block() != cell and movement in _SIDEWAYS:
                    offset = place.offset + (1 if (movement in _RIGHTWARDS) != placed.is_right_to_left else -1)
                if cursor.position() == before:
                    break
                before = cursor.position()
            if offset != place.offset:
                return Place(place.message, place.block, offset)
        if movement not in _SIDEWAYS:
            return place
        is_right_to_left = placed is not None and self._is_right_to_left(placed, place.offset)
        return self._neighbour(place, is_forward=(movement in _RIGHTWARDS) != is_right_to_left)

    def _is_right_to_left(self, placed: PlacedBlock, offset: int) -> bool:
        """Whether the line of a place is written from the right; lines of a question go their own ways."""
        block = placed.box.block
        if placed.document is None or block.kind is not BlockKind.PLAIN:
            return placed.is_right_to_left
        line = self._cursor(placed.document, block, offset).block()
        return line.textDirection() == Qt.LayoutDirection.RightToLeft

    def _moved_by_lines(self, place: Place, rect: QRect, x: int, movement: Movement) -> Place:
        if movement in (Movement.UP, Movement.DOWN):
            target = self._moved_by_line(place, x, movement)
        else:
            page = self._view.viewport().height() - self._content.documents.line_height
            y = rect.center().y() + (page if movement is Movement.PAGE_DOWN else -page)
            target = self._places.place_in_content(QPoint(x, y))
        is_down = movement in (Movement.DOWN, Movement.PAGE_DOWN)
        if target is None or (target <= place if is_down else target >= place):
            return self._places.end_of(len(self._content.messages) - 1) if is_down else Place(0, 0, 0)
        return target

    def _moved_by_line(self, place: Place, x: int, movement: Movement) -> Place | None:
        """Go to the next line of the block by Qt's cursor, from the last one to the block below."""
        placed = self._places.placed(place.message, place.block)
        if placed is not None and placed.document is not None:
            cursor = self._cursor(placed.document, placed.box.block, place.offset)
            if self._move(cursor, movement):
                y = self.rect(self._place_of(place, placed, cursor.position())).center().y()
                point = QPointF(QPoint(x, y) - placed.text_origin)
                hit = placed.document.documentLayout().hitTest(point, Qt.HitTestAccuracy.FuzzyHit)
                found = self._place_of(place, placed, max(0, hit))
                if (found > place) == (movement is Movement.DOWN) and found != place:
                    return found
        is_down = movement is Movement.DOWN
        neighbour = self._neighbour(place, is_forward=is_down)
        if (neighbour.message, neighbour.block) == (place.message, place.block):
            return None
        return self._places.place_in_content(QPoint(x, self.rect(neighbour).center().y()))

    def _neighbour(self, place: Place, *, is_forward: bool) -> Place:
        """Return the beginning of the next block, or the end of the one before."""
        message, block = place.message, place.block
        if is_forward:
            if block + 1 < len(self._content.layout(message).boxes):
                return Place(message, block + 1, 0)
            if message + 1 < len(self._content.messages):
                return Place(message + 1, 0, 0)
            return self._places.end_of(message)
        if block:
            return self._places.end_of_block(message, block - 1)
        return self._places.end_of(message - 1) if message else Place(0, 0, 0)

    def _cursor(self, document: QTextDocument, block: Block, offset: int) -> QTextCursor:
        cursor = QTextCursor(document)
        position = self._content.documents.document_offset(block, offset)
        cursor.setPosition(min(position, document.characterCount() - 1))
        return cursor

    def _place_of(self, place: Place, placed: PlacedBlock, position: int) -> Place:
        return Place(place.message, place.block, self._content.documents.text_offset(placed.box.block, position))

    @staticmethod
    def _move(cursor: QTextCursor, movement: Movement) -> bool:
        return cursor.movePosition(QTextCursor.MoveOperation(movement.value))
