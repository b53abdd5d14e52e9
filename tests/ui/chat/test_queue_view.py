"""The lines of what waits to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.drafts import Draft, QueuedMessage
from phidesk.core.parts import FilePart
from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_front import ConversationFront
from phidesk.ui.chat.queue_view import MOST_LINES, QueueView
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.theme.theme import Theme
from tests.ui.tabbing import names_by_tab

FILE = FilePart("notes.md", "text/markdown", "x")
FIRST = QueuedMessage(1, Draft("first\nof two lines"))
SECOND = QueuedMessage(2, Draft("second", (FILE, FILE)))


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> Iterator[QueueView]:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(640, 480)
    view = QueueView(theme, page)
    view.setFixedWidth(640)
    with qtbot.waitExposed(page):
        page.show()
    yield view
    page.close()


def buttons(view: QueueView, name: str) -> list[QToolButton]:
    return [button for button in view.findChildren(QToolButton, name) if button.isVisible()]


def lines(view: QueueView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel, "queuedText") if label.isVisible()]


def test_it_is_hidden_while_nothing_waits(view: QueueView) -> None:
    assert view.isHidden()

    view.show_messages([FIRST])
    assert view.isVisible()
    view.show_messages([])

    assert view.isHidden()


def test_each_message_is_one_line_with_what_goes_along(view: QueueView) -> None:
    view.show_messages([FIRST, SECOND, QueuedMessage(3, Draft("", (FILE,)))])

    assert lines(view) == ["first of two lines", "second · 2 files", "notes.md"]


def test_a_line_is_edited_or_removed(view: QueueView) -> None:
    edited, removed = QSignalSpy(view.edit_requested), QSignalSpy(view.removal_requested)
    view.show_messages([FIRST, SECOND])

    QTest.mouseClick(buttons(view, "editQueued")[1], Qt.MouseButton.LeftButton)
    QTest.keyClick(buttons(view, "removeQueued")[0], Qt.Key.Key_Space)

    assert (edited.at(0), removed.at(0)) == ([SECOND], [FIRST])
    assert view.messages == (FIRST, SECOND)


def test_buttons_are_named_by_their_message(view: QueueView) -> None:
    view.show_messages([FIRST])

    assert buttons(view, "editQueued")[0].accessibleName() == "Edit “first of two lines”"
    assert buttons(view, "removeQueued")[0].accessibleName() == "Remove “first of two lines”"


def test_only_what_nobody_else_sends_can_be_sent_now(view: QueueView, qtbot: QtBot) -> None:
    send, state = view.findChild(QPushButton, "sendQueued"), view.findChild(QLabel, "queueState")
    assert send is not None
    assert state is not None
    view.show_messages([FIRST])

    view.set_writing(True)
    assert (send.isVisible(), state.text()) == (False, "Sent when the answer is complete")
    view.set_writing(False)
    assert (send.isVisible(), state.text()) == (True, "Waiting here until you send it")
    with qtbot.waitSignal(view.send_requested):
        QTest.mouseClick(send, Qt.MouseButton.LeftButton)


def test_what_stays_keeps_the_focus(view: QueueView) -> None:
    view.show_messages([FIRST, SECOND])
    edit = buttons(view, "editQueued")[1]
    edit.setFocus()

    view.show_messages([SECOND])

    assert QApplication.focusWidget() is edit
    assert lines(view) == ["second · 2 files"]


def test_many_messages_scroll(view: QueueView) -> None:
    view.show_messages([QueuedMessage(number, Draft("text")) for number in range(1, 3 * MOST_LINES)])
    QApplication.sendPostedEvents()

    scroller = view.findChild(QScrollArea, "queueScroller")
    assert scroller is not None
    assert scroller.height() == MOST_LINES * buttons(view, "editQueued")[0].height()
    assert scroller.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize("is_writing", [True, False])
def test_nothing_is_cut_where_the_text_is_large_and_the_window_narrow(
    theme: Theme, qtbot: QtBot, is_writing: bool
) -> None:
    theme.set_text_size_px(28)
    with ThreadPoolExecutor(1) as pool:
        page = QWidget()
        qtbot.addWidget(page)
        page.resize(462, 745)
        front = ConversationFront(theme, page)
        front.resize(page.size())
        runner = TaskRunner(pool, lambda closure: closure())
        body = ConversationBody(front, theme, TranscriptFrame(theme, runner=runner))
        with qtbot.waitExposed(page):
            page.show()
        body.queue.set_writing(is_writing)
        body.queue.show_messages([QueuedMessage(1, Draft("a line that is wider than the window by far")), SECOND])
        state = body.queue.findChild(QLabel, "queueState")
        assert state is not None
        qtbot.waitUntil(lambda: state.height() > state.fontMetrics().height())

        assert state.heightForWidth(state.width()) > 1.5 * state.fontMetrics().height()
        assert state.height() >= state.heightForWidth(state.width())
        assert front.rect().contains(QRect(body.gauge_line.mapTo(front, QPoint()), body.gauge_line.size()))


@pytest.mark.parametrize("text_size_px", [12, 28])
def test_a_line_is_whole_when_the_text_gets_another_size(
    view: QueueView, theme: Theme, qtbot: QtBot, text_size_px: int
) -> None:
    view.show_messages([FIRST])
    scroller = view.findChild(QScrollArea, "queueScroller")
    assert scroller is not None

    theme.set_text_size_px(text_size_px)

    button = buttons(view, "editQueued")[0]
    qtbot.waitUntil(lambda: scroller.height() == max(button.sizeHint().height(), label_height(view)))
    assert scroller.verticalScrollBar().maximum() == 0


def label_height(view: QueueView) -> int:
    label = view.findChild(QLabel, "queuedText")
    assert label is not None
    return label.sizeHint().height()


def test_tab_goes_from_line_to_line(view: QueueView, qtbot: QtBot) -> None:
    view.show_messages([FIRST])
    view.show_messages([FIRST, SECOND])
    qtbot.waitUntil(lambda: len(buttons(view, "editQueued")) == 2)
    send = view.findChild(QPushButton, "sendQueued")
    assert send is not None
    send.setFocus()

    names = names_by_tab(4)

    assert names == ["editQueued", "removeQueued", "editQueued", "removeQueued"]
