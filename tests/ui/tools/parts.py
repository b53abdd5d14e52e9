"""What tests of the page Tools share: finding its parts, and typing into them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

Kind = TypeVar("Kind", bound=QWidget)


def child(parent: QWidget, kind: type[Kind], name: str, number: int = 0) -> Kind:
    """Return the part with this name that is not hidden; `number` counts where there are several."""
    return [found for found in parent.findChildren(kind, name) if not found.isHidden()][number]


def type_over(line: QLineEdit, text: str) -> None:
    """Type this instead of what stands there."""
    line.selectAll()
    QTest.keyClicks(line, text)


def choose(button: QToolButton, words: str) -> None:
    """Choose an entry of a menu."""
    next(action for action in button.menu().actions() if action.text() == words).trigger()
