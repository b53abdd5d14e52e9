"""One finding: what it is about, how it is, and the button that mends it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.health.finding_words import FindingWords, Mark, RemedyButton
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.plain_tip import plain_tip
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.state_line import StateLine, StateTone

TONES = {Mark.GOOD: StateTone.READY, Mark.NEUTRAL: StateTone.NEUTRAL, Mark.PROBLEM: StateTone.PROBLEM}

_GAP_PX = 12
_NARROW_EMS = 30
"""A row narrower than this many times the text's size has its button below the words."""


class FindingRow(QWidget):
    """Shows one finding; screen readers hear title and sentence together. The tip has the technical details."""

    remedy_requested = Signal(object)
    """The button was pressed. Carries the `RemedyButton`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._remedy: RemedyButton | None = None
        self._title = make_section_title("")
        self._state = StateLine(theme)
        self._button = QPushButton()
        self._button.setObjectName("remedy")
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP_PX)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._state)
        self._layout.addLayout(words, 1)
        self._layout.addWidget(self._button)
        self._button.clicked.connect(self._on_button_clicked)

    @property
    def tone(self) -> StateTone:
        """How good it is."""
        return self._state.tone

    def show_finding(self, words: FindingWords) -> None:
        """Show this finding. Emits nothing."""
        self._remedy = words.button
        self.setObjectName(words.name)
        self._title.setText(words.title)
        self._state.show_state(words.sentence, TONES[words.mark])
        self._button.setVisible(words.button is not None)
        label = words.button.label if words.button is not None else ""
        self._button.setText(label)
        self._button.setAccessibleName(f"{words.title}: {label}")
        self.setToolTip(plain_tip(words.details))
        self.setAccessibleName(f"{words.title}: {words.sentence}")
        self.setAccessibleDescription(words.details)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._button.sizeHint().width(), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW_EMS * self._theme.font_sizes.small
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)

    def _on_button_clicked(self) -> None:
        if self._remedy is not None:
            self.remedy_requested.emit(self._remedy)
