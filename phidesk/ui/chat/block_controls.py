"""What can be used inside a message: the buttons of listings and the bars of what is wider than the column.

Painted, not widgets: a conversation has thousands. `TranscriptControls` lets mouse and keyboard reach them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.block_geometry import PlacedBlock
from phidesk.ui.chat.cards import paint_card
from phidesk.ui.chat.code_header import CodeHeader, copy_label, lay_out_code_header, paint_language, wrap_label
from phidesk.ui.chat.link_places import link_rect, links_of
from phidesk.ui.chat.side_scrolling import bar_of, grip_of, paint_bar
from phidesk.ui.chat.thinking_line import paint_thinking_line, thinking_label, thinking_rect
from phidesk.ui.chat.transcript_message import Card, Thinking
from phidesk.ui.chat.transcript_style import CARD_RADIUS, CONTROL_RADIUS

_RING_PX = 2


class ControlKind(Enum):
    """What a control does."""

    COPY = "copy"
    """Copies a listing."""
    WRAP = "wrap"
    """Wraps the lines of a listing, or lets them be as long as they are."""
    OPEN = "open"
    """Opens or closes what was thought, or a card."""
    SIDE = "side"
    """Scrolls a block sideways."""
    LINK = "link"
    """Leads somewhere. For the keyboard: the mouse finds links as it finds all text."""


@dataclass(frozen=True, slots=True)
class Control:
    """Something that can be used; the same as long as its block stands in its row."""

    message: int
    row: int
    kind: ControlKind
    number: int = 0
    """Among those of its kind in its block."""


@dataclass(frozen=True, slots=True)
class ControlLook:
    """Which controls look otherwise than at rest."""

    hovered: Control | None = None
    focused: Control | None = None
    copied: Control | None = None
    """Has just copied something, and says so."""


def controls_of(
    message: int, placed: PlacedBlock, documents: BlockDocuments, *, is_mirrored: bool
) -> Iterator[tuple[Control, QRect]]:
    """Yield the controls of a block in the order of the keyboard, each with the room where it can be pressed."""
    if placed.inset is not None:
        if isinstance(placed.inset, Thinking) or placed.inset.opens:
            rect = _inset_rect(placed, placed.inset, documents, is_mirrored=is_mirrored)
            yield Control(message, placed.index, ControlKind.OPEN), rect
        return
    for number, link in enumerate(links_of(placed.box.block)):
        yield Control(message, placed.index, ControlKind.LINK, number), link_rect(placed, link, documents)
    header = lay_out_code_header(placed, documents, is_mirrored=is_mirrored)
    if header is not None:
        if header.wrap is not None:
            yield Control(message, placed.index, ControlKind.WRAP), header.wrap
        yield Control(message, placed.index, ControlKind.COPY), header.copy
    bar = bar_of(placed)
    if bar is not None:
        yield Control(message, placed.index, ControlKind.SIDE), grip_of(bar)


def _inset_rect(placed: PlacedBlock, inset: Thinking | Card, documents: BlockDocuments, *, is_mirrored: bool) -> QRect:
    if isinstance(inset, Card):
        return placed.rect
    return thinking_rect(placed.rect, thinking_label(inset), QFontMetrics(documents.note_font), is_mirrored=is_mirrored)


class ControlPainter:
    """Paints the controls of blocks."""

    def __init__(self, painter: QPainter, documents: BlockDocuments, look: ControlLook, *, is_mirrored: bool) -> None:
        self._painter = painter
        self._documents = documents
        self._style = documents.style
        self._look = look
        self._is_mirrored = is_mirrored

    def paint(self, message: int, placed: PlacedBlock) -> None:
        """Paint what belongs to one block."""
        if placed.inset is not None:
            self._paint_inset(message, placed, placed.inset)
            return
        self._paint_link_focus(message, placed)
        header = lay_out_code_header(placed, self._documents, is_mirrored=self._is_mirrored)
        if header is not None:
            self._paint_header(message, placed, header)
        bar = bar_of(placed)
        if bar is not None:
            control = Control(message, placed.index, ControlKind.SIDE)
            paint_bar(self._painter, placed, self._style.muted if self._is_meant(control) else self._style.edge)
            self._paint_ring(control, grip_of(bar))

    def _paint_link_focus(self, message: int, placed: PlacedBlock) -> None:
        focused = self._look.focused
        if focused is None or (focused.message, focused.row, focused.kind) != (message, placed.index, ControlKind.LINK):
            return
        for link in links_of(placed.box.block)[focused.number : focused.number + 1]:
            self._paint_ring(focused, link_rect(placed, link, self._documents))

    def _paint_inset(self, message: int, placed: PlacedBlock, inset: Thinking | Card) -> None:
        painter, is_mirrored = self._painter, self._is_mirrored
        control = Control(message, placed.index, ControlKind.OPEN)
        rect = _inset_rect(placed, inset, self._documents, is_mirrored=is_mirrored)
        self._paint_hover(control, rect, self._style.bubble)
        if isinstance(inset, Thinking):
            painter.setFont(self._documents.note_font)
            painter.setPen(self._style.text if self._is_meant(control) else self._style.muted)
            label = thinking_label(inset)
            paint_thinking_line(painter, rect, label, is_open=placed.is_open, is_mirrored=is_mirrored)
        else:
            paint_card(painter, rect, inset, self._documents, is_open=placed.is_open, is_mirrored=is_mirrored)
        self._paint_ring(control, rect)

    def _paint_header(self, message: int, placed: PlacedBlock, header: CodeHeader) -> None:
        painter, side = self._painter, placed.box.side
        painter.setFont(self._documents.note_font)
        painter.setPen(self._style.muted)
        paint_language(painter, header, placed.box.block.language, is_mirrored=self._is_mirrored)
        copy = Control(message, placed.index, ControlKind.COPY)
        self._paint_button(copy, header.copy, copy_label(is_copied=copy == self._look.copied))
        if header.wrap is not None and side is not None:
            wrap = Control(message, placed.index, ControlKind.WRAP)
            self._paint_button(wrap, header.wrap, wrap_label(is_wrapped=side.is_wrapped))
        line = QRect(header.rect.left() + 1, header.rect.bottom(), header.rect.width() - 2, 1)
        painter.fillRect(line, self._style.border)

    def _paint_button(self, control: Control, rect: QRect, label: str) -> None:
        self._paint_hover(control, rect, self._style.sunken)
        self._painter.setPen(self._style.text if self._is_meant(control) else self._style.muted)
        self._painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), label)
        self._paint_ring(control, rect)

    def _is_meant(self, control: Control) -> bool:
        return control in (self._look.hovered, self._look.focused)

    def _paint_hover(self, control: Control, rect: QRect, color: QColor) -> None:
        if control != self._look.hovered:
            return
        radius = CARD_RADIUS if rect.height() > self._documents.header_height else CONTROL_RADIUS
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.drawRoundedRect(QRectF(rect), radius, radius)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_ring(self, control: Control, rect: QRect) -> None:
        if control != self._look.focused:
            return
        inset = _RING_PX / 2
        self._painter.setPen(QPen(self._style.accent, _RING_PX))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(
            QRectF(rect).adjusted(inset, inset, -inset, -inset), CONTROL_RADIUS - inset, CONTROL_RADIUS - inset
        )
