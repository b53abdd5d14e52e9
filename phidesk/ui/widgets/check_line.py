"""A box to tick, and words beside it that wrap where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.focus_ring import paint_focus_ring
from phidesk.ui.widgets.text_line import paint_wrapped

_BOX_PX = 18
_BOX_RADIUS_PX = 4
_TICK_PX = 14
_GAP_PX = 8
_PADDING_PX = 4
_LEAST_CHARACTERS = 12
_ENDLESS_PX = 10_000


class CheckLine(QCheckBox):
    """Paints itself, so that box and tick keep their contrast in every theme, and long words their place."""

    def __init__(self, theme: Theme, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._theme = theme
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._theme.changed.connect(self._on_theme_changed)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        words = self.fontMetrics().boundingRect(
            QRect(0, 0, width - self._words_at(), _ENDLESS_PX), int(Qt.TextFlag.TextWordWrap), self.text()
        )
        return max(_BOX_PX, words.height()) + 2 * _PADDING_PX

    @override
    def sizeHint(self) -> QSize:
        width = self._words_at() + self.fontMetrics().horizontalAdvance(self.text()) + _PADDING_PX
        return QSize(width, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        least = self._words_at() + _LEAST_CHARACTERS * self.fontMetrics().averageCharWidth()
        return QSize(min(least, self.sizeHint().width()), _BOX_PX + 2 * _PADDING_PX)

    @override
    def hitButton(self, pos: QPoint, /) -> bool:
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter)
        flags = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        painter.setPen(self._theme.color("text" if self.isEnabled() else "disabled"))
        words = QRect(self._words_at(), _PADDING_PX, self.width() - self._words_at(), self.height() - 2 * _PADDING_PX)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), words)
        paint_wrapped(painter, place, self.text(), flags | Qt.AlignmentFlag.AlignVCenter)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), self._theme)

    def _paint_box(self, painter: QPainter) -> None:
        line = max(_BOX_PX, self.fontMetrics().height())
        has_lines = self.heightForWidth(self.width()) > line + 2 * _PADDING_PX
        top = _PADDING_PX + (line - _BOX_PX) // 2 if has_lines else None
        box = QRect(_PADDING_PX, (self.height() - _BOX_PX) // 2 if top is None else top, _BOX_PX, _BOX_PX)
        box = QStyle.visualRect(self.layoutDirection(), self.rect(), box)
        is_on = self.isChecked()
        painter.setPen(QPen(self._theme.color("accent" if is_on else "edge" if self.isEnabled() else "disabled"), 1))
        painter.setBrush(self._theme.color("accent" if is_on else "bubble" if self.underMouse() else "raised"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), _BOX_RADIUS_PX, _BOX_RADIUS_PX)
        if is_on:
            tick = QRect(0, 0, _TICK_PX, _TICK_PX)
            tick.moveCenter(box.center())
            self._theme.icon("check", "on_accent").paint(painter, tick)

    def _words_at(self) -> int:
        return _PADDING_PX + _BOX_PX + _GAP_PX

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
