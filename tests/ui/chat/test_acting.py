"""Acting on messages in the page: by toolbar, menu and keys, with a real engine and a real disk behind it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Message
from phidesk.core.parts import FilePart
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.message_actions import ActionKind
from phidesk.ui.chat.message_toolbar import MessageToolbar
from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.chat.transcript_message import Card
from phidesk.ui.chat.undo_bar import UndoBar
from phidesk.ui.messages import NoticeAction
from phidesk.ui.theme.theme import Theme
from tests.real_engines import SCRIPTED_GREETING
from tests.ui.chat.conftest import Profile
from tests.ui.chat.test_conversation_page import ENDLESS, Hand, make_page, page, stored

__all__ = ["make_page", "page"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
NO_MORE_PAGES, NO_LIMIT_PAGES = 1, 1_000_000


class ActingHand(Hand):
    """What a person does to messages."""

    def message(self, index: int) -> Message:
        assert self.page.current_id is not None
        return stored(self.profile, self.page.current_id).messages[index]

    def texts(self) -> list[str]:
        return [message.text for message in self.transcript.content.messages]

    def waits_for_texts(self, *texts: str) -> None:
        self.waits(lambda: self.texts() == list(texts) and not self.is_writing())

    def focuses(self, index: int) -> None:
        self.transcript.focus_message(self.transcript.content.messages[index].key)

    def presses(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focused(), key, modifiers)

    def hovers(self, index: int) -> None:
        rect = self.transcript.message_rect(index)
        QTest.mouseMove(self.transcript.viewport(), QPoint(1, 1))  # The mouse may be at the place already.
        QTest.mouseMove(self.transcript.viewport(), rect.topLeft() + QPoint(3, 3))
        self.waits(self.toolbar.isVisible)

    def clicks(self, kind: ActionKind) -> None:
        button = self.toolbar.button(kind)
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def retypes(self, text: str) -> None:
        """Put another text into the open editor."""
        self.waits(self.editor.isVisible)
        self.editor.selectAll()
        QTest.keyClicks(self.editor, text)

    def undoes(self) -> None:
        self.waits(self.undo_bar.isVisible)
        self.presses(Qt.Key.Key_Z, CONTROL)

    def undo_words(self) -> str:
        self.waits(self.undo_bar.isVisible)
        return self.find(QLabel, "undoWords").text()

    @property
    def toolbar(self) -> MessageToolbar:
        return self.find(MessageToolbar, "messageToolbar")

    @property
    def undo_bar(self) -> UndoBar:
        return self.find(UndoBar, "undoBar")

    @property
    def editor(self) -> QPlainTextEdit:
        return self.find(QPlainTextEdit, "editorInput")


@pytest.fixture
def hand(page: ConversationPage, profile: Profile, qtbot: QtBot) -> ActingHand:
    """A conversation with one question and its answer."""
    hand = ActingHand(page, profile, qtbot)
    hand.asks_and_is_answered("Hello")
    return hand


def test_an_edited_question_is_asked_and_the_old_one_is_one_step_away(hand: ActingHand) -> None:
    hand.focuses(0)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("Good day")
    hand.presses(Qt.Key.Key_Return)

    hand.waits_for_texts("Good day", SCRIPTED_GREETING)
    assert hand.transcript.content.messages[0].note == "Version 2 of 2"
    assert not hand.editor.isVisible()
    hand.focuses(0)
    hand.presses(Qt.Key.Key_Left, ALT)
    hand.waits_for_texts("Hello", SCRIPTED_GREETING)
    assert hand.transcript.focused_message == 0
    hand.presses(Qt.Key.Key_Right, ALT)
    hand.waits_for_texts("Good day", SCRIPTED_GREETING)


def test_from_right_to_left_the_other_arrow_leads_back(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_R)
    hand.waits(lambda: hand.message(1).version_count == 2 and not hand.is_writing())
    hand.page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    hand.focuses(1)
    hand.presses(Qt.Key.Key_Right, ALT)

    hand.waits(lambda: hand.transcript.content.messages[1].note == "Version 1 of 2")


def test_from_right_to_left_the_keys_that_are_named_are_those_that_are_pressed(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_R)
    hand.waits(lambda: hand.message(1).version_count == 2 and not hand.is_writing())
    hand.page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    key = hand.transcript.content.messages[1].key

    hand.hovers(0)
    hand.hovers(1)
    hand.transcript.menu.open(MenuPlace(message=1, key=key), QPoint(0, 0))

    menu = hand.page.findChild(QMenu, "transcript_menu")
    assert menu is not None
    keys = {action.objectName(): action.shortcut().toString() for action in menu.actions()}
    menu.close()
    assert (keys["previousVersion"], keys["nextVersion"]) == ("Alt+Right", "Alt+Left")
    assert hand.toolbar.button(ActionKind.PREVIOUS).toolTip() == "Previous version (Alt+Right)"


def test_an_answer_is_written_again_and_versions_change_by_mouse(hand: ActingHand) -> None:
    hand.hovers(1)
    hand.clicks(ActionKind.AGAIN)
    hand.waits(lambda: hand.transcript.content.messages[1].note == "Version 2 of 2")

    hand.hovers(1)
    hand.clicks(ActionKind.PREVIOUS)

    hand.waits(lambda: hand.transcript.content.messages[1].note == "Version 1 of 2")
    assert hand.message(1).version == 1
    hand.hovers(1)
    assert not hand.toolbar.button(ActionKind.PREVIOUS).isEnabled()
    assert hand.find(QLabel, "messageVersion").text() == "1/2"


def test_an_edited_answer_says_that_it_is_edited(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("My own words.")
    hand.presses(Qt.Key.Key_Return, CONTROL)

    hand.waits_for_texts("Hello", "My own words.")
    assert hand.transcript.content.messages[1].note == "Edited by you · Version 2 of 2"
    answer = hand.message(1)
    assert answer.outcome is not None
    assert (answer.is_edited, answer.outcome.finish) == (True, FinishReason.EDITED)


def test_enter_begins_a_line_in_an_answer(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("One")
    hand.presses(Qt.Key.Key_Return)
    QTest.keyClicks(hand.editor, "Two")

    assert hand.editor.toPlainText() == "One\nTwo"


def test_escape_shows_the_message_again_and_what_was_typed_can_be_brought_back(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("Half a thought")
    hand.presses(Qt.Key.Key_Escape)

    assert not hand.editor.isVisible()
    assert hand.texts() == ["Hello", SCRIPTED_GREETING]
    assert hand.transcript.focused_message == 1
    assert hand.undo_words() == "Changes given up."
    hand.undoes()
    hand.waits(hand.editor.isVisible)
    assert hand.editor.toPlainText() == "Half a thought"


def test_what_is_typed_over_a_message_waits_until_its_conversation_is_shown_again(hand: ActingHand) -> None:
    first = hand.page.current_id
    hand.focuses(0)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("Half a thought")

    hand.page.show_conversation(None)
    assert not hand.editor.isVisible()
    hand.opens(first)

    hand.waits(hand.editor.isVisible)
    assert hand.editor.toPlainText() == "Half a thought"
    assert hand.editor.hasFocus()


def test_the_editor_has_its_own_room_between_the_messages(hand: ActingHand) -> None:
    hand.asks_and_is_answered("And now?")
    hand.focuses(1)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("line")
    height = hand.transcript.message_rect(1).height()

    QTest.keyClick(hand.editor, Qt.Key.Key_Return)
    QTest.keyClick(hand.editor, Qt.Key.Key_Return)

    frame = hand.editor.parentWidget()
    assert frame is not None
    assert hand.transcript.message_rect(1).height() > height
    assert frame.geometry() == hand.transcript.message_rect(1)
    assert hand.transcript.message_rect(2).top() > frame.geometry().bottom()


def test_a_fork_is_shown_and_the_old_conversation_stays(hand: ActingHand) -> None:
    first = hand.page.current_id
    hand.asks_and_is_answered("And now?")

    hand.focuses(1)
    hand.presses(Qt.Key.Key_N)

    hand.waits(lambda: hand.page.current_id != first and hand.page.title == "Hello (copy)")
    hand.waits_for_texts("Hello", SCRIPTED_GREETING)
    assert first is not None
    assert len(stored(hand.profile, first).messages) == 4


def test_a_deleted_message_comes_back_by_keyboard(hand: ActingHand) -> None:
    hand.asks_and_is_answered("And now?")
    before = hand.texts()
    hand.focuses(1)
    hand.presses(Qt.Key.Key_Delete)

    hand.waits_for_texts("Hello")
    assert hand.undo_words() == "Messages deleted."
    hand.undoes()

    hand.waits_for_texts(*before)
    assert not hand.undo_bar.isVisible()


def test_a_deleted_message_comes_back_by_mouse(hand: ActingHand) -> None:
    hand.hovers(1)
    hand.clicks(ActionKind.DELETE)
    hand.waits_for_texts("Hello")
    assert hand.undo_words() == "Message deleted."

    QTest.mouseClick(hand.find(QPushButton, "undoButton"), Qt.MouseButton.LeftButton)

    hand.waits_for_texts("Hello", SCRIPTED_GREETING)


def test_the_next_question_ends_the_offer_to_undo(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_Delete)
    hand.waits(hand.undo_bar.isVisible)

    hand.asks_and_is_answered("And now?")

    assert not hand.undo_bar.isVisible()
    hand.waits_for_texts("Hello", "And now?", SCRIPTED_GREETING)


def test_a_question_whose_answer_is_deleted_can_be_answered(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.presses(Qt.Key.Key_Delete)
    hand.waits_for_texts("Hello")

    hand.focuses(0)
    hand.presses(Qt.Key.Key_R)

    hand.waits_for_texts("Hello", SCRIPTED_GREETING)


def test_a_stopped_answer_goes_on(hand: ActingHand) -> None:
    hand.asks_for_a_story()
    hand.waits(lambda: len(hand.texts()) == 4 and bool(hand.last_text()))
    QTest.keyClick(hand.field, Qt.Key.Key_Escape)
    hand.waits(lambda: not hand.is_writing())
    text = hand.last_text()

    hand.focuses(3)
    hand.presses(Qt.Key.Key_G)

    hand.waits(lambda: hand.is_writing() and len(hand.last_text()) > len(text))
    assert hand.last_text().startswith(text)
    assert len(hand.texts()) == 4


def test_what_can_be_done_with_an_answer_is_known_when_it_ends(hand: ActingHand) -> None:
    hand.asks_for_a_story()
    hand.waits(lambda: len(hand.texts()) == 4 and bool(hand.last_text()))
    hand.focuses(3)
    hand.waits(hand.toolbar.isVisible)

    hand.presses(Qt.Key.Key_Escape)
    hand.waits(lambda: not hand.is_writing() and hand.transcript.content.messages[3].note != "")

    assert hand.toolbar.button(ActionKind.GO_ON).isVisible()
    assert hand.toolbar.button(ActionKind.COPY).isEnabled()


def test_while_an_answer_is_written_messages_can_only_be_copied_and_looked_at(hand: ActingHand) -> None:
    hand.asks_for_a_story()
    hand.waits(lambda: len(hand.texts()) == 4 and bool(hand.last_text()))

    hand.hovers(1)
    possible = [kind for kind in ActionKind if hand.toolbar.button(kind).isEnabled() and _is_there(hand, kind)]
    hand.focuses(1)
    hand.presses(Qt.Key.Key_Delete)
    hand.presses(Qt.Key.Key_C)

    assert possible == [ActionKind.COPY, ActionKind.DETAILS]
    hand.waits(lambda: QApplication.clipboard().text() == SCRIPTED_GREETING)
    copied = QApplication.clipboard().mimeData()
    assert bytes(copied.data("text/markdown").data()).decode() == SCRIPTED_GREETING
    assert 'charset="utf-8"' in copied.html()
    assert len(hand.texts()) == 4


def _is_there(hand: ActingHand, kind: ActionKind) -> bool:
    return not hand.toolbar.button(kind).isHidden()


def test_the_menu_has_the_same_actions_with_their_keys(hand: ActingHand) -> None:
    key = hand.transcript.content.messages[1].key
    hand.hovers(1)
    shown = [kind.value for kind in ActionKind if _is_there(hand, kind)]

    hand.transcript.menu.open(MenuPlace(message=1, key=key), QPoint(0, 0))

    menu = hand.page.findChild(QMenu, "transcript_menu")
    assert menu is not None
    actions = {action.objectName(): action for action in menu.actions()}
    assert [name for name in actions if name in {kind.value for kind in ActionKind}] == shown
    assert actions["deleteMessage"].shortcut().toString() == "Del"
    assert actions["answerAgainWith"].menu() is not None
    menu.close()


def test_an_answer_by_a_creativity_of_its_own_leaves_the_conversation_as_it_is(hand: ActingHand) -> None:
    settings = hand.page.settings
    hand.focuses(1)
    hand.presses(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    menu = hand.page.findChild(QMenu, "againMenu")
    assert menu is not None
    words = [action.text() for action in menu.actions()]

    menu.actions()[1].trigger()
    menu.close()

    hand.waits(lambda: hand.message(1).version_count == 2 and not hand.is_writing())
    assert words[:2] == ["Lower creativity (temperature 0.2)", "Higher creativity (temperature 1.2)"]
    assert hand.page.settings == settings


def test_up_in_an_empty_composer_edits_the_last_question(hand: ActingHand) -> None:
    hand.asks_and_is_answered("And now?")
    hand.field.setFocus()

    QTest.keyClick(hand.field, Qt.Key.Key_Up)

    hand.waits(hand.editor.isVisible)
    assert hand.editor.toPlainText() == "And now?"


def test_control_r_in_the_composer_answers_the_last_question_again(hand: ActingHand) -> None:
    hand.field.setFocus()

    QTest.keyClick(hand.field, Qt.Key.Key_R, CONTROL)

    hand.waits(lambda: hand.message(1).version_count == 2 and not hand.is_writing())


def test_a_file_that_was_looked_at_leads_back_to_its_message(hand: ActingHand) -> None:
    hand.find(Composer, "composer").add_files([FilePart("notes.md", "text/markdown", "Buy milk.")])
    hand.asks_and_is_answered("What is missing?")
    question = hand.transcript.content.messages[2]
    card = question.insets[-1].content
    assert isinstance(card, Card)
    hand.transcript.card_activated.emit(question.key, card.key)

    hand.presses(Qt.Key.Key_Escape)

    assert hand.transcript.hasFocus()
    assert hand.transcript.focused_message == 2


def test_in_a_narrow_window_nothing_stands_on_the_toolbar(hand: ActingHand) -> None:
    hand.page.resize(420, 420)
    hand.asks_and_is_answered(ENDLESS)
    hand.focuses(3)
    hand.transcript.verticalScrollBar().setValue(hand.transcript.verticalScrollBar().value() // 2)
    button = hand.find(QPushButton, "toEndButton")
    hand.waits(lambda: button.isVisible() and hand.toolbar.isVisible())

    rects = [QRect(it.mapToGlobal(QPoint(0, 0)), it.size()) for it in (button, hand.toolbar)]

    assert button.x() < hand.toolbar.width()
    assert not rects[0].intersects(rects[1])


def test_alt_up_in_the_composer_leads_to_the_last_message(hand: ActingHand) -> None:
    hand.field.setFocus()
    QTest.keyClicks(hand.field, "not sent yet")

    hand.presses(Qt.Key.Key_Up, ALT)

    assert hand.transcript.hasFocus()
    assert hand.transcript.focused_message == 1
    assert hand.field.toPlainText() == "not sent yet"


def test_the_toolbar_of_a_short_question_is_no_part_of_its_frame(hand: ActingHand, theme: Theme) -> None:
    hand.focuses(0)
    hand.waits(hand.toolbar.isVisible)

    picture = hand.toolbar.grab().toImage()

    assert picture.pixelColor(picture.width() // 2, 0) == theme.color("border")


def test_the_toolbar_is_reached_by_tab_and_stays_there(hand: ActingHand) -> None:
    hand.focuses(1)
    hand.waits(hand.toolbar.isVisible)

    QTest.keyClick(hand.transcript, Qt.Key.Key_Tab)

    hand.waits(lambda: hand.toolbar.isAncestorOf(hand.focused()))
    QApplication.processEvents()
    assert hand.toolbar.isVisible()
    assert hand.focused().accessibleName() == "Copy message"


def test_what_could_not_be_saved_stays_in_the_editor_and_is_saved_by_trying_again(hand: ActingHand) -> None:
    words = "My own words. " * 2_000
    hand.focuses(1)
    hand.presses(Qt.Key.Key_E)
    hand.waits(hand.editor.isVisible)
    hand.editor.setPlainText(words)
    set_room(hand.profile, NO_MORE_PAGES)

    hand.presses(Qt.Key.Key_Return, CONTROL)

    assert hand.notice_action() is NoticeAction.TRY_AGAIN
    assert hand.editor.isVisible()
    assert hand.editor.toPlainText() == words
    set_room(hand.profile, NO_LIMIT_PAGES)
    hand.presses_card()
    hand.waits_for_texts("Hello", words)
    assert not hand.editor.isVisible()


def test_the_other_branch_stands_where_the_first_stood(hand: ActingHand) -> None:
    for number in range(6):
        hand.asks_and_is_answered(f"Question {number} " * 20)
    index = 7
    hand.focuses(index)
    top = hand.transcript.message_rect(index).top()
    hand.presses(Qt.Key.Key_R)
    hand.waits(lambda: hand.transcript.content.messages[-1].note == "Version 2 of 2")
    hand.focuses(index)
    top = hand.transcript.message_rect(index).top()

    hand.presses(Qt.Key.Key_Left, ALT)

    hand.waits(lambda: len(hand.texts()) == 14)
    assert hand.transcript.message_rect(index).top() == top


def set_room(profile: Profile, pages: int) -> None:
    """Let the file grow to this many pages; SQLite keeps at least those that there are."""
    profile.database.run(lambda connection: connection.pragma("max_page_count", pages)).result()
