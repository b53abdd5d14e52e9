"""What assistive technology sees of a transcript: a list whose items are the messages.

Qt asks the factory once per object, keeps what it gets and deletes it with the object; the bindings count it as
Python's all the same. So each interface is held here until Qt has deleted it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QAccessibleTextCursorEvent
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import Shiboken
from typing_extensions import override

from phidesk.ui.chat.accessible_message import NOTHING, AccessibleMessage
from phidesk.ui.chat.block_controls import Control
from phidesk.ui.chat.transcript_selection import Place

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

_interfaces: list[_AccessibleTranscript] = []
_installed: list[object] = []


def install_transcript_accessibility() -> None:
    """Make transcripts known to Qt; further calls do nothing."""
    if not _installed:
        _installed.append(_create_interface)
        QAccessible.installFactory(_create_interface)


def tell_changed_messages(view: TranscriptView, first: int) -> None:
    """Let assistive technology know that the messages from `first` on are others now.

    One event, however many they are: it names what stands at this place now, be it what follows the messages, since Qt
    tells the bus of Linux nothing of parts that go. Nothing is told where nobody has asked for the list.
    """
    if _is_known(view):
        event = QAccessibleEvent(view, QAccessible.Event.ObjectCreated)
        event.setChild(first)
        QAccessible.updateAccessibility(event)


def tell_other_words(view: TranscriptView, message: int) -> None:
    """Let assistive technology know that a message says something else now: it remembers what it was told."""
    if _is_known(view):
        event = QAccessibleEvent(view, QAccessible.Event.NameChanged)
        event.setChild(message)
        QAccessible.updateAccessibility(event)


def tell_focused_message(view: TranscriptView, message: int) -> None:
    """Let a screen reader read a message, since keys mean it now."""
    if QAccessible.isActive():
        event = QAccessibleEvent(view, QAccessible.Event.Focus)
        event.setChild(message)
        QAccessible.updateAccessibility(event)


def tell_focused_control(view: TranscriptView, control: Control) -> None:
    """Let a screen reader read what keys mean now inside a message."""
    if QAccessible.isActive():
        part = _message(view, control.message).part_of(control)
        if part is None:
            view.announce(view.controls.name_of(control))
        else:
            QAccessible.updateAccessibility(QAccessibleEvent(part, QAccessible.Event.Focus))


def tell_focused_heading(view: TranscriptView, message: int, row: int) -> None:
    """Let a screen reader read the heading in a row, before which the caret stands."""
    part = _message(view, message).part_of(row) if QAccessible.isActive() else None
    if part is not None:
        QAccessible.updateAccessibility(QAccessibleEvent(part, QAccessible.Event.Focus))


def tell_caret(view: TranscriptView, place: Place) -> None:
    """Let a screen reader read where the caret stands now."""
    if QAccessible.isActive():
        message = _message(view, place.message)
        QAccessible.updateAccessibility(QAccessibleTextCursorEvent(message, message.offset_of(place)))


def _is_known(view: TranscriptView) -> bool:
    """Whether anybody listens who has asked for the list of messages."""
    known = any(Shiboken.isValid(interface) and interface.object() is view for interface in _interfaces)
    return known and QAccessible.isActive()


def _message(view: TranscriptView, index: int) -> AccessibleMessage:
    return cast("AccessibleMessage", QAccessible.queryAccessibleInterface(view).child(index))


def _create_interface(_class_name: str, target: QObject | None) -> QAccessibleInterface | None:
    from phidesk.ui.chat.transcript_view import TranscriptView  # noqa: PLC0415 - the view imports this module

    if not isinstance(target, TranscriptView):
        return None
    _forget_deleted()
    _interfaces.append(_AccessibleTranscript(target))
    return _interfaces[-1]


def _forget_deleted() -> None:
    """Let go of what Qt has deleted with its view; Python would delete it a second time if it let go sooner."""
    for interface in [held for held in _interfaces if not Shiboken.isValid(held)]:
        interface.delete_items()
        _interfaces.remove(interface)


class _AccessibleTranscript(QAccessibleWidget):
    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view, QAccessible.Role.List, view.accessibleName())
        self._view = view
        self._items: dict[int, AccessibleMessage] = {}

    def delete_items(self) -> None:
        """Let Qt delete the interfaces of messages, which it may know under numbers of their own."""
        for item in self._items.values():
            item.delete_parts()
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(item))
        self._items.clear()

    @override
    def childCount(self) -> int:
        """Return the count of messages, and one for what stands on them: the actions of a message, its editor."""
        return len(self._view.content.messages) + 1 if Shiboken.isValid(self._view) else 0

    @override
    def child(self, index: int) -> QAccessibleInterface:
        last = self.childCount() - 1
        if not 0 <= index <= last:
            return NOTHING
        if index == last:
            return QAccessible.queryAccessibleInterface(self._view.viewport())
        if index not in self._items:
            self._items[index] = AccessibleMessage(self._view, index)
        return self._items[index]

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, AccessibleMessage):
            return child.index
        return self.childCount() - 1 if child.object() is self._view.viewport() else -1

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        if not Shiboken.isValid(self._view):
            return NOTHING
        viewport = self._view.viewport()
        point = viewport.mapFromGlobal(QPoint(x, y))
        if viewport.childAt(point) is not None or not self._view.content.messages:
            return QAccessible.queryAccessibleInterface(viewport)
        return self.child(self._view.content.message_at(point.y() + self._view.scroll_y))
