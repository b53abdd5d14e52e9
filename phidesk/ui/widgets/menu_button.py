"""A choice in words: says what is chosen, and opens the menu with the others."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QToolButton, QWidget
from typing_extensions import override

from phidesk.ui.theme.style_sheet import CONTROL_HEIGHT, CONTROL_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.focus_ring import paint_focus_ring
from phidesk.ui.widgets.text_line import line_width, paint_line

_PADDING_PX = 8
_GAP_PX = 4
_LEAST_CHARACTERS = 8


class MenuButton(QToolButton):
    """Quiet text with an arrow; the text is cut where there is no room. Space and Down open the menu."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._on_theme_changed()
        self._connect()

    @override
    def setText(self, text: str, /) -> None:
        super().setText(text)
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return self._size_for(line_width(self.fontMetrics(), self.text()))

    @override
    def minimumSizeHint(self) -> QSize:
        least = _LEAST_CHARACTERS * self.fontMetrics().averageCharWidth()
        return self._size_for(min(least, line_width(self.fontMetrics(), self.text())))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_used = self.isDown() or self.underMouse()
        if is_used:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sunken" if self.isDown() else "bubble"))
            painter.drawRoundedRect(QRectF(self.rect()), CONTROL_RADIUS, CONTROL_RADIUS)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), self._theme)
        inner = self.rect().adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        arrow_px = self._theme.small_icon_px
        arrow = QRect(inner.right() + 1 - arrow_px, inner.center().y() + 1 - arrow_px // 2, arrow_px, arrow_px)
        words = inner.adjusted(0, 0, -arrow_px - _GAP_PX, 0)
        direction = self.layoutDirection()
        color = "text" if is_used or self.hasFocus() else "muted"
        self._theme.icon("chevron-down", color).paint(painter, QStyle.visualRect(direction, inner, arrow))
        painter.setPen(self._theme.color(color))
        paint_line(painter, QStyle.visualRect(direction, inner, words), self.text(), direction)

    def _size_for(self, words_px: int) -> QSize:
        height = max(CONTROL_HEIGHT, self.fontMetrics().height() + _PADDING_PX)
        return QSize(2 * _PADDING_PX + words_px + _GAP_PX + self._theme.small_icon_px, height)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.small_font())
        self.updateGeometry()
        self.update()
