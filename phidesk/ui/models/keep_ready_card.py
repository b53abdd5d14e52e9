"""How long Ollama keeps a model in memory after its last answer."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from phidesk.ui.models.card_frame import CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

CHOICES_S = (None, 0, 300, 1800, 7200, -1)
"""Seconds; None lets Ollama decide, -1 is for ever."""


class KeepReadyCard(CardFrame):
    """Shows a choice; a value that is not offered (of a file that was edited) is shown in seconds."""

    chosen = Signal(object)
    """Seconds, or None."""
    free_on_close_switched = Signal(bool)
    """Whether the memory shall be freed when PhiDesk closes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("keepReadyCard")
        self.set_title(self.tr("Ready for the next question"))
        words = self.tr("A model that stays in memory answers at once. A model that leaves it makes room.")
        self.lines.addWidget(make_wrapped_label("keepReadyWords", words, tone="muted"))
        self._button = MenuButton(theme)
        self._button.setObjectName("keepReady")
        self._button.setToolTip(self.tr("How long Ollama keeps a model in memory after its last answer"))
        self.lines.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeading)
        for seconds in CHOICES_S:
            self._button.menu().addAction(duration_words(seconds)).triggered.connect(partial(self._on_chosen, seconds))
        self._free = CheckLine(theme, self.tr("Free the memory when PhiDesk closes"))
        self._free.setObjectName("freeOnClose")
        self._free.clicked.connect(self.free_on_close_switched)
        self.lines.addWidget(self._free)
        self.show_choice(None)

    def show_free_on_close(self, is_on: bool) -> None:
        """Show whether it is freed. Emits nothing."""
        self._free.setChecked(is_on)

    def show_choice(self, seconds: int | None) -> None:
        """Show this choice. Emits nothing."""
        words = duration_words(seconds)
        self._button.setText(words)
        self._button.setAccessibleName(self.tr("Keep models in memory: {duration}").format(duration=words))

    def _on_chosen(self, seconds: int | None) -> None:
        self.show_choice(seconds)
        self.chosen.emit(seconds)


def duration_words(seconds: int | None) -> str:
    """Say how long."""
    translate = QCoreApplication.translate
    words = {
        None: translate("KeepReady", "As Ollama decides"),
        0: translate("KeepReady", "Not at all"),
        300: translate("KeepReady", "5 minutes"),
        1800: translate("KeepReady", "30 minutes"),
        7200: translate("KeepReady", "2 hours"),
        -1: translate("KeepReady", "Until Ollama ends"),
    }
    return words.get(seconds) or translate("KeepReady", "{seconds} seconds").format(seconds=seconds)
