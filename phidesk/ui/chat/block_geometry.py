"""How high a block is at one column width, and where it and its text stand; no messages, no scrolling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument

from phidesk.richtext.blocks import Block, BlockKind
from phidesk.richtext.direction import is_right_to_left_text
from phidesk.ui.chat.block_documents import LINE_KINDS, MONOSPACED, BlockDocuments
from phidesk.ui.chat.transcript_layout import BlockBox, MessageLayout
from phidesk.ui.chat.transcript_message import Card, Thinking
from phidesk.ui.chat.transcript_style import (
    BAR_ROOM,
    BUBBLE_PADDING_X,
    BUBBLE_SHARE,
    CODE_PADDING_X,
    CODE_PADDING_Y,
    NOTE_GAP,
)

LOOKED_BACK = 20
"""Blocks among which the direction of a list is looked for."""


@dataclass(frozen=True, slots=True, order=True)
class TextPosition:
    """A place between two characters of a message."""

    block: int
    offset: int
    """In UTF-16 units, as QTextDocument counts."""


@dataclass(slots=True)
class PlacedBlock:
    """A block that stands somewhere, with its document."""

    index: int
    box: BlockBox
    rect: QRect
    """The whole block: of a bubble its text, of code its surface."""
    text_origin: QPoint
    """Where the document's upper left corner is drawn."""
    document: QTextDocument | None
    """None for a rule."""
    is_right_to_left: bool
    is_continued: bool = False
    """Whether the next block is a further piece of this one."""
    inset: Thinking | Card | None = None
    """Whose line it is, if it is one."""
    is_open: bool = False
    """Whether what the line opens is shown."""
    lead_height: int = 0
    """Of what stands above the text within the block: the header of a listing."""

    def move_by(self, distance: int) -> None:
        """Move all of it down by some pixels."""
        self.rect.translate(0, distance)
        self.text_origin += QPoint(0, distance)

    @property
    def has_header(self) -> bool:
        """Whether a line with the language and buttons stands above the text."""
        return self.box.block.kind is BlockKind.CODE and self.box.block.joint is None


class BlockGeometry:
    """Measures and places blocks in a column. `is_person` is for messages that stand in a bubble."""

    def __init__(self, documents: BlockDocuments, column_width: int) -> None:
        self._documents = documents
        self.column_width = column_width
        self.is_right_to_left = False
        self.generation = 0
        """What was measured in an earlier one no longer holds."""
        self.is_repaint_due = False
        """Whether further pieces of a block are seen otherwise, above what changed; whoever repaints sets it back."""

    def text_width(self, block: Block, *, is_person: bool) -> int:
        """Return the width that the document of a block is laid out in."""
        if is_person:
            return max(1, int(self.column_width * BUBBLE_SHARE) - 2 * BUBBLE_PADDING_X)
        width = self.column_width - self._documents.indent_of(block)
        if block.kind in MONOSPACED:
            width -= 2 * CODE_PADDING_X
        return max(40, width)

    def bubble_text_width(self, layout: MessageLayout) -> int:
        """Return the width of the text in a bubble."""
        if len(layout.boxes) == 1 and layout.boxes[0].ideal_width:
            return layout.boxes[0].ideal_width
        return max(1, int(self.column_width * BUBBLE_SHARE) - 2 * BUBBLE_PADDING_X)

    def measure(self, layout: MessageLayout, row: int, *, is_person: bool) -> int:
        """Return the height of a block, laid out now."""
        box = layout.boxes[row]
        block = box.block
        if block.kind in LINE_KINDS:
            return self._documents.line_heights[block.kind]
        width = self.text_width(block, is_person=is_person)
        document = self._documents.document(box, width)
        if block.kind is BlockKind.PLAIN:
            box.ideal_width = 0
            if len(layout.boxes) == 1:
                box.ideal_width = min(width, math.ceil(document.idealWidth()) + 1)
                document.setTextWidth(box.ideal_width)
        height = math.ceil(document.size().height())
        is_last = not is_continued(layout, row)
        if block.kind in MONOSPACED:
            height += self._padding_above(block) + (CODE_PADDING_Y if is_last else 0)
        if box.side is not None:
            natural = document.size().width() if block.kind is BlockKind.TABLE else document.idealWidth()
            is_seen_otherwise = box.side.measure(math.ceil(natural), width, self.generation)
            self.is_repaint_due |= is_seen_otherwise and (block.joint is not None or not is_last)
            if block.kind is BlockKind.TABLE and is_last and box.side.longest_offset:
                height += BAR_ROOM
        return height

    def _padding_above(self, block: Block) -> int:
        """Return the room above the lines of a listing; the first piece has the header in it."""
        return self._documents.header_height + CODE_PADDING_Y if block.joint is None else 0

    def text_top(self, block: Block) -> int:
        """Return how far below the top of a block its document begins."""
        if block.kind in MONOSPACED:
            return self._padding_above(block) - self._documents.code_line_lead // 2
        return -(self._documents.line_lead // 2)

    def place(self, layout: MessageLayout, row: int, corner: QPoint, *, is_person: bool) -> PlacedBlock:
        """Return a block whose upper corner at the leading edge of the text stands here."""
        box = layout.boxes[row]
        block = box.block
        if block.kind in LINE_KINDS:
            width = self.bubble_text_width(layout) if is_person else self.column_width
            rect = QRect(corner.x(), corner.y(), width, box.height)
            return PlacedBlock(row, box, rect, corner, None, self.is_right_to_left)
        width = box.ideal_width or self.text_width(block, is_person=is_person)
        document = self._documents.document(box, width)
        is_right_to_left = self._is_right_to_left(layout, row, document)
        x = corner.x() if is_right_to_left else corner.x() + self._documents.indent_of(block)
        y = corner.y() + self.text_top(block)
        rect = QRect(x, corner.y(), width, box.height)
        if block.kind in MONOSPACED:
            rect.setWidth(width + 2 * CODE_PADDING_X)
            x += CODE_PADDING_X
        elif block.kind is BlockKind.TABLE:
            seen = min(width, round(document.textWidth()))
            if is_right_to_left:
                rect.setLeft(rect.right() + 1 - seen)
            rect.setWidth(seen)
            x = rect.left() - (round(document.textWidth()) - seen if is_right_to_left else 0)
        if box.side is not None:
            x += box.side.offset if is_right_to_left and block.kind is BlockKind.TABLE else -box.side.offset
        placed = PlacedBlock(row, box, rect, QPoint(x, y), document, is_right_to_left, is_continued(layout, row))
        placed.lead_height = self._documents.header_height if placed.has_header else 0
        return placed

    def _is_right_to_left(self, layout: MessageLayout, row: int, document: QTextDocument) -> bool:
        box = layout.boxes[row]
        block = box.block
        if block.kind is BlockKind.TABLE:
            return block.is_mirrored
        if block.kind in MONOSPACED and block.containers:
            return self._is_list_right_to_left(layout, row)
        if block.kind in MONOSPACED or not block.text:
            return self.is_right_to_left
        return document.firstBlock().textDirection() == Qt.LayoutDirection.RightToLeft

    def _is_list_right_to_left(self, layout: MessageLayout, row: int) -> bool:
        """Whether the words above a listing in a list or quote are written from the right."""
        for box in reversed(layout.boxes[max(0, row - LOOKED_BACK) : row]):
            if box.block.kind is BlockKind.PARAGRAPH and box.block.text:
                return is_right_to_left_text(box.block.text)
        return self.is_right_to_left

    def x_of(self, placed: PlacedBlock, offset: int) -> int | None:
        """Return where a character of a block begins, from the left of the viewport; None if it has no text."""
        if placed.document is None:
            return None
        place = self._documents.document_offset(placed.box.block, offset)
        inside = placed.document.findBlock(min(place, placed.document.characterCount() - 1))
        line = inside.layout().lineForTextPosition(place - inside.position())
        if not line.isValid():
            return None
        x = cast("tuple[float, int]", line.cursorToX(place - inside.position()))[0]  # The stub knows no tuple.
        return round(placed.text_origin.x() + placed.document.documentLayout().blockBoundingRect(inside).x() + x)

    def note_height(self, note: str) -> int:
        """Return the height of a muted line, wrapped in the column, with the gap above it."""
        if not note:
            return 0
        room = QRect(0, 0, self.column_width, 1_000_000)
        flags = int(Qt.TextFlag.TextWordWrap)
        return NOTE_GAP + QFontMetrics(self._documents.note_font).boundingRect(room, flags, note).height()


def is_continued(layout: MessageLayout, row: int) -> bool:
    """Return whether the block after `row` is a further piece of it."""
    return row + 1 < len(layout.boxes) and layout.boxes[row + 1].block.joint is not None
