"""What assistive technology is told about a transcript."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import conversation, make_view, model, person


def test_messages_are_items_of_a_list(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "**Hello**", "Stopped")])

    interface = QAccessible.queryAccessibleInterface(view)

    assert interface.role() == QAccessible.Role.List
    assert interface.text(QAccessible.Text.Name) == "Conversation"
    assert interface.childCount() == 3
    items = [interface.child(index) for index in range(2)]
    assert [item.role() for item in items] == [QAccessible.Role.ListItem] * 2
    assert [item.text(QAccessible.Text.Name) for item in items] == ["You: Hi", "Answer: Hello\nStopped"]
    assert [interface.indexOfChild(item) for item in items] == [0, 1]
    assert items[1].rect().top() > items[0].rect().top()
    assert interface.child(3) is None


def test_what_stands_on_the_messages_is_found_behind_them(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi")])
    button = QPushButton("Copy", view.viewport())
    button.show()

    interface = QAccessible.queryAccessibleInterface(view)
    viewport = interface.child(1)

    assert viewport.child(0).object() is button
    assert viewport.parent() is interface
    assert interface.indexOfChild(viewport) == 1
    assert interface.childAt(*button.mapToGlobal(button.rect().center()).toTuple()).object() is view.viewport()


def test_headings_are_inside_their_message(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "# Hi"), model("m", "# One\n\ntext\n\n## *Two*")])

    question, answer = (QAccessible.queryAccessibleInterface(view).child(index) for index in range(2))
    headings = [answer.child(number) for number in range(answer.childCount())]

    assert not question.childCount()
    assert [heading.role() for heading in headings] == [QAccessible.Role.Heading] * 2
    assert [heading.text(QAccessible.Text.Name) for heading in headings] == ["One", "Two"]
    levels = [heading.text(QAccessible.Text.Description) for heading in headings]
    assert levels == ["Heading of level 1", "Heading of level 2"]
    assert all(answer.rect().contains(heading.rect().center()) for heading in headings)
    assert answer.childAt(*headings[1].rect().center().toTuple()) is headings[1]
    view.show_messages([])
    assert not headings[0].isValid()


def test_items_out_of_sight_say_so(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(30))

    interface = QAccessible.queryAccessibleInterface(view)

    assert interface.child(0).state().offscreen
    assert not interface.child(59).state().offscreen


def test_interfaces_outlive_neither_view_nor_messages(qtbot: QtBot) -> None:
    for _ in range(20):
        view = TranscriptView()
        view.show_messages([person("p", "Hi")])
        interface = QAccessible.queryAccessibleInterface(view)
        item = interface.child(0)
        view.show_messages([])
        assert not item.isValid()
        assert item.text(QAccessible.Text.Name) == ""
        view.deleteLater()
        del view, interface, item
        gc.collect()

    qtbot.wait(0)


def test_views_come_and_go_while_a_screen_reader_listens(qtbot: QtBot) -> None:
    QAccessible.setActive(True)
    numbers = []
    try:
        for _ in range(5):
            view = TranscriptView()
            view.show_messages([person("p", "Hi"), model("m", "# **Hello**")])
            view.show()
            interface = QAccessible.queryAccessibleInterface(view)
            numbers += [QAccessible.uniqueId(interface.child(index)) for index in range(2)]
            numbers.append(QAccessible.uniqueId(interface.child(1).child(0)))
            assert interface.child(0).text(QAccessible.Text.Name) == "You: Hi"
            view.deleteLater()
            del view, interface
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            gc.collect()
        QAccessible.queryAccessibleInterface(make_view(qtbot))
        left = [number for number in numbers if QAccessible.accessibleInterface(number) is not None]
    finally:
        QAccessible.setActive(False)

    assert not left


def test_telling_of_finished_answers_and_focus_does_no_harm(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "")])
    QAccessible.setActive(True)
    try:
        view.append_text("m", "**Hello**")
        view.finish_message("m")
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        item = QAccessible.queryAccessibleInterface(view).child(1)
    finally:
        QAccessible.setActive(False)

    assert item.text(QAccessible.Text.Name) == "Answer: Hello"
