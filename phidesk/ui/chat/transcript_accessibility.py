"""What assistive technology sees of a transcript: a list whose items are the messages, and in these their headings.

Qt asks the factory once per object, keeps what it gets and deletes it with the object; the bindings count it as
Python's all the same. So each interface is held here until Qt has deleted it.
`interface_cast` is never overridden: doing that from Python crashes inside the bindings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import Shiboken
from typing_extensions import override

from phidesk.richtext.blocks import Block, BlockKind
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.figures import number_text

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

_NOTHING = cast("QAccessibleInterface", None)
"""Qt takes null in these places; the stubs do not say so."""
LONGEST_NAME = 20_000
"""Characters of a message that are handed over at once."""

_interfaces: list[_TranscriptInterface] = []
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
    is_known = any(Shiboken.isValid(interface) and interface.object() is view for interface in _interfaces)
    if is_known and QAccessible.isActive():
        event = QAccessibleEvent(view, QAccessible.Event.ObjectCreated)
        event.setChild(first)
        QAccessible.updateAccessibility(event)


def _create_interface(_class_name: str, target: QObject | None) -> QAccessibleInterface | None:
    from phidesk.ui.chat.transcript_view import TranscriptView  # noqa: PLC0415 - the view imports this module

    if not isinstance(target, TranscriptView):
        return None
    _forget_deleted()
    _interfaces.append(_TranscriptInterface(target))
    return _interfaces[-1]


def _forget_deleted() -> None:
    """Let go of what Qt has deleted with its view; Python would delete it a second time if it let go sooner."""
    for interface in [held for held in _interfaces if not Shiboken.isValid(held)]:
        interface.delete_items()
        _interfaces.remove(interface)


class _TranscriptInterface(QAccessibleWidget):
    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view, QAccessible.Role.List, view.accessibleName())
        self._view = view
        self._items: dict[int, _MessageInterface] = {}

    def delete_items(self) -> None:
        """Let Qt delete the interfaces of messages, which it may know under numbers of their own."""
        for item in self._items.values():
            item.delete_headings()
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
            return _NOTHING
        if index == last:
            return QAccessible.queryAccessibleInterface(self._view.viewport())
        if index not in self._items:
            self._items[index] = _MessageInterface(self._view, index)
        return self._items[index]

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, _MessageInterface):
            return child.index
        return self.childCount() - 1 if child.object() is self._view.viewport() else -1

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        if not Shiboken.isValid(self._view):
            return _NOTHING
        viewport = self._view.viewport()
        point = viewport.mapFromGlobal(QPoint(x, y))
        if viewport.childAt(point) is not None or not self._view.content.messages:
            return QAccessible.queryAccessibleInterface(viewport)
        return self.child(self._view.content.message_at(point.y() + self._view.scroll_y))


class _PartInterface(QAccessibleInterface):
    """A part of what the view paints; no object stands behind it."""

    def __init__(self, view: TranscriptView, index: int) -> None:
        """`index` is that of the message."""
        super().__init__()
        self.index = index
        self._view = view

    @override
    def isValid(self) -> bool:
        return Shiboken.isValid(self._view) and self.index < len(self._view.content.messages)

    @override
    def object(self) -> QObject:
        return cast("QObject", None)

    @override
    def window(self) -> QWindow:
        return self._view.window().windowHandle() if self.isValid() else cast("QWindow", None)

    @override
    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._view) if self.isValid() else _NOTHING

    @override
    def child(self, index: int) -> QAccessibleInterface:
        return _NOTHING

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return _NOTHING

    @override
    def childCount(self) -> int:
        return 0

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    @override
    def focusChild(self) -> QAccessibleInterface:
        return _NOTHING

    @override
    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.readOnly = True
        if self.isValid() and not self._place().intersects(self._view.viewport().rect()):
            state.offscreen = True
        return state

    @override
    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        rect = self._place()
        return QRect(self._view.viewport().mapToGlobal(rect.topLeft()), rect.size())

    @override
    def setText(self, kind: QAccessible.Text, text: str) -> None:
        return

    @override
    def foregroundColor(self) -> QColor:
        return self._view.content.documents.style.text if self.isValid() else QColor()

    @override
    def backgroundColor(self) -> QColor:
        return QColor()

    def _place(self) -> QRect:
        """Return where it is in the viewport."""
        return self._view.message_rect(self.index)


class _MessageInterface(_PartInterface):
    def __init__(self, view: TranscriptView, index: int) -> None:
        super().__init__(view, index)
        self._headings: dict[int, _HeadingInterface] = {}

    def delete_headings(self) -> None:
        """Let Qt delete the interfaces of headings."""
        for heading in self._headings.values():
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(heading))
        self._headings.clear()

    def heading_rows(self) -> list[int]:
        """Return the rows of the headings, from top to bottom; none before the message is read, of which is told."""
        if not self.isValid():
            return []
        self._view.reader.read(self.index)
        boxes = self._view.content.seen_layout(self.index).boxes
        return [row for row, box in enumerate(boxes) if box.block.kind is BlockKind.HEADING]

    @override
    def child(self, index: int) -> QAccessibleInterface:
        if not 0 <= index < self.childCount():
            return _NOTHING
        if index not in self._headings:
            self._headings[index] = _HeadingInterface(self._view, self, index)
        return self._headings[index]

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        content, rows = self._view.content, self.heading_rows()
        point = self._view.viewport().mapFromGlobal(QPoint(x, y))
        row = content.seen_layout(self.index).find(point.y() + self._view.scroll_y - content.top(self.index))
        heading = self.child(rows.index(row)) if row in rows else _NOTHING
        return heading if row in rows and heading.rect().contains(x, y) else _NOTHING

    @override
    def childCount(self) -> int:
        return len(self.heading_rows())

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.number if isinstance(child, _HeadingInterface) else -1

    @override
    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    @override
    def text(self, kind: QAccessible.Text) -> str:
        if kind != QAccessible.Text.Name or not self.isValid():
            return ""
        message = self._view.content.messages[self.index]
        text = self._view.content.readable_text(self.index, LONGEST_NAME)
        is_person = message.speaker is Speaker.PERSON
        spoken = self._view.tr("You: %1") if is_person else self._view.tr("Answer: %1")
        return spoken.replace("%1", text) + (f"\n{message.note}" if message.note else "")


class _HeadingInterface(_PartInterface):
    def __init__(self, view: TranscriptView, message: _MessageInterface, number: int) -> None:
        """`number` counts the headings of the message."""
        super().__init__(view, message.index)
        self.number = number
        self._message = message

    @override
    def isValid(self) -> bool:
        return self.number < len(self._message.heading_rows())

    @override
    def parent(self) -> QAccessibleInterface:
        return self._message if self.isValid() else _NOTHING

    @override
    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Heading

    @override
    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if kind == QAccessible.Text.Description:
            # Its level is no attribute: Qt asks for these through `interface_cast`.
            return self._view.tr("Heading of level %1").replace("%1", number_text(self._block().level))
        return self._block().text if kind == QAccessible.Text.Name else ""

    @override
    def _place(self) -> QRect:
        content = self._view.content
        placed = content.place_block(self.index, self._row(), self._view.column_left)
        placed.move_by(-self._view.scroll_y)
        return placed.rect

    def _row(self) -> int:
        return self._message.heading_rows()[self.number]

    def _block(self) -> Block:
        return self._view.content.layout(self.index).boxes[self._row()].block
