"""Where the blocks of messages stand in a conversation, and what is at a point of it.

`left` is always that of the column. All vertical positions are counted from the top of the whole conversation.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QPointF, QRect, Qt

from phidesk.richtext.blocks import BlockKind
from phidesk.ui.chat.block_geometry import PlacedBlock, TextPosition
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_style import BUBBLE_PADDING_X
from phidesk.ui.utf16 import utf16_length

UNREAD_END = TextPosition(1 << 30, 0)
"""The end of a message whose blocks are not known yet."""


def bubble_of(content: TranscriptContent, index: int, message_top: int, left: int) -> QRect:
    """Return the rectangle behind a message of the person."""
    layout = content.layout(index)
    width = content.geometry.bubble_text_width(layout) + 2 * BUBBLE_PADDING_X
    if not content.is_right_to_left:
        left += content.column_width - width
    return QRect(left, message_top, width, layout.content_height)


def placed_blocks(
    content: TranscriptContent, index: int, message_top: int, left: int, top: int, bottom: int
) -> Iterator[PlacedBlock]:
    """Yield the blocks of a message that touch the stretch."""
    layout = content.seen_layout(index)
    is_person = content.messages[index].speaker is Speaker.PERSON
    if is_person:
        left = bubble_of(content, index, message_top, left).left() + BUBBLE_PADDING_X
    for row, _, block_top in layout.rows_between(top - message_top, bottom - message_top):
        yield _place(content, index, row, QPoint(left, message_top + block_top))


def position_at(content: TranscriptContent, index: int, point: QPoint, left: int) -> TextPosition:
    """Return the place in a message that is nearest to a point."""
    layout = content.seen_layout(index)
    message_top = content.top(index)
    row = layout.find(point.y() - message_top)
    if not layout.boxes:
        return TextPosition(0, 0)
    if point.y() < message_top:
        return TextPosition(0, 0)
    if point.y() >= message_top + layout.content_height:
        return end_position(content, index)
    placed = place_block(content, index, row, left)
    if placed.document is None:
        return TextPosition(row, 0)
    if placed.box.side is not None:  # What is scrolled out of sight is not meant.
        point = QPoint(max(placed.rect.left(), min(placed.rect.right(), point.x())), point.y())
    inside = QPointF(point - placed.text_origin)
    hit = placed.document.documentLayout().hitTest(inside, Qt.HitTestAccuracy.FuzzyHit)
    return TextPosition(row, content.documents.text_offset(placed.box.block, max(0, hit)))


def link_at(content: TranscriptContent, index: int, point: QPoint, left: int) -> str:
    """Return the address under a point, or nothing."""
    layout = content.seen_layout(index)
    if not layout.boxes or content.messages[index].speaker is Speaker.PERSON:
        return ""
    placed = place_block(content, index, layout.find(point.y() - content.top(index)), left)
    if placed.document is None or not placed.rect.contains(point):
        return ""
    return placed.document.documentLayout().anchorAt(QPointF(point - placed.text_origin))


def place_block(content: TranscriptContent, index: int, row: int, left: int) -> PlacedBlock:
    """Return one block of a message at its place."""
    layout = content.layout(index)
    message_top = content.top(index)
    if content.messages[index].speaker is Speaker.PERSON:
        left = bubble_of(content, index, message_top, left).left() + BUBBLE_PADDING_X
    return _place(content, index, row, QPoint(left, message_top + layout.block_top(row)))


def end_position(content: TranscriptContent, index: int) -> TextPosition:
    """Return the place after the last character of a message; after all that it may have, if it was not read."""
    if not content.is_read(index):
        return UNREAD_END
    boxes = content.layout(index).boxes
    if not boxes:
        return TextPosition(0, 0)
    return TextPosition(len(boxes) - 1, utf16_length(boxes[-1].block.text))


def _place(content: TranscriptContent, index: int, row: int, corner: QPoint) -> PlacedBlock:
    layout = content.layout(index)
    is_person = content.messages[index].speaker is Speaker.PERSON
    placed = content.geometry.place(layout, row, corner, is_person=is_person)
    if placed.box.block.kind in (BlockKind.FOLD, BlockKind.CARD):
        section = layout.section_at(row)
        if section is not None:
            placed.inset, placed.is_open = section.content, content.insets.is_open(index, section.inset)
    return placed
