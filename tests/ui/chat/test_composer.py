"""The field where the person writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.drafts import Draft
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.composer_input import MOST_LINES
from phidesk.ui.theme.theme import Theme


@pytest.fixture
def composer(qapp: QApplication, qtbot: QtBot) -> Iterator[Composer]:
    """A composer of usual width, shown."""
    theme = Theme(qapp, "light")
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(640, 480)
    composer = Composer(theme, page)
    composer.setFixedWidth(640)
    page.show()
    composer.focus_input()
    yield composer
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.fixture
def field(composer: Composer) -> QPlainTextEdit:
    """The field inside."""
    found = composer.findChild(QPlainTextEdit, "composerInput")
    assert found is not None
    return found


@pytest.fixture
def send_button(composer: Composer) -> QToolButton:
    """The one button."""
    found = composer.findChild(QToolButton, "sendButton")
    assert found is not None
    return found


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends_and_keeps_the_text(composer: Composer, field: QPlainTextEdit, qtbot: QtBot, key: Qt.Key) -> None:
    QTest.keyClicks(field, "Hello")

    with qtbot.waitSignal(composer.send_requested) as sent:
        QTest.keyClick(field, key)

    assert sent.args == [Draft("Hello")]
    assert composer.draft.text == "Hello"


def test_enter_of_the_number_pad_sends(composer: Composer, field: QPlainTextEdit, qtbot: QtBot) -> None:
    composer.set_draft(Draft("Hello"))

    with qtbot.waitSignal(composer.send_requested):
        QTest.keyClick(field, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)


def test_shift_enter_begins_a_new_line(composer: Composer, field: QPlainTextEdit) -> None:
    sent = QSignalSpy(composer.send_requested)
    QTest.keyClicks(field, "one")

    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(field, "two")

    assert composer.draft.text == "one\ntwo"
    assert sent.count() == 0


def test_enter_does_not_send_while_an_input_method_composes(composer: Composer, field: QPlainTextEdit) -> None:
    sent = QSignalSpy(composer.send_requested)
    composer.set_draft(Draft("你"))
    QApplication.sendEvent(field, QInputMethodEvent("hao", []))

    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent.count() == 0
    commit = QInputMethodEvent("", [])
    commit.setCommitString("好")
    QApplication.sendEvent(field, commit)
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert sent.count() == 1
    assert sent.at(0) == [Draft("你好")]


def test_escape_of_an_input_method_stops_nothing(composer: Composer, field: QPlainTextEdit) -> None:
    stopped = QSignalSpy(composer.stop_requested)
    composer.set_writing(True)
    QApplication.sendEvent(field, QInputMethodEvent("hao", []))

    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert stopped.count() == 0


@pytest.mark.parametrize("text", ["", "  ", " \n\t\n"])
def test_blank_text_is_not_sent(composer: Composer, field: QPlainTextEdit, send_button: QToolButton, text: str) -> None:
    sent = QSignalSpy(composer.send_requested)
    composer.set_draft(Draft(text))

    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.mouseClick(send_button, Qt.MouseButton.LeftButton)

    assert sent.count() == 0


def test_enter_wishes_also_while_an_answer_is_written_and_keeps_the_text(
    composer: Composer, field: QPlainTextEdit
) -> None:
    sent = QSignalSpy(composer.send_requested)
    composer.set_writing(True)
    composer.set_draft(Draft("next question"))

    QTest.keyClick(field, Qt.Key.Key_Return)

    assert sent.at(0) == [Draft("next question")]
    assert composer.draft.text == "next question"


def test_escape_stops_only_while_an_answer_is_written(composer: Composer, field: QPlainTextEdit) -> None:
    stopped = QSignalSpy(composer.stop_requested)

    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert stopped.count() == 0
    composer.set_writing(True)
    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert stopped.count() == 1


def test_the_button_sends_and_becomes_stop(composer: Composer, send_button: QToolButton, qtbot: QtBot) -> None:
    composer.set_draft(Draft("Hello"))
    assert send_button.accessibleName() == "Send"

    with qtbot.waitSignal(composer.send_requested):
        QTest.mouseClick(send_button, Qt.MouseButton.LeftButton)
    composer.set_writing(True)
    assert send_button.accessibleName() == "Stop"
    with qtbot.waitSignal(composer.stop_requested):
        QTest.mouseClick(send_button, Qt.MouseButton.LeftButton)


def test_only_the_person_changes_the_draft(composer: Composer, field: QPlainTextEdit) -> None:
    changed = QSignalSpy(composer.draft_changed)

    composer.set_draft(Draft("from the database"))
    composer.clear()
    assert changed.count() == 0
    QTest.keyClicks(field, "a")

    assert changed.count() == 1


def test_it_grows_to_eight_lines_and_then_scrolls(composer: Composer, field: QPlainTextEdit, qtbot: QtBot) -> None:
    def height_of(lines: int) -> int:
        composer.set_draft(Draft("\n".join(["line"] * lines)))
        return field.height()

    one, two, most, more = height_of(1), height_of(2), height_of(MOST_LINES), height_of(MOST_LINES + 5)

    assert one < two < most == more
    assert most - one == (MOST_LINES - 1) * (two - one)
    qtbot.waitUntil(lambda: field.verticalScrollBar().maximum() > 0)
    height_of(MOST_LINES)
    qtbot.waitUntil(lambda: field.verticalScrollBar().maximum() == 0)


def test_a_long_line_wraps_and_counts_as_several(composer: Composer, field: QPlainTextEdit) -> None:
    before = field.height()

    composer.set_draft(Draft("word " * 60))

    assert field.height() > before


def test_rich_text_is_pasted_as_plain_text(composer: Composer, field: QPlainTextEdit) -> None:
    rich = QMimeData()
    rich.setHtml("<b>bold</b> and <i>more</i>")
    QGuiApplication.clipboard().setMimeData(rich)

    field.paste()

    assert composer.draft.text == "bold and more"


def test_what_was_typed_can_be_undone(composer: Composer, field: QPlainTextEdit) -> None:
    QTest.keyClicks(field, "Hello")

    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))

    assert composer.draft.text == ""


def test_the_hint_is_left_out_where_it_would_be_cut(composer: Composer) -> None:
    hint = composer.findChild(QLabel, "composerHint")
    assert hint is not None
    assert "Enter" in hint.text()

    composer.setFixedWidth(200)
    QApplication.sendPostedEvents()

    assert hint.text() == ""


def test_undo_does_not_bring_back_what_belongs_to_another_conversation(
    composer: Composer, field: QPlainTextEdit
) -> None:
    QTest.keyClicks(field, "of the first one")
    composer.set_draft(Draft("of the second one"))

    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))

    assert composer.draft.text == "of the second one"


def test_what_is_put_in_front_leaves_the_cursor_and_can_be_undone(composer: Composer, field: QPlainTextEdit) -> None:
    QTest.keyClicks(field, "typed")

    composer.put_in_front(Draft("from the disk"))
    QTest.keyClicks(field, " on")

    assert composer.draft.text == "from the disk\ntyped on"
    for _ in range(3):
        QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))
    assert composer.draft.text == ""


def test_an_inserted_text_stands_on_lines_of_its_own(composer: Composer, field: QPlainTextEdit) -> None:
    QTest.keyClicks(field, "before after")
    for _ in range(5):
        QTest.keyClick(field, Qt.Key.Key_Left)

    composer.insert_text("middle")

    assert composer.draft.text == "before \nmiddle\nafter"
