"""Cards between the words of an answer: what a tool was asked and said, or where a sentence comes from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.thinking_line import chevron_px, direction_of, paint_chevron
from phidesk.ui.chat.transcript_message import Card, CardState
from phidesk.ui.chat.transcript_style import CARD_RADIUS
from phidesk.ui.widgets.text_line import line_width, paint_line

_PADDING_X = 14
_GAP_PX = 8
_ICON_EMS = 18 / 13
"""In sizes of the small words beside it."""


def card_label(card: Card) -> str:
    """Return what a card says in one line, for those who do not see it."""
    said = [card.title, card.summary, state_words(card.state)]
    return ", ".join(words for words in said if words)


def state_words(state: CardState) -> str:
    """Return what a card says of its state; nothing once all is well."""
    words = {
        CardState.RUNNING: QCoreApplication.translate("Card", "Running…"),
        CardState.FAILED: QCoreApplication.translate("Card", "Did not work"),
        CardState.REFUSED: QCoreApplication.translate("Card", "Not allowed"),
        CardState.SKIPPED: QCoreApplication.translate("Card", "Not used again"),
        CardState.STOPPED: QCoreApplication.translate("Card", "Stopped"),
    }
    return words.get(state, "")


def paint_card(
    painter: QPainter, rect: QRect, card: Card, documents: BlockDocuments, *, is_open: bool, is_mirrored: bool
) -> None:
    """Draw a card: icon, title, summary, state, and the mark of what opens, from where lines begin."""
    style = documents.style
    painter.setPen(QPen(style.border, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)
    row = _Row(painter, rect.adjusted(_PADDING_X, 0, -_PADDING_X, 0), is_mirrored=is_mirrored)
    if card.details:
        painter.setPen(style.muted)
        room = row.take_end(chevron_px(QFontMetrics(documents.note_font)))
        paint_chevron(painter, room, is_open=is_open, is_mirrored=is_mirrored)
    if card.icon:
        icon_px = round(_ICON_EMS * documents.note_font.pixelSize())
        room = row.take_start(icon_px)
        place = QRect(room.left(), room.center().y() - icon_px // 2, icon_px, icon_px)
        style.icon(card.icon).paint(painter, place)
    title_font = QFont(documents.note_font)
    title_font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(title_font)
    painter.setPen(style.text)
    row.write(card.title)
    painter.setFont(documents.note_font)
    painter.setPen(style.muted)
    row.write_end(state_words(card.state))
    row.write(card.summary)


class _Row:
    """Gives out the room of one line from both ends."""

    def __init__(self, painter: QPainter, rect: QRect, *, is_mirrored: bool) -> None:
        self._painter = painter
        self._rect = rect
        self._is_mirrored = is_mirrored

    def take_start(self, width: int) -> QRect:
        """Take room where the line begins."""
        return self._take_right(width) if self._is_mirrored else self._take_left(width)

    def take_end(self, width: int) -> QRect:
        """Take room where the line ends."""
        return self._take_left(width) if self._is_mirrored else self._take_right(width)

    def write(self, words: str) -> None:
        """Write where the line begins; what does not fit is cut."""
        self._write(words, self.take_start)

    def write_end(self, words: str) -> None:
        """Write where the line ends."""
        self._write(words, self.take_end)

    def _write(self, words: str, take: Callable[[int], QRect]) -> None:
        width = min(line_width(self._painter.fontMetrics(), words), self._rect.width())
        if words and width > 0:
            paint_line(self._painter, take(width), words, direction_of(is_mirrored=self._is_mirrored))

    def _take_left(self, width: int) -> QRect:
        taken = QRect(self._rect.left(), self._rect.top(), width, self._rect.height())
        self._rect.setLeft(taken.right() + 1 + _GAP_PX)
        return taken

    def _take_right(self, width: int) -> QRect:
        taken = QRect(self._rect.right() + 1 - width, self._rect.top(), width, self._rect.height())
        self._rect.setRight(taken.left() - 1 - _GAP_PX)
        return taken
