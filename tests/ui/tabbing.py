"""Going through a window by Tab, as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def focused_widget() -> QWidget:
    """Return what has the keyboard."""
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def names_by_tab(steps: int) -> list[str]:
    """Press Tab so often; return the names of what had the keyboard after each step."""
    names = []
    for _ in range(steps):
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        names.append(focused_widget().objectName())
    return names
