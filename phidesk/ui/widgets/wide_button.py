"""A button as wide as its place, its icon and words where reading begins."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.text_line import line_width, paint_line

_PADDING_PX = 12
_GAP_PX = 8


class WideButton(QPushButton):
    """Dressed like every button; only icon and words are its own work: a style sheet cannot mirror `text-align`."""

    def __init__(self, theme: Theme, icon_name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._theme = theme
        self._icon_name = icon_name
        self._on_theme_changed()
        self._connect()

    @override
    def sizeHint(self) -> QSize:
        words = line_width(self.fontMetrics(), self.text())
        return QSize(2 * _PADDING_PX + self._theme.icon_px + _GAP_PX + words, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        inner = self.rect().adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        icon_px = self._theme.icon_px
        icon = QRect(inner.left(), inner.center().y() + 1 - icon_px // 2, icon_px, icon_px)
        words = inner.adjusted(icon_px + _GAP_PX, 0, 0, 0)
        direction = self.layoutDirection()
        self.icon().paint(painter, QStyle.visualRect(direction, inner, icon))
        painter.setPen(self._theme.color("text" if self.isEnabled() else "disabled"))
        paint_line(painter, QStyle.visualRect(direction, inner, words), self.text(), direction)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self.setIcon(self._theme.icon(self._icon_name))
        self.updateGeometry()
