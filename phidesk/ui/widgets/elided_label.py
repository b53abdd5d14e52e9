"""A line of text that may be longer than its place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.widgets.plain_tip import set_plain_tip
from phidesk.ui.widgets.text_line import line_width, paint_line

_LEAST_CHARACTERS = 6


class ElidedLabel(QLabel):
    """Ends in "…" where it is cut; then the tip has the whole text. Screen readers always hear all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def is_elided(self) -> bool:
        """Whether the text does not fit."""
        return line_width(self.fontMetrics(), self.text()) > self.contentsRect().width()

    @override
    def setText(self, text: str, /) -> None:
        super().setText(text)
        self._show_tip()

    @override
    def minimumSizeHint(self) -> QSize:
        least = _LEAST_CHARACTERS * self.fontMetrics().averageCharWidth()
        size = super().minimumSizeHint()
        return QSize(min(least, size.width()), size.height())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        paint_line(painter, self.contentsRect(), self.text(), self.layoutDirection())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._show_tip()

    def _show_tip(self) -> None:
        set_plain_tip(self, self.text() if self.is_elided else "")
