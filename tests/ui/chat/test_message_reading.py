"""A message is read in a native text view, in place of the conversation, by keyboard and by menu."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QAccessible, QContextMenuEvent, QTextTable
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu, QStackedLayout, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from phidesk.richtext.isolation import END_ISOLATE, ISOLATE
from phidesk.ui.chat.message_reading import MessageReading
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.icon_button import IconButton
from tests.ui.chat.transcript_samples import ANSWER, model, person

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.

LEFT_TO_RIGHT, RIGHT_TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


class Desk:
    """A transcript, and the view above it."""

    def __init__(self, theme: Theme) -> None:
        self.window = QWidget()
        self.window.resize(640, 480)
        layers = QStackedLayout(self.window)
        self.transcript = TranscriptView()
        layers.addWidget(self.transcript)
        self.reading = MessageReading(self.transcript, layers=layers, theme=theme, parent=self.window)

    @property
    def text(self) -> QTextBrowser:
        found = self.window.findChild(QTextBrowser, "messageText")
        assert found is not None
        return found

    def child_text(self, name: str) -> str:
        found = self.window.findChild(QWidget, name)
        assert found is not None
        return str(found.property("text"))


@pytest.fixture
def desk(theme: Theme, qtbot: QtBot) -> Desk:
    desk = Desk(theme)
    qtbot.addWidget(desk.window)
    with qtbot.waitExposed(desk.window):
        desk.window.show()
    return desk


def test_the_last_message_is_read_when_none_has_the_focus(desk: Desk) -> None:
    desk.transcript.show_messages([person("p", "Hi"), model("m", "Hello **you**", "Stopped")])

    desk.reading.open()

    assert desk.text.isVisible()
    assert desk.text.hasFocus()
    assert desk.text.toPlainText() == "Hello you"
    assert desk.text.accessibleName() == desk.child_text("messageName") == "Answer"
    assert desk.child_text("messageNote") == "Stopped"
    assert desk.text.isReadOnly()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F4])
def test_a_key_goes_back_to_the_message_that_was_read(desk: Desk, key: Qt.Key) -> None:
    desk.transcript.show_messages([person("p", "Hi"), model("m", "Hello")])
    desk.transcript.focus_message("p")
    desk.reading.open()
    assert desk.text.toPlainText() == "Hi"

    QTest.keyClick(desk.text, key)

    assert not desk.text.isVisible()
    assert desk.transcript.hasFocus()
    assert desk.transcript.keyboard_message == 0


def test_the_button_goes_back_too(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", "Hello")])
    desk.reading.open()
    button = desk.window.findChild(IconButton, "closeMessage")
    assert button is not None

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert desk.transcript.isVisible()


def test_the_menu_reads_the_message_under_the_mouse(desk: Desk) -> None:
    desk.transcript.show_messages([person("p", "Hi"), model("m", "Hello")])
    point = desk.transcript.message_rect(0).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(desk.transcript.viewport(), QContextMenuEvent(reason, point, QPoint(point)))
    menu = desk.transcript.findChild(QMenu, "transcript_menu")
    assert menu is not None

    next(action for action in menu.actions() if action.objectName() == "read_message").trigger()
    menu.close()

    assert desk.text.toPlainText() == "Hi"


def test_nothing_is_read_where_there_is_nothing(desk: Desk) -> None:
    desk.transcript.show_messages([])

    desk.reading.open()

    assert desk.transcript.isVisible()


def test_headings_and_tables_are_those_of_the_message(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", ANSWER)])

    desk.reading.open()

    document = desk.text.document()
    assert document.begin().blockFormat().headingLevel() == 1
    interface = QAccessible.queryAccessibleInterface(desk.text)
    told = interface.textInterface()
    assert told is not None
    assert told.text(0, 5) == "Title"
    assert "return x" in desk.text.toPlainText()


def test_formulas_are_read_by_their_source_and_markup_as_text(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", "So $x^2$ and <b>this</b> ![cat](https://example.org/cat.png)")])

    desk.reading.open()

    assert "$x^2$" in desk.text.toPlainText()
    assert "<b>this</b>" in desk.text.toPlainText()
    assert "<img" not in desk.text.toHtml()


def test_a_link_is_asked_about_and_not_followed(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", "See [this](https://example.org/a)")])
    asked = QSignalSpy(desk.transcript.link_activated)
    desk.reading.open()

    desk.text.anchorClicked.emit(QUrl("https://example.org/a"))

    assert [asked.at(0)[0]] == ["https://example.org/a"]
    assert desk.text.toPlainText() == "See this"


def test_another_theme_keeps_the_text(desk: Desk, theme: Theme) -> None:
    desk.transcript.show_messages([model("m", "Hello")])
    desk.reading.open()

    theme.set_text_size_px(24)

    assert desk.text.toPlainText() == "Hello"
    assert desk.text.font().pixelSize() == theme.text_font().pixelSize()


def test_code_and_formulas_stay_as_they_are_in_text_from_the_right(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", "النص `x;` و $y^2$")])

    desk.reading.open()

    assert desk.text.toPlainText() == f"النص {ISOLATE}x;{END_ISOLATE} و {ISOLATE}$y^2${END_ISOLATE}"


def table_in(text: QTextBrowser) -> QTextTable:
    frames = text.document().rootFrame().childFrames()
    (table,) = [frame for frame in frames if isinstance(frame, QTextTable)]
    return table


@pytest.mark.parametrize(
    ("head", "cells", "seen", "direction"),
    [
        ("| عمود | رقم | ثمن |", "| نص | 12 | `x;` |", [f"{ISOLATE}x;{END_ISOLATE}", "12", "نص"], RIGHT_TO_LEFT),
        ("| שם | גיל | תו |", "| PDF קובץ |", ["", "", "PDF קובץ"], RIGHT_TO_LEFT),
        ("| Name | Age | Sign |", "| Text | 12 | `x;` |", ["Text", "12", "x;"], LEFT_TO_RIGHT),
    ],
)
def test_a_table_written_from_the_right_has_its_first_column_there(
    desk: Desk, head: str, cells: str, seen: list[str], direction: Qt.LayoutDirection
) -> None:
    desk.transcript.show_messages([model("m", f"{head}\n|---|:-:|--:|\n{cells}")])

    desk.reading.open()

    table = table_in(desk.text)
    inside = [table.cellAt(1, column).firstCursorPosition().block() for column in range(3)]
    assert [block.text() for block in inside] == seen
    edges = [Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight]
    horizontal = Qt.AlignmentFlag.AlignHorizontal_Mask & ~Qt.AlignmentFlag.AlignAbsolute
    for block, edge in zip(inside, edges, strict=True):
        if block.text():
            assert (block.blockFormat().alignment() & horizontal, block.textDirection()) == (edge, direction)


def test_what_follows_a_table_written_from_the_right_may_be_written_from_the_left(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", "| عمود |\n|---|\n| نص |\n\nEnd.\n\nنص")])

    desk.reading.open()

    last = desk.text.document().lastBlock()
    assert [last.previous().textDirection(), last.textDirection()] == [LEFT_TO_RIGHT, RIGHT_TO_LEFT]


def test_who_listens_to_a_table_written_from_the_right_hears_its_first_column_first(desk: Desk) -> None:
    desk.transcript.show_messages([model("m", "| عمود | رقم |\n|---|--:|\n| نص | 12 |")])
    QAccessible.setActive(True)
    try:
        desk.reading.open()
    finally:
        QAccessible.setActive(False)

    assert [table_in(desk.text).cellAt(1, at).firstCursorPosition().block().text() for at in (0, 1)] == ["نص", "12"]


@pytest.mark.parametrize(
    ("markdown", "is_at_the_right"),
    [
        ("نص", True),
        ("| عمود |\n|---|\n| نص |", True),
        ("كلمات\n\n| عمود |\n|---|\n| 12 |", True),
        ("Text", False),
        ("كلمات\n\n| Column |\n|---|\n| نص |", False),
    ],
)
def test_what_is_written_from_the_right_stands_there(
    desk: Desk, markdown: str, is_at_the_right: bool, qtbot: QtBot
) -> None:
    desk.transcript.show_messages([model("m", markdown)])

    desk.reading.open()

    document = desk.text.document()
    qtbot.waitUntil(lambda: markdown.count("|") == 0 or len(document.rootFrame().childFrames()) == 1)
    tables = [frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    if tables:
        middle = document.documentLayout().frameBoundingRect(tables[0]).center().x()
    else:
        middle = document.begin().layout().lineAt(0).naturalTextRect().center().x()
    assert (middle > document.textWidth() / 2) is is_at_the_right


def test_a_message_that_is_gone_meanwhile_leaves_the_keyboard_in_the_conversation(desk: Desk) -> None:
    desk.transcript.show_messages([person("p", "Hi"), model("m", "Hello")])
    desk.transcript.focus_message("m")
    desk.reading.open()
    desk.transcript.show_messages([person("p", "Hi")])

    QTest.keyClick(desk.text, Qt.Key.Key_Escape)

    assert desk.transcript.hasFocus()
    assert desk.transcript.focused_message == 0
