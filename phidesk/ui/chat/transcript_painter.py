"""Draws what is visible of a transcript. Whatever the clip is, the same pixels come out: scrolling copies them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from phidesk.richtext.blocks import Block, Container
from phidesk.ui.chat.block_controls import ControlLook, ControlPainter
from phidesk.ui.chat.block_documents import LONGEST_REACH, MONOSPACED, reach_of
from phidesk.ui.chat.block_geometry import PlacedBlock
from phidesk.ui.chat.message_geometry import bubble_of, placed_blocks
from phidesk.ui.chat.side_scrolling import paint_fades, seen_part
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_hits import hits_in_text
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_selection import Selection
from phidesk.ui.chat.transcript_style import (
    BUBBLE_RADIUS,
    CODE_RADIUS,
    MARKER_DISTANCE,
    MESSAGE_GAP,
    NOTE_GAP,
    QUOTE_RULE_WIDTH,
)
from phidesk.ui.widgets.text_line import paint_wrapped

_CARET_WIDTH = 2
_HIT_OPACITY, _CURRENT_HIT_OPACITY = 0.22, 0.5
_FOCUS_DISTANCE = 6
_FOCUS_WIDTH = 2
_LINE_WIDTH = 2
_MANY_HITS = 30
"""In one block; marking so many takes half a millisecond."""
_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at."""

    scroll_y: int
    column_left: int
    selection: Selection | None
    caret: QRect | None
    """In the conversation; None while the keyboard selects nothing."""
    focused_message: int | None
    """The message that keyboard actions mean, if that is to be seen."""
    status: str
    window: QColor
    """Behind everything."""
    controls: ControlLook
    wanted: str = ""
    """Words that are marked wherever they stand."""
    hit: Selection | None = None
    """The one that is marked more strongly."""
    unseen_count: int = 0
    """So many messages at the beginning are above the memory line."""


class TranscriptPainter:
    """Paints one view of a content, in coordinates of the viewport."""

    def __init__(self, content: TranscriptContent, painter: QPainter, view: View) -> None:
        self._content = content
        self._painter = painter
        self._view = view
        self._style = content.documents.style
        self._controls = ControlPainter(painter, content.documents, view.controls, is_mirrored=content.is_right_to_left)

    def paint(self, clip: QRect) -> None:
        """Paint all that touches the clip."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = clip.top() + self._view.scroll_y
        bottom = clip.bottom() + 1 + self._view.scroll_y
        # The focus frame of a message reaches out of it, into the gaps.
        for index, message_top in self._content.messages_between(top - MESSAGE_GAP, bottom + MESSAGE_GAP):
            self._paint_message(index, message_top, clip)
        self._paint_status()
        self._paint_caret()

    def _paint_message(self, index: int, message_top: int, clip: QRect) -> None:
        view, content = self._view, self._content
        if content.room(index) is not None:
            return
        message = content.messages[index]
        layout = content.seen_layout(index)
        top = clip.top() + view.scroll_y
        bottom = clip.bottom() + 1 + view.scroll_y
        if message.speaker is Speaker.PERSON and layout.boxes:
            bubble = bubble_of(content, index, message_top, view.column_left).translated(0, -view.scroll_y)
            self._fill_rounded(bubble, BUBBLE_RADIUS, self._style.bubble, self._style.bubble_edge)
        for placed in placed_blocks(content, index, message_top, view.column_left, top, bottom):
            placed.move_by(-view.scroll_y)
            self._paint_block(index, placed, clip)
        if message.note:
            self._paint_note(
                message.note,
                message_top + layout.content_height - view.scroll_y,
                is_trailing=message.speaker is Speaker.PERSON,
            )
        if index == view.unseen_count > 0:
            self._paint_memory_line(message_top - view.scroll_y)
        if index == view.focused_message:
            self._paint_focus(index, message_top)

    def _paint_block(self, message: int, placed: PlacedBlock, clip: QRect) -> None:
        block = placed.box.block
        if placed.inset is not None:
            self._controls.paint(message, placed)
            return
        if placed.document is None:
            self._painter.fillRect(placed.rect.adjusted(0, 4, 0, -4), self._style.border)
            return
        if block.containers:
            self._paint_containers(message, placed, clip)
        if block.kind in MONOSPACED:
            self._paint_surface(placed)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette = self._content.documents.palettes[message < self._view.unseen_count]
        current = self._view.hit.range_in(message, placed.index) if self._view.hit else None
        marks: list[QAbstractTextDocumentLayout.Selection] = []
        for hit in self._seen_hits(placed, clip) if self._view.wanted else ():
            marks += self._marks(placed.document, block, *hit, self._hit_color(is_current=hit == current))
        selected = self._view.selection.range_in(message, placed.index) if self._view.selection else None
        if selected is not None:
            marks += self._marks(placed.document, block, *selected, self._style.selection)
        if marks:
            context.selections = marks
        seen = seen_part(placed)
        self._painter.save()
        if seen is not None:
            self._painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
        self._painter.translate(placed.text_origin)
        reach = reach_of(block)
        context.clip = QRectF(clip.translated(-placed.text_origin)).adjusted(-4, -reach, 4, reach)
        placed.document.documentLayout().draw(self._painter, context)
        self._painter.restore()
        if seen is not None:
            is_code = block.kind in MONOSPACED
            paint_fades(self._painter, placed, seen, self._style.surface if is_code else self._view.window)
        self._controls.paint(message, placed)

    def _seen_hits(self, placed: PlacedBlock, clip: QRect) -> list[tuple[int, int]]:
        """Return where words stand in a block, without most of those out of sight if there are many."""
        block = placed.box.block
        hits = hits_in_text(block.text, self._view.wanted)
        if len(hits) <= _MANY_HITS or placed.document is None or block.is_mirrored:
            return hits
        layout = placed.document.documentLayout()
        ends: list[int] = []
        top, bottom = clip.top() - LONGEST_REACH, clip.bottom() + LONGEST_REACH
        for y in (top - placed.text_origin.y(), bottom - placed.text_origin.y()):
            places = (
                layout.hitTest(QPointF(x, y), Qt.HitTestAccuracy.FuzzyHit) for x in (0, placed.document.textWidth())
            )
            ends += [self._content.documents.text_offset(block, max(0, place)) for place in places]
        first, last = min(ends), max(ends)
        return [(start, end) for start, end in hits if end >= first and start <= last]

    def _marks(
        self, document: QTextDocument, block: Block, start: int, end: int, color: QColor
    ) -> Iterator[QAbstractTextDocumentLayout.Selection]:
        """Yield a stretch of a block's text as Qt wants what is drawn on another background."""
        last = document.characterCount() - 1
        char_format = QTextCharFormat()
        char_format.setBackground(color)
        for first, behind in self._content.documents.document_ranges(block, start, end):
            mark = QAbstractTextDocumentLayout.Selection()
            mark.cursor = QTextCursor(document)
            mark.cursor.setPosition(min(first, last))
            mark.cursor.setPosition(min(behind, last), QTextCursor.MoveMode.KeepAnchor)
            mark.format = char_format
            yield mark

    def _hit_color(self, *, is_current: bool) -> QColor:
        """The accent, thin enough that the text on it stays readable."""
        color = QColor(self._style.accent)
        color.setAlphaF(_CURRENT_HIT_OPACITY if is_current else _HIT_OPACITY)
        return color

    def _paint_containers(self, message: int, placed: PlacedBlock, clip: QRect) -> None:
        """Draw the rules of quotes, and the marker of a list item, on the side where the text begins."""
        block = placed.box.block
        rect = placed.rect
        column = QRect(self._view.column_left, rect.top(), self._content.column_width, rect.height())
        offset = 0
        previous = self._content.layout(message).boxes[placed.index - 1].block if placed.index else None
        for depth, container in enumerate(block.containers):
            if container is not Container.LIST:
                here = block.containers[: depth + 1]
                above = placed.box.gap if previous is not None and previous.containers[: depth + 1] == here else 0
                x = column.left() + offset
                if placed.is_right_to_left:
                    x = column.right() + 1 - offset - QUOTE_RULE_WIDTH
                rule = QRect(x, rect.top() - above, QUOTE_RULE_WIDTH, rect.height() + above)
                self._painter.fillRect(rule, self._style.border)
            offset += self._content.documents.indents[container]
        if block.marker:
            self._paint_marker(placed, clip)

    def _paint_marker(self, placed: PlacedBlock, clip: QRect) -> None:
        painter, block = self._painter, placed.box.block
        if placed.document is None:
            return
        line = placed.document.firstBlock().layout().lineAt(0)
        if line.isValid() and placed.text_origin.y() + line.y() + line.height() < clip.top() - LONGEST_REACH:
            return  # Only what the item ends with is drawn anew.
        baseline = placed.text_origin.y() + line.y() + line.ascent() if line.isValid() else placed.rect.bottom()
        painter.setFont(self._style.font)
        painter.setPen(self._style.muted)
        # The full stop of "1." stands where the paragraph goes on, whatever direction the window has.
        mark = _RIGHT_TO_LEFT_MARK if placed.is_right_to_left else _LEFT_TO_RIGHT_MARK
        marker = mark + block.marker + mark
        width = self._content.documents.marker_width(marker)
        x = placed.rect.left() - MARKER_DISTANCE - width
        if placed.is_right_to_left:
            x = placed.rect.right() + 1 + MARKER_DISTANCE
        painter.drawText(QPoint(x, round(baseline)), marker)

    def _paint_surface(self, placed: PlacedBlock) -> None:
        """Draw what is behind code; the pieces of a long listing together look like one."""
        over = 2 * CODE_RADIUS
        rect = placed.rect.adjusted(
            0, 0 if placed.box.block.joint is None else -over, 0, over if placed.is_continued else 0
        )
        self._painter.save()
        self._painter.setClipRect(placed.rect, Qt.ClipOperation.IntersectClip)
        self._fill_rounded(rect, CODE_RADIUS, self._style.surface, self._style.border)
        self._painter.restore()

    def _fill_rounded(self, rect: QRect, radius: int, fill: QColor, border: QColor | None = None) -> None:
        self._painter.setBrush(fill)
        self._painter.setPen(QPen(border, 1) if border is not None else Qt.PenStyle.NoPen)
        outline = QRectF(rect)
        if border is not None:
            outline.adjust(0.5, 0.5, -0.5, -0.5)
        self._painter.drawRoundedRect(outline, radius, radius)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_note(self, note: str, y: int, *, is_trailing: bool = False) -> None:
        content = self._content
        self._painter.setFont(content.documents.note_font)
        self._painter.setPen(self._style.muted)
        height = content.geometry.note_height(note) - NOTE_GAP
        rect = QRect(self._view.column_left, y + NOTE_GAP, content.column_width, height)
        is_at_the_right = is_trailing != content.is_right_to_left
        side = Qt.AlignmentFlag.AlignRight if is_at_the_right else Qt.AlignmentFlag.AlignLeft
        paint_wrapped(self._painter, rect, note, side)

    def _paint_memory_line(self, message_top: int) -> None:
        """Draw it in the gap above the first message that the model sees."""
        y = message_top - MESSAGE_GAP // 2
        line = QRect(self._view.column_left, y, self._content.column_width, _LINE_WIDTH)
        self._painter.fillRect(line, self._style.edge)

    def _paint_status(self) -> None:
        if self._view.status:
            self._paint_note(self._view.status, self._content.height - self._view.scroll_y - NOTE_GAP)

    def _paint_caret(self) -> None:
        if self._view.caret is not None:
            caret = self._view.caret.translated(0, -self._view.scroll_y)
            self._painter.fillRect(QRect(caret.left(), caret.top(), _CARET_WIDTH, caret.height()), self._style.accent)

    def _paint_focus(self, index: int, message_top: int) -> None:
        content, view = self._content, self._view
        height = content.seen_layout(index).height
        rect = QRect(view.column_left, message_top - view.scroll_y, content.column_width, height)
        if content.messages[index].speaker is Speaker.PERSON:
            rect = bubble_of(content, index, message_top, view.column_left).translated(0, -view.scroll_y)
        if content.messages[index].note:
            rect.setHeight(height)
        # Below, the actions of the message stand inside the frame.
        outline = QRectF(rect).adjusted(-_FOCUS_DISTANCE, -_FOCUS_DISTANCE, _FOCUS_DISTANCE, MESSAGE_GAP - _FOCUS_WIDTH)
        self._painter.setPen(QPen(self._style.accent, _FOCUS_WIDTH))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(outline, CODE_RADIUS, CODE_RADIUS)
