"""From points of the viewport to what stands there: message, block, characters, link."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextDocument, QTextLine

from phidesk.richtext.blocks import Block, Span
from phidesk.ui.chat.block_geometry import PlacedBlock, TextPosition
from phidesk.ui.chat.message_geometry import end_position, link_at, place_block, position_at
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.utf16 import utf16_length

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView


class TranscriptPlaces:
    """Looks places up in a content as its view shows it now."""

    def __init__(self, view: TranscriptView, content: TranscriptContent) -> None:
        self._view = view
        self._content = content

    def message_at(self, point: QPoint) -> int | None:
        """Return the message at a point, the nearest one beyond the ends; None if there are no messages."""
        if not self._content.messages:
            return None
        return self._content.message_at(self._in_content(point).y())

    def last_visible_message(self) -> int | None:
        """Return the lowest message that is to be seen."""
        return self.message_at(QPoint(0, self._view.viewport().height() - 1))

    def place_at(self, point: QPoint) -> Place | None:
        """Return the place between characters that is nearest to a point; None if there are no messages."""
        return self.place_in_content(self._in_content(point))

    def place_in_content(self, point: QPoint) -> Place | None:
        """Return the place that is nearest to a point of the whole conversation."""
        if not self._content.messages:
            return None
        message = self._content.message_at(point.y())
        return _place(message, position_at(self._content, message, point, self._view.column_left))

    def end_of(self, message: int) -> Place:
        """Return the place after the last character of a message."""
        return _place(message, end_position(self._content, message))

    def end_of_block(self, message: int, block: int) -> Place:
        """Return the place after the last character of a block, or of the message if it has no such block."""
        boxes = self._content.seen_layout(message).boxes
        return (
            Place(message, block, utf16_length(boxes[block].block.text)) if block < len(boxes) else self.end_of(message)
        )

    def link_at(self, point: QPoint) -> str:
        """Return the address that the characters under a point lead to, or nothing."""
        message = self.message_at(point)
        if message is None:
            return ""
        return link_at(self._content, message, self._in_content(point), self._view.column_left)

    def placed(self, message: int, block: int) -> PlacedBlock | None:
        """Return a block at its place in the content; None if the message has no such block."""
        if block >= len(self._content.seen_layout(message).boxes):
            return None
        return place_block(self._content, message, block, self._view.column_left)

    def placed_at(self, point: QPoint) -> PlacedBlock | None:
        """Return the block under a point; None beside all blocks."""
        message = self.message_at(point)
        if message is None:
            return None
        inside = self._in_content(point)
        placed = self.placed(message, self._content.seen_layout(message).find(inside.y() - self._content.top(message)))
        return placed if placed is not None and placed.rect.contains(inside) else None

    def is_over_text(self, point: QPoint) -> bool:
        """Whether a point is on a block that has characters."""
        placed = self.placed_at(point)
        return placed is not None and placed.document is not None

    def menu_place(self, point: QPoint) -> MenuPlace:
        """Return what a menu at a point is about."""
        message = self.message_at(point)
        if message is None:
            return MenuPlace(point)
        key = self._content.messages[message].key
        placed = self.placed_at(point)
        if placed is None:
            return MenuPlace(point, message, key)
        blocks = self._pieces(message, placed.index)
        return MenuPlace(point, message, key, placed.index, blocks, self._span_at(placed, point))

    def menu_place_of(self, selection: Selection) -> MenuPlace:
        """Return what a menu by keyboard is about: in the message with the cursor, what is selected or follows."""
        message = selection.cursor.message
        key = self._content.messages[message].key
        first = max(selection.start, Place(message, 0, 0))
        boxes = self._content.seen_layout(message).boxes
        if first.block >= len(boxes):
            return MenuPlace(message=message, key=key)
        span = _span_of(boxes[first.block].block, first.offset)
        return MenuPlace(None, message, key, first.block, self._pieces(message, first.block), span)

    def _pieces(self, message: int, index: int) -> tuple[Block, ...]:
        """Return a block with the further pieces before and after it."""
        blocks = [box.block for box in self._content.layout(message).boxes]
        first = index
        while first and blocks[first].joint is not None:
            first -= 1
        end = index + 1
        while end < len(blocks) and blocks[end].joint is not None:
            end += 1
        return tuple(blocks[first:end])

    def _span_at(self, placed: PlacedBlock, point: QPoint) -> Span | None:
        if placed.document is None:
            return None
        inside = QPointF(self._in_content(point) - placed.text_origin)
        character = _character_at(placed.document, inside)
        if character is None:
            return None
        block = placed.box.block
        return _span_of(block, self._content.documents.text_offset(block, character))

    def _in_content(self, point: QPoint) -> QPoint:
        return QPoint(point.x(), point.y() + self._view.scroll_y)


def _place(message: int, position: TextPosition) -> Place:
    return Place(message, position.block, position.offset)


def _span_of(block: Block, offset: int) -> Span | None:
    """Return the span of the character that follows an offset."""
    for span in block.spans:
        offset -= utf16_length(span.text)
        if offset < 0:
            return span
    return None


def _character_at(document: QTextDocument, point: QPointF) -> int | None:
    """Return where in a document the character under a point stands: the hit test only knows places between two."""
    hit = document.documentLayout().hitTest(point, Qt.HitTestAccuracy.ExactHit)
    for position in (hit - 1, hit):
        block = document.findBlock(position)
        if position < 0 or not block.isValid():
            continue
        layout = block.layout()
        x = point.x() - document.documentLayout().blockBoundingRect(block).x() + layout.boundingRect().x()
        offset = position - block.position()
        line = layout.lineForTextPosition(offset)
        if line.isValid() and offset < line.textStart() + line.textLength():
            sides = (_x_of(line, offset), _x_of(line, offset + 1))
            if min(sides) <= x <= max(sides):
                return position
    return None


def _x_of(line: QTextLine, offset: int) -> float:
    return cast("tuple[float, int]", line.cursorToX(offset))[0]  # The stub knows nothing of the tuple.
