"""How something is, in words with a mark before them."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.leading_label import LeadingLabel

_LEAST_MARK_PX = 14
_GAP_PX = 8


class StateTone(StrEnum):
    """How good that is. Each has a colour (the value is its token) and a shape of its own."""

    READY = "success"
    WAITING = "muted"
    """Something is going on, and it is not known yet how good that is."""
    NEUTRAL = "edge"
    """Neither good nor bad."""
    PROBLEM = "warning"


_ICON_NAMES = {
    StateTone.READY: "circle-filled",
    StateTone.WAITING: "circle-dashed",
    StateTone.NEUTRAL: "info",
    StateTone.PROBLEM: "triangle-alert",
}


class StateLine(QWidget):
    """Words that wrap, beside a mark; a detail (a figure) may stand at the end."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = _Mark(theme, self)
        self._words = LeadingLabel(parent=self)
        self._words.setObjectName("stateWords")
        self._words.setWordWrap(True)
        self._detail = QLabel(self)
        self._detail.setObjectName("stateDetail")
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setProperty("tone", "muted")
        self._detail.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._mark)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._detail, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def tone(self) -> StateTone:
        """What the mark shows."""
        return self._mark.tone

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the height of one line; how many the words take depends on the width."""
        return QSize(super().minimumSizeHint().width(), self._mark.sizeHint().height())

    def show_state(self, text: str, tone: StateTone, *, detail: str = "") -> None:
        """Show these words."""
        self._words.setText(text)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._mark.set_tone(tone)


class _Mark(QWidget):
    """The mark, level with the first line of the words."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tone = StateTone.WAITING
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._theme.changed.connect(self.update)

    def set_tone(self, tone: StateTone) -> None:
        """Show the mark of this tone."""
        self.tone = tone
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._side_px(), max(self._side_px(), self.fontMetrics().height()))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        side = self._side_px()
        top = max(0, (self.fontMetrics().height() - side) // 2)
        icon = self._theme.icon(_ICON_NAMES[self.tone], self.tone)
        icon.paint(painter, QRect(0, top, side, side))

    def _side_px(self) -> int:
        return max(_LEAST_MARK_PX, self.fontMetrics().ascent())
