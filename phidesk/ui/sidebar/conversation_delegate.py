"""How the rows of the sidebar are painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from phidesk.ui.sidebar.conversation_list_model import ConversationListModel
from phidesk.ui.theme.style_sheet import CONTROL_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.focus_ring import paint_focus_ring
from phidesk.ui.widgets.text_line import paint_line

SIDE_MARGIN_PX = 12
"""Free space beside a row where reading ends: the scroll bar comes and goes in it and moves nothing."""

_PADDING_PX = 12
_LINE_PADDING_PX = 16
"""Above and below the text together."""
_MARK_PX = 16
_BAR_WIDTH_PX = 3


class ConversationDelegate(QStyledItemDelegate):
    """All rows have one height, headings too, so that lists of thousands are laid out at once."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        return QSize(0, QFontMetrics(self._strong_font()).height() + _LINE_PADDING_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(ConversationListModel.ID_ROLE) is None:
            self._paint_heading(painter, self._row_rect(option), str(index.data()))
        else:
            self._paint_conversation(painter, option, index)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setFont(self._strong_font())
        painter.setPen(self._theme.color("muted"))
        inner = rect.adjusted(_PADDING_PX, 4, -_PADDING_PX, 4)  # nearer to its conversations than to those above
        paint_line(painter, inner, text, self._view.layoutDirection())

    def _paint_conversation(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = self._row_rect(option)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_current or option.state & QStyle.StateFlag.State_MouseOver:
            self._paint_ground(painter, rect, is_current=is_current)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus_ring(painter, rect, self._theme)
        inner = rect.adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        is_unread = bool(index.data(ConversationListModel.IS_UNREAD_ROLE))
        if index.data(ConversationListModel.IS_WRITING_ROLE):
            inner = self._paint_mark(painter, inner, "ellipsis")
        elif is_unread:
            inner = self._paint_mark(painter, inner, "circle-filled")
        painter.setFont(self._strong_font() if is_current or is_unread else self._theme.small_font())
        painter.setPen(self._theme.color("text"))
        paint_line(painter, inner, str(index.data()), self._view.layoutDirection())

    def _paint_ground(self, painter: QPainter, rect: QRect, *, is_current: bool) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(rect), CONTROL_RADIUS, CONTROL_RADIUS)
        painter.fillPath(outline, self._theme.color("accent_soft" if is_current else "bubble"))
        if is_current:
            bar = QRect(rect.left(), rect.top(), _BAR_WIDTH_PX, rect.height())
            painter.save()
            painter.setClipPath(outline)
            painter.fillRect(self._mirrored(bar, rect), self._theme.color("accent"))
            painter.restore()

    def _paint_mark(self, painter: QPainter, rect: QRect, icon_name: str) -> QRect:
        """Paint a mark where reading ends, and return the room that is left for the title."""
        mark = QRect(rect.right() + 1 - _MARK_PX, rect.center().y() + 1 - _MARK_PX // 2, _MARK_PX, _MARK_PX)
        self._theme.icon(icon_name, "accent").paint(painter, self._mirrored(mark, rect))
        return self._mirrored(rect.adjusted(0, 0, -_MARK_PX - 4, 0), rect)

    def _row_rect(self, option: QStyleOptionViewItem) -> QRect:
        """Return the row without the margin, of which a scroll bar may already have taken its part."""
        bar = self._view.verticalScrollBar()
        taken = bar.width() if bar.isVisible() else 0
        return self._mirrored(option.rect.adjusted(0, 0, -max(0, SIDE_MARGIN_PX - taken), 0), option.rect)

    def _mirrored(self, rect: QRect, within: QRect) -> QRect:
        return QStyle.visualRect(self._view.layoutDirection(), within, rect)

    def _strong_font(self) -> QFont:
        font = self._theme.small_font()
        font.setWeight(QFont.Weight.DemiBold)
        return font
