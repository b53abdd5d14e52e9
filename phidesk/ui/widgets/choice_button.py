"""One of several choices: the button says which, its menu offers the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.menu_button import MenuButton


@dataclass(frozen=True)
class Choice:
    """One that is offered. `icon` names one of `resources/icons`."""

    key: str
    words: str
    icon: str = ""
    begins_group: bool = False
    """Whether a line stands above it."""


class ChoiceButton(MenuButton):
    """Nothing changes here when something is chosen, before `show_choice`."""

    chosen = Signal(str)
    """The person chose something. Carries its key."""

    def __init__(self, theme: Theme, name: str, label: str, parent: QWidget | None = None) -> None:
        """`label` says to screen readers what is chosen here."""
        super().__init__(theme, parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._label = label
        self._choices: tuple[Choice, ...] = ()
        self._key = ""
        self._actions = QActionGroup(self)
        self._actions.triggered.connect(self._on_triggered)
        theme.changed.connect(self._show_icons)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these and no others. Emits nothing."""
        if tuple(choices) == self._choices:
            return
        self._choices = tuple(choices)
        menu = self.menu()
        menu.clear()
        for action in self._actions.actions():
            self._actions.removeAction(action)
            action.deleteLater()
        for choice in choices:
            if choice.begins_group:
                menu.addSeparator()
            action = QAction(choice.words.replace("&", "&&"), self._actions)
            action.setData(choice.key)
            action.setCheckable(True)
            menu.addAction(action)
        self._show_icons()
        self.show_choice(self._key)

    def show_choice(self, key: str, words: str = "") -> None:
        """Say that this is chosen; `words` where it is not among those that are offered. Emits nothing."""
        self._key = key
        chosen = next((choice for choice in self._choices if choice.key == key), Choice(key, words))
        self.setText(chosen.words)
        self.setAccessibleName(f"{self._label}: {chosen.words}")
        for action in self._actions.actions():
            action.setChecked(action.data() == key)

    def _show_icons(self) -> None:
        for action, choice in zip(self._actions.actions(), self._choices, strict=True):
            if choice.icon:
                action.setIcon(self._theme.icon(choice.icon))

    def _on_triggered(self, action: QAction) -> None:
        self.show_choice(self._key)  # Qt marked the other one.
        self.chosen.emit(action.data())
