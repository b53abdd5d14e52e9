"""Where the keyboard goes when the control that it is at disappears.

Qt takes whatever comes next in the order of Tab, which may belong to something else, and scrolls there.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def is_keyboard_at(part: QWidget) -> bool:
    """Whether the keyboard is at this widget or inside it, or will be again once a dialog is closed."""
    return part.window().focusWidget() in (part, *part.findChildren(QWidget))


def move_keyboard_to(*heirs: QWidget) -> None:
    """Let the keyboard be at the first of these that can be used. Called before the other one is hidden."""
    for heir in heirs:
        if heir.isVisibleTo(heir.window()) and heir.isEnabled():
            heir.setFocus(Qt.FocusReason.OtherFocusReason)
            return
