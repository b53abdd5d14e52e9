"""A message for assistive technology: an item of a list with its text and actions, and in it what can be jumped to.

No object stands behind these interfaces: the transcript paints what they stand for, and they look it up each time they
are asked. By `interface_cast` Qt gets further interfaces of the same thing. Where there is none, that must say so with
a null pointer of the bindings: None crashes them.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleAttributesInterface,
    QAccessibleInterface,
    QAccessibleTextInterface,
    QColor,
    QWindow,
)
from shiboken6 import Shiboken
from typing_extensions import override

from phidesk.richtext.blocks import BlockKind
from phidesk.ui.chat.accessible_actions import AccessibleActions
from phidesk.ui.chat.accessible_text import AccessibleText
from phidesk.ui.chat.block_controls import Control, ControlKind
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_layout import BlockBox
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_selection import Place

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

NOTHING = cast("QAccessibleInterface", None)
"""Qt takes null in these places; the stubs do not say so."""
_Further = Mapping[
    QAccessible.InterfaceType, QAccessibleTextInterface | QAccessibleActionInterface | QAccessibleAttributesInterface
]
LONGEST_NAME = 20_000
"""Characters of a message that are handed over at once."""


class _PaintedInterface(QAccessibleInterface):
    """Something that the view paints."""

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
        return QAccessible.queryAccessibleInterface(self._view) if self.isValid() else NOTHING

    @override
    def child(self, index: int) -> QAccessibleInterface:
        return NOTHING

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return NOTHING

    @override
    def childCount(self) -> int:
        return 0

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    @override
    def focusChild(self) -> QAccessibleInterface:
        return NOTHING

    @override
    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if self.isValid():
            state.readOnly = True
            state.offscreen = not self._place().intersects(self._view.viewport().rect())
            state.focused = self._view.hasFocus() and self._has_keyboard()
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

    @override
    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        found = self._further.get(kind) if self.isValid() else None
        # The bindings turn an interface into the pointer that Qt wants; the stubs know only of the pointer.
        return cast("int", Shiboken.VoidPtr(0) if found is None else found)

    @property
    def _further(self) -> _Further:
        """The interfaces besides this one; each has to be held as long as this one."""
        return {}

    def _place(self) -> QRect:
        """Return where it is in the viewport."""
        return self._view.message_rect(self.index)

    def _has_keyboard(self) -> bool:
        """Whether keys mean it while they go to the view."""
        return False


class AccessibleMessage(_PaintedInterface):
    """A message; its children are its headings, and what can be used in it."""

    def __init__(self, view: TranscriptView, index: int) -> None:
        """`index` is that of the message."""
        super().__init__(view, index)
        self._text = AccessibleText(view, index)
        self._actions = AccessibleActions(view, index)
        self._children: dict[int, _PartInterface] = {}
        self._boxes: list[BlockBox] = []
        self._found: list[int | Control] = []

    def delete_parts(self) -> None:
        """Let Qt delete the interfaces of what is in the message."""
        for part in self._children.values():
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))
        self._children.clear()

    def offset_of(self, place: Place) -> int:
        """Return where a place in the message is in its text."""
        return self._text.offset_of(place)

    def part_of(self, what: int | Control) -> QAccessibleInterface | None:
        """Return the interface of the heading in a row, or of something that can be used."""
        parts = self.parts()
        return self.child(parts.index(what)) if what in parts else None

    def parts(self) -> list[int | Control]:
        """Return from top to bottom what can be jumped to: the rows of headings, and what can be used.

        A long message that nobody looked at is read first; it is told when that is done.
        """
        if not self.isValid():
            return []
        self._view.reader.read(self.index)
        boxes = self._view.content.seen_layout(self.index).boxes
        if len(boxes) != len(self._boxes) or not all(map(operator.is_, boxes, self._boxes)):
            self._boxes = list(boxes)
            self._found = []
            for row, box in enumerate(boxes):
                if box.block.kind is BlockKind.HEADING:
                    self._found.append(row)
                self._found += self._view.controls.known_in(self.index, row)
        return self._found

    @override
    def child(self, index: int) -> QAccessibleInterface:
        if not 0 <= index < self.childCount():
            return NOTHING
        if index not in self._children:
            self._children[index] = _PartInterface(self._view, self, index)
        return self._children[index]

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        if not self.isValid():
            return NOTHING
        content = self._view.content
        y_inside = self._view.viewport().mapFromGlobal(QPoint(x, y)).y() + self._view.scroll_y
        row = content.seen_layout(self.index).find(y_inside - content.top(self.index))
        here = [number for number, part in enumerate(self.parts()) if _row_of(part) == row]
        found = (self.child(number) for number in reversed(here))
        return next((part for part in found if part.rect().contains(x, y)), NOTHING)

    @override
    def childCount(self) -> int:
        return len(self.parts())

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.number if isinstance(child, _PartInterface) else -1

    @override
    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    @override
    def state(self) -> QAccessible.State:
        state = super().state()
        state.focusable = state.multiLine = state.selectableText = self.isValid()
        return state

    @override
    def text(self, kind: QAccessible.Text) -> str:
        if kind != QAccessible.Text.Name or not self.isValid():
            return ""
        message = self._view.content.messages[self.index]
        text = self._view.content.readable_text(self.index, LONGEST_NAME)
        is_person = message.speaker is Speaker.PERSON
        spoken = self._view.tr("You: %1") if is_person else self._view.tr("Answer: %1")
        return spoken.replace("%1", text) + (f"\n{message.note}" if message.note else "")

    @property
    @override
    def _further(self) -> _Further:
        return {
            QAccessible.InterfaceType.TextInterface: self._text,
            QAccessible.InterfaceType.ActionInterface: self._actions,
        }

    @override
    def _has_keyboard(self) -> bool:
        caret = self._view.interaction.caret_place
        has_focus = self._view.focused_message == self.index and self._view.controls.look.focused is None
        return has_focus or (caret is not None and caret.message == self.index)


def _row_of(part: int | Control) -> int:
    return part.row if isinstance(part, Control) else part


class _PartInterface(_PaintedInterface):
    """What stands at a number among the parts of a message now: a heading, a link, or something to press."""

    def __init__(self, view: TranscriptView, message: AccessibleMessage, number: int) -> None:
        super().__init__(view, message.index)
        self.number = number
        self._message = message
        self._actions = _PartActions(self)
        self._level = _HeadingLevel(self)

    def press(self) -> None:
        """Do what it is for, once Qt has left the call that asks for it."""
        if isinstance(control := self.what, Control):
            QTimer.singleShot(0, self._view, partial(self._view.controls.activate, control))

    def focus(self) -> None:
        """Give it the keyboard."""
        if isinstance(control := self.what, Control):
            self._view.controls.focus(control)

    @property
    def what(self) -> int | Control | None:
        """The row of a heading, or what can be used; None if nothing is there any more."""
        parts = self._message.parts()
        return parts[self.number] if self.number < len(parts) else None

    @property
    def level(self) -> int:
        """Of a heading, from 1 on."""
        row = self.what
        return self._view.content.layout(self.index).boxes[row].block.level if isinstance(row, int) else 0

    @override
    def isValid(self) -> bool:
        return self.what is not None

    @override
    def parent(self) -> QAccessibleInterface:
        return self._message if self.isValid() else NOTHING

    @override
    def role(self) -> QAccessible.Role:
        what = self.what
        if not isinstance(what, Control):
            return QAccessible.Role.Heading
        return QAccessible.Role.Link if what.kind is ControlKind.LINK else QAccessible.Role.Button

    @override
    def state(self) -> QAccessible.State:
        state = super().state()
        state.focusable = isinstance(self.what, Control)
        return state

    @override
    def text(self, kind: QAccessible.Text) -> str:
        what = self.what
        if kind != QAccessible.Text.Name or what is None:
            return ""
        if isinstance(what, Control):
            return self._view.controls.name_of(what)
        return self._view.content.layout(self.index).boxes[what].block.text

    @property
    @override
    def _further(self) -> _Further:
        if isinstance(self.what, int):
            return {QAccessible.InterfaceType.AttributesInterface: self._level}
        return {QAccessible.InterfaceType.ActionInterface: self._actions}

    @override
    def _place(self) -> QRect:
        what = self.what
        if isinstance(what, Control):
            return self._view.controls.rect_of(what)
        content = self._view.content
        placed = place_block(content, self.index, what or 0, self._view.column_left)
        placed.move_by(-self._view.scroll_y)
        return placed.rect

    @override
    def _has_keyboard(self) -> bool:
        what = self.what
        if isinstance(what, Control):
            return self._view.controls.look.focused == what
        return what is not None and self._view.interaction.caret_place == Place(self.index, what, 0)


class _PartActions(QAccessibleActionInterface):
    """To press a control, and to give it the keyboard."""

    def __init__(self, part: _PartInterface) -> None:
        super().__init__()
        self._part = part

    @override
    def actionNames(self) -> list[str]:
        return [self.pressAction(), self.setFocusAction()]

    @override
    def doAction(self, actionName: str) -> None:
        if actionName == self.pressAction():
            self._part.press()
        elif actionName == self.setFocusAction():
            self._part.focus()

    @override
    def keyBindingsForAction(self, actionName: str) -> list[str]:
        return []


class _HeadingLevel(QAccessibleAttributesInterface):
    """How important a heading is."""

    def __init__(self, part: _PartInterface) -> None:
        super().__init__()
        self._part = part

    @override
    def attributeKeys(self) -> list[QAccessible.Attribute]:
        return [QAccessible.Attribute.Level]

    @override
    def attributeValue(self, key: QAccessible.Attribute) -> int | None:
        return self._part.level if key == QAccessible.Attribute.Level else None
