"""A small chart of how a figure went, one bar for each time it was taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme

NEWEST_COUNT = 60
"""So many bars fit the narrowest panel at 4 px each; older ones are left out."""
_HEIGHT_PX = 48
_WIDEST_PX = 12
_GAP_PX = 1
_BASE_PX = 1


class HistoryChart(QWidget):
    """Bars from the side where reading begins. Each has a whole and the part of it that matters; None leaves a gap."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[tuple[int | None, int | None], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def bars(self) -> tuple[tuple[int | None, int | None], ...]:
        """What is shown: (part, whole), the oldest first."""
        return self._bars

    def show_bars(self, bars: Sequence[tuple[int | None, int | None]], description: str) -> None:
        """Show the newest of these pairs (part, whole); `description` says the same in words."""
        self._bars = tuple(bars[-NEWEST_COUNT:])
        self.setAccessibleDescription(description)
        self.setToolTip(description)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, _HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        highest = max((value for bar in self._bars for value in bar if value), default=0)
        if not highest:
            return
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        step = min(_WIDEST_PX, self.width() / len(self._bars))
        for place, (part, whole) in enumerate(self._bars):
            left = self.width() - (place + 1) * step if self.isRightToLeft() else place * step
            for value, colour in ((whole, "edge"), (part, "accent")):
                height = (self.height() - _BASE_PX) * (value or 0) / highest
                rect = QRectF(left, self.height() - _BASE_PX - height, max(_GAP_PX, step - _GAP_PX), height)
                painter.fillRect(rect, self._theme.color(colour))
        painter.fillRect(QRectF(0, self.height() - _BASE_PX, self.width(), _BASE_PX), self._theme.color("edge"))
