"""The offer to undo: for a while, once, and not under somebody's hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.undo_bar import UndoBar
from phidesk.ui.theme.theme import Theme

SHORT_S = 0.05


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot) -> Iterator[UndoBar]:
    """A bar in an open window, whose offers are short."""
    window = QWidget()
    window.resize(400, 100)
    qtbot.addWidget(window)
    bar = UndoBar(theme, window, undo_s=SHORT_S)
    with qtbot.waitExposed(window):
        window.show()
    yield bar
    window.close()


def button(bar: UndoBar) -> QPushButton:
    found = bar.findChild(QPushButton, "undoButton")
    assert found is not None
    return found


def test_an_offer_ends_by_itself(bar: UndoBar, qtbot: QtBot) -> None:
    undone: list[str] = []

    bar.offer("Message deleted.", lambda: undone.append("it"))
    assert bar.isVisible()

    qtbot.waitUntil(lambda: not bar.isVisible())
    bar.undo()
    assert not bar.is_offering
    assert undone == []


def test_it_stays_while_the_keyboard_is_at_its_button(bar: UndoBar, qtbot: QtBot) -> None:
    undone: list[str] = []
    bar.offer("Message deleted.", lambda: undone.append("it"))
    button(bar).setFocus()
    timer = bar.findChild(QTimer)
    assert timer is not None

    with qtbot.waitSignal(timer.timeout):
        pass

    assert bar.isVisible()
    QTest.keyClick(button(bar), Qt.Key.Key_Space)
    assert undone == ["it"]
    assert not bar.isVisible()


def test_a_new_offer_takes_the_place_of_the_old_one(bar: UndoBar) -> None:
    undone: list[str] = []
    bar.offer("Message deleted.", lambda: undone.append("first"))

    bar.offer("Changes given up.", lambda: undone.append("second"))
    bar.undo()
    bar.undo()

    assert undone == ["second"]


def test_escape_ends_it(bar: UndoBar) -> None:
    bar.offer("Message deleted.", lambda: None)
    button(bar).setFocus()

    QTest.keyClick(button(bar), Qt.Key.Key_Escape)

    assert not bar.is_offering
