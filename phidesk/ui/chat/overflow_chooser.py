"""What is done when a conversation no longer fits: asked each time, or the same always."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.conversation import Overflow
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.section_title import make_section_title

_GAP_PX = 8


class OverflowChooser(QWidget):
    """One choice of four. Knows values only."""

    chosen = Signal(object)
    """Carries the `Overflow` that the person wants."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = {
            Overflow.ASK: self.tr("Ask me"),
            Overflow.SUMMARISE: self.tr("Summarise the older part"),
            Overflow.MORE_MEMORY: self.tr("Take more memory"),
            Overflow.LET_OLDEST_GO: self.tr("Let the oldest go"),
        }
        self._button = MenuButton(theme)
        self._button.setObjectName("overflow")
        for overflow, words in self._words.items():
            self._button.menu().addAction(words).triggered.connect(partial(self._on_chosen, overflow))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        title = make_section_title(self.tr("When it no longer fits"))
        title.setBuddy(self._button)
        layout.addWidget(title)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeading)
        self.show_choice(Overflow.ASK)

    def show_choice(self, overflow: Overflow) -> None:
        """Show this choice. Emits nothing."""
        words = self._words[overflow]
        self._button.setText(words)
        self._button.setAccessibleName(self.tr("When it no longer fits: {choice}").format(choice=words))

    def _on_chosen(self, overflow: Overflow) -> None:
        self.show_choice(overflow)
        self.chosen.emit(overflow)
