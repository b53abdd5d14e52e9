"""Snippets behind "/" in the composer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QListView, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.prompts import Prompt, date_words
from phidesk.ui.chat.composer import Composer
from phidesk.ui.theme.theme import Theme

SNIPPETS = [
    Prompt("1", "Prefer tables", "Use tables.", is_snippet=True),
    Prompt("2", "Reply", "Dear {person}, 😀 {person}.\n{name}, {date}", is_snippet=True),
    Prompt("3", "Shorter", "Say it in half the words.", is_snippet=True),
]


@pytest.fixture
def composer(theme: Theme, qtbot: QtBot) -> Iterator[Composer]:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(640, 480)
    composer = Composer(theme, page)
    composer.setFixedWidth(640)
    composer.set_snippets(SNIPPETS, {"name": "Ada"})
    page.show()
    page.activateWindow()
    composer.focus_input()
    qtbot.waitUntil(lambda: field_of(composer).hasFocus())
    yield composer
    page.close()


@pytest.fixture
def field(composer: Composer) -> QPlainTextEdit:
    return field_of(composer)


@pytest.fixture
def menu(composer: Composer) -> QListView:
    found = composer.findChild(QListView, "snippetMenu")
    assert found is not None
    return found


def field_of(composer: Composer) -> QPlainTextEdit:
    found = composer.findChild(QPlainTextEdit, "composerInput")
    assert found is not None
    return found


def rows(menu: QListView) -> list[object]:
    """What screen readers hear of the rows; nothing while the menu is hidden."""
    if menu.isHidden():
        return []
    model, role = menu.model(), Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def chosen(menu: QListView) -> object:
    return menu.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_slash_at_the_beginning_of_a_line_offers_them(field: QPlainTextEdit, menu: QListView) -> None:
    QTest.keyClicks(field, "Hello")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)

    QTest.keyClicks(field, "/")

    assert rows(menu) == ["Prefer tables", "Reply", "Shorter"]
    assert chosen(menu) == "Prefer tables"
    assert field.hasFocus()


@pytest.mark.parametrize("text", ["and/or", "a /", "/home/", "/zzz", "//", "Hello"])
def test_other_slashes_offer_nothing(field: QPlainTextEdit, menu: QListView, text: str) -> None:
    QTest.keyClicks(field, text)

    assert rows(menu) == []


def test_letters_find_names_and_those_that_begin_so_first(field: QPlainTextEdit, menu: QListView) -> None:
    QTest.keyClicks(field, "/RE")

    assert rows(menu) == ["Reply", "Prefer tables"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_key_inserts_and_sends_nothing(
    composer: Composer, field: QPlainTextEdit, menu: QListView, key: Qt.Key
) -> None:
    sent, changed = QSignalSpy(composer.send_requested), QSignalSpy(composer.draft_changed)
    QTest.keyClicks(field, "/sho")

    QTest.keyClick(field, key)

    assert field.toPlainText() == "Say it in half the words."
    assert rows(menu) == []
    assert sent.count() == 0
    assert changed.count() > 0
    field.undo()
    assert field.toPlainText() == "/sho"


def test_up_and_down_choose(field: QPlainTextEdit, menu: QListView) -> None:
    QTest.keyClicks(field, "/")

    QTest.keyClick(field, Qt.Key.Key_Up)
    assert chosen(menu) == "Shorter"
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Down)

    assert chosen(menu) == "Reply"


def test_known_variables_are_filled_in_and_the_first_other_is_selected(field: QPlainTextEdit) -> None:
    QTest.keyClicks(field, "/reply")

    QTest.keyClick(field, Qt.Key.Key_Return)

    today = date_words(datetime.now().astimezone().date())
    assert field.toPlainText() == f"Dear {{person}}, 😀 {{person}}.\nAda, {today}"
    assert field.textCursor().selectedText() == "{person}"
    QTest.keyClicks(field, "Bob")
    assert field.toPlainText().startswith("Dear Bob, 😀 {person}.")


def test_what_stands_behind_the_cursor_stays(field: QPlainTextEdit) -> None:
    field.setPlainText(" and more")

    QTest.keyClicks(field, "/short")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert field.toPlainText() == "Say it in half the words. and more"


def test_escape_hides_them_until_the_next_slash(composer: Composer, field: QPlainTextEdit, menu: QListView) -> None:
    composer.set_writing(True)
    stops, sent = QSignalSpy(composer.stop_requested), QSignalSpy(composer.send_requested)
    QTest.keyClicks(field, "/sh")

    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.keyClicks(field, "o")

    assert rows(menu) == []
    assert stops.count() == 0
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent.count() == 1
    field.clear()
    QTest.keyClicks(field, "/")
    assert rows(menu) != []


def test_a_click_inserts(field: QPlainTextEdit, menu: QListView, qtbot: QtBot) -> None:
    QTest.keyClicks(field, "/")
    place = menu.visualRect(menu.model().index(2, 0)).center()
    qtbot.waitUntil(lambda: menu.height() > place.y())

    QTest.mouseClick(menu.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert field.toPlainText() == "Say it in half the words."
    assert field.hasFocus()


def test_an_input_method_keeps_its_keys(field: QPlainTextEdit, menu: QListView) -> None:
    QTest.keyClicks(field, "/")
    QApplication.sendEvent(field, QInputMethodEvent("ni", []))

    QTest.keyClick(field, Qt.Key.Key_Down)

    assert chosen(menu) == "Prefer tables"


def test_without_snippets_a_slash_is_a_slash(composer: Composer, field: QPlainTextEdit, menu: QListView) -> None:
    composer.set_snippets([], {})
    sent = QSignalSpy(composer.send_requested)

    QTest.keyClicks(field, "/")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert rows(menu) == []
    assert sent.count() == 1


def test_a_pasted_path_offers_nothing(field: QPlainTextEdit, menu: QListView) -> None:
    data = QMimeData()
    data.setText("/home/ada/notes.txt")

    field.insertFromMimeData(data)

    assert rows(menu) == []
