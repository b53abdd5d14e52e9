"""A line of text that may be longer than its place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

_LEAST_CHARACTERS = 6
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
"""Around the text, so that it reads in its own direction whatever that of the window is."""


class ElidedLabel(QLabel):
    """Ends in "…" where it is cut; then the tip has the whole text. Screen readers always hear all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def is_elided(self) -> bool:
        """Whether the text does not fit."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

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
        rect = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        alignment = self.style().visualAlignment(self.layoutDirection(), self.alignment())
        painter.drawText(rect, int(alignment), f"{_ISOLATE}{text}{_END_ISOLATE}")

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._show_tip()

    def _show_tip(self) -> None:
        self.setToolTip(self.text() if self.is_elided else "")
