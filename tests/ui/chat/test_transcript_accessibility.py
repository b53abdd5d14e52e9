"""What assistive technology is told about a transcript."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleInterface,
    QAccessibleTextInterface,
    QGuiApplication,
    QKeySequence,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.transcript_menu import MenuEntry
from phidesk.ui.chat.transcript_selection import Place
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import conversation, make_view, model, person


def level_of(heading: QAccessibleInterface) -> int:
    attributes = heading.attributesInterface()
    return int(attributes.attributeValue(QAccessible.Attribute.Level))


def text_of(view: TranscriptView, message: int) -> QAccessibleTextInterface:
    """Return the text of a message as Qt gets it for whoever asks."""
    return QAccessible.queryAccessibleInterface(view).child(message).textInterface()


def actions_of(view: TranscriptView, message: int) -> QAccessibleActionInterface:
    return QAccessible.queryAccessibleInterface(view).child(message).actionInterface()


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
    assert [level_of(heading) for heading in headings] == [1, 2]
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


def test_the_text_of_a_message_is_what_a_person_reads_of_it(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi 😀"), model("m", "# One\n\n- a **b**\n- $x^2$")])

    question, answer = (text_of(view, index) for index in range(2))

    assert question.characterCount() == 5
    assert question.text(3, 5) == "😀"
    assert answer.text(0, answer.characterCount()) == "One\n\n• a b\n• $x^2$"


def test_each_character_is_found_where_it_is_seen(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "One two\n\nרגע\n\n1. `three`")])
    text = text_of(view, 1)
    written = text.text(0, text.characterCount())
    visible = [offset for offset, character in enumerate(written) if not character.isspace() and character not in "1."]

    rects = {offset: text.characterRect(offset) for offset in visible}

    for offset, rect in rects.items():
        nearest = text.offsetAtPoint(QPoint(rect.left() + rect.width() // 4, rect.center().y()))
        assert nearest in (offset, offset + 1), written[offset]
    assert rects[0].right() <= rects[1].left() + 1
    assert rects[written.index("ג")].left() < rects[written.index("ר")].left()
    assert rects[written.index("three")].top() > rects[0].bottom()


def test_outside_a_message_none_of_its_characters_is_found(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "One")])

    elsewhere = QAccessible.queryAccessibleInterface(view).child(0).rect().center()

    assert text_of(view, 1).offsetAtPoint(elsewhere) == -1


def test_the_caret_is_put_and_told(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "One\n\ntwo")])
    view.activateWindow()
    text = text_of(view, 1)

    text.setCursorPosition(6)
    put = (view.interaction.caret_place, text.cursorPosition())
    QTest.keyClick(view, Qt.Key.Key_Left)

    assert put == (Place(1, 1, 1), 6)
    assert text.cursorPosition() == 5
    assert text_of(view, 0).cursorPosition() == 0
    items = [QAccessible.queryAccessibleInterface(view).child(index) for index in range(2)]
    assert [bool(item.state().focused) for item in items] == [False, True]


def test_a_stretch_is_selected_for_whoever_cannot_drag(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "One\n\ntwo three")])
    text = text_of(view, 0)

    text.addSelection(1, 8)
    selected = view.selected_text()
    text.removeSelection(0)

    assert selected == "ne\n\ntwo"
    assert view.selected_text() == ""


def test_a_place_far_away_is_brought_into_sight(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "line\n\n" * 200)])
    text = text_of(view, 0)

    text.scrollToSubstring(0, 4)

    assert view.scroll_y == 0
    assert view.viewport().rect().contains(view.viewport().mapFromGlobal(text.characterRect(0).center()))


def test_what_the_menu_offers_is_done_under_its_words_and_keys(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "Hello")])
    done: list[str] = []
    keys = QKeySequence("C")
    view.menu.add_source(
        lambda place: [
            MenuEntry("copyIt", "Copy it", lambda: done.append(place.key), keys),
            MenuEntry("grey", "Not now", lambda: done.append("grey"), is_enabled=False),
        ]
    )
    actions = actions_of(view, 1)

    names = actions.actionNames()
    actions.doAction("copyIt")
    actions.doAction("grey")
    qtbot.waitUntil(lambda: bool(done))

    assert names[:2] == [actions.setFocusAction(), actions.showMenuAction()]
    assert {"select_message", "copyIt"} < set(names)
    assert "grey" not in names
    assert (actions.localizedActionName("copyIt"), actions.keyBindingsForAction("copyIt")) == ("Copy it", ["C"])
    assert done == ["m"]


def test_a_message_gets_the_keyboard_by_an_action(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "Hello")])
    view.activateWindow()
    actions = actions_of(view, 0)

    actions.doAction(actions.setFocusAction())

    qtbot.waitUntil(lambda: view.focused_message == 0)
    assert QAccessible.queryAccessibleInterface(view).child(0).state().focused


def test_what_can_be_used_in_a_message_is_inside_it(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "# See [this](https://example.org/a)\n\n```py\nx = 1\n```")])
    view.activateWindow()
    asked: list[str] = []
    view.link_activated.connect(asked.append)

    message = QAccessible.queryAccessibleInterface(view).child(0)
    parts = [message.child(number) for number in range(message.childCount())]
    for part in parts[1:]:
        part.actionInterface().doAction(QAccessibleActionInterface.pressAction())
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "x = 1")
    parts[2].actionInterface().doAction(QAccessibleActionInterface.setFocusAction())

    role = QAccessible.Role
    assert [part.role() for part in parts] == [role.Heading, role.Link, role.Button]
    names = [part.text(QAccessible.Text.Name) for part in parts]
    assert names == ["See this", "this, https://example.org/a", "Copy code"]
    assert asked == ["https://example.org/a"]
    assert [bool(part.state().focused) for part in parts] == [False, False, True]
    assert message.childAt(*parts[2].rect().center().toTuple()) is parts[2]
    assert parts[0].actionInterface() is None
