"""The context menu of the transcript: groups of entries, each from whoever can act on what is under the mouse.

Whoever owns an action adds a source to `TranscriptView.menu`; it is asked each time the menu opens, with the place that
it opens for, and answers with the entries that make sense there. Each source's entries are a group, in the order of
adding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from phidesk.richtext.blocks import Block, Span


@dataclass(frozen=True, slots=True)
class MenuPlace:
    """What a menu opens for: what is under the mouse, or by keyboard the message that actions mean."""

    point: QPoint | None = None
    """In the viewport; None if the menu was asked for by keyboard."""
    message: int | None = None
    """Index in the transcript; None where there are no messages."""
    key: str = ""
    """Of the message."""
    block: int | None = None
    """Index in the message; None beside all blocks."""
    blocks: tuple[Block, ...] = ()
    """That block with all pieces that belong to it, as a long listing has several."""
    span: Span | None = None
    """What the characters under the mouse look like and where they lead."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu."""

    name: str
    """The object name of its action."""
    text: str
    """Already translated."""
    activate: Callable[[], None] | None = None
    """Runs when it is chosen; None for a line that only opens `entries`."""
    shortcut: QKeySequence | QKeySequence.StandardKey | None = None
    """Shown beside the text; the key itself works elsewhere."""
    is_enabled: bool = True
    is_checked: bool | None = None
    """None for an entry that is not switched on and off."""
    entries: Sequence[MenuEntry] = ()
    """A menu of their own beside this one."""


MenuSource = Callable[[MenuPlace], Sequence[MenuEntry]]
"""Answers with the entries for a place, none if there is nothing to do there."""


class TranscriptMenu(QObject):
    """Asks all sources and shows what they answer."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._sources: list[MenuSource] = []
        self._shown: list[MenuEntry] = []

    def add_source(self, source: MenuSource) -> None:
        """Let this source add a group below those before it."""
        self._sources.append(source)

    def groups(self, place: MenuPlace) -> list[Sequence[MenuEntry]]:
        """Return what can be done at a place: the entries of each source that has some."""
        return [entries for source in self._sources if (entries := source(place))]

    def open(self, place: MenuPlace, global_point: QPoint) -> None:
        """Show the menu for a place, if there is anything to do."""
        self._shown = []
        menu = QMenu(self._view)
        menu.setObjectName("transcript_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entries in self.groups(place):
            if not menu.isEmpty():
                menu.addSeparator()
            self._fill(menu, entries)
        menu.triggered.connect(self._on_triggered)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(global_point)

    def _fill(self, menu: QMenu, entries: Sequence[MenuEntry]) -> None:
        for entry in entries:
            if entry.entries:
                submenu = menu.addMenu(entry.text)
                self._fill(submenu, entry.entries)
                action = submenu.menuAction()
            else:
                action = menu.addAction(entry.text)
                action.setData(len(self._shown))
                self._shown.append(entry)
            action.setObjectName(entry.name)
            action.setEnabled(entry.is_enabled)
            if entry.shortcut is not None:
                action.setShortcut(QKeySequence(entry.shortcut))
            if entry.is_checked is not None:
                action.setCheckable(True)
                action.setChecked(entry.is_checked)

    def _on_triggered(self, action: QAction) -> None:
        number = action.data()
        activate = self._shown[number].activate if isinstance(number, int) else None
        if activate is not None:
            activate()
