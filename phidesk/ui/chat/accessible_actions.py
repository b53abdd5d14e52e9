"""What assistive technology can do with a message: all that its context menu offers, under the same words and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessibleActionInterface, QKeySequence
from shiboken6 import Shiboken
from typing_extensions import override

from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from phidesk.ui.chat.transcript_view import TranscriptView


class AccessibleActions(QAccessibleActionInterface):
    """The actions of a message: to give it the keyboard, to open its menu, and each entry of that which is possible."""

    def __init__(self, view: TranscriptView, index: int) -> None:
        """`index` is that of the message."""
        super().__init__()
        self._view = view
        self._index = index

    @override
    def actionNames(self) -> list[str]:
        if not self._is_there:
            return []
        return [self.setFocusAction(), self.showMenuAction(), *(entry.name for entry in self._entries())]

    @override
    def localizedActionName(self, name: str) -> str:
        entry = self._entry(name)
        return super().localizedActionName(name) if entry is None else entry.text

    @override
    def localizedActionDescription(self, name: str) -> str:
        return self.localizedActionName(name)

    @override
    def keyBindingsForAction(self, actionName: str) -> list[str]:
        entry = self._entry(actionName)
        if entry is None or entry.shortcut is None:
            return []
        return [QKeySequence(entry.shortcut).toString(QKeySequence.SequenceFormat.NativeText)]

    @override
    def doAction(self, actionName: str) -> None:
        """Do it once Qt has left this call: it may end the message, and this with it."""
        activate = self._activation(actionName)
        if activate is not None:
            QTimer.singleShot(0, self._view, activate)

    def _activation(self, name: str) -> Callable[[], None] | None:
        if not self._is_there:
            return None
        if name == self.setFocusAction():
            return self._focus
        if name == self.showMenuAction():
            return self._open_menu
        entry = self._entry(name)
        return None if entry is None else entry.activate

    def _focus(self) -> None:
        self._view.focus_message(self._view.content.messages[self._index].key)

    def _open_menu(self) -> None:
        self._focus()
        corner = self._view.message_rect(self._index).intersected(self._view.viewport().rect()).topLeft()
        self._view.menu.open(self._menu_place, self._view.viewport().mapToGlobal(corner))

    def _entry(self, name: str) -> MenuEntry | None:
        return next((entry for entry in self._entries() if entry.name == name), None)

    def _entries(self) -> list[MenuEntry]:
        if not self._is_there:
            return []
        groups = self._view.menu.groups(self._menu_place)
        return [entry for group in groups for entry in group if entry.activate is not None and entry.is_enabled]

    @property
    def _menu_place(self) -> MenuPlace:
        return MenuPlace(message=self._index, key=self._view.content.messages[self._index].key)

    @property
    def _is_there(self) -> bool:
        return Shiboken.isValid(self._view) and self._index < len(self._view.content.messages)
