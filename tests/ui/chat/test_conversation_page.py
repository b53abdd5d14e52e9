"""The main job in its page: real answers from a real engine, on a real disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QTextBrowser, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.answers import AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import TextPart
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.protocol import BUILTIN
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked
from phidesk.storage.database import Database
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_front import ConversationFront
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.gauge_line import GaugeLine
from phidesk.ui.chat.queue_view import QueueView
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.messages import NoticeAction
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.notice_card import NoticeCard
from tests.real_engines import SCRIPTED_GREETING
from tests.ui.chat.conftest import Profile

PRACTICE_MODEL = PRACTICE_MODEL_FILE.removesuffix(".gguf")
PATIENCE_MS = 60_000
"""On a machine with other work a load takes seconds, and a token of the practice model a tenth of one."""
SCRIPTED = ConversationSettings(engine=BUILTIN, model="scripted", window_tokens=2048)
PRACTICE = ConversationSettings(engine=BUILTIN, model=PRACTICE_MODEL, window_tokens=2048, answer_limit_tokens=8)
ENDLESS = "FOREVER"
"""Fills any window with the scripted model; takes a second."""
STORY = "Write a very long story about a tree."
"""Keeps the practice model busy for longer than any test here looks on."""
MakePage = Callable[[], ConversationPage]
Kind = TypeVar("Kind", bound=QWidget)


@pytest.fixture
def make_page(profile: Profile, theme: Theme, qtbot: QtBot) -> Iterator[MakePage]:
    """Open the page as a start of the program does; again and again. Closed as app does, services first."""
    windows: list[QWidget] = []
    pages: list[ConversationPage] = []

    def make() -> ConversationPage:
        window = QWidget()
        windows.append(window)
        window.resize(800, 600)
        page = ConversationPage(
            ConversationBody(ConversationFront(theme), theme, TranscriptFrame(theme, runner=profile.runner)),
            service=profile.service,
            conversations=profile.conversations,
            runner=profile.runner,
            theme=theme,
            parent=window,
        )
        pages.append(page)
        page.resize(window.size())
        with qtbot.waitExposed(window):
            window.show()
        return page

    yield make
    for page in pages:
        page.flush()
    profile.close()
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def page(make_page: MakePage) -> ConversationPage:
    """A page before the first message, answered by the scripted model."""
    page = make_page()
    page.set_model(BUILTIN, "scripted")
    return page


class Hand:
    """What a person sees and does on a page."""

    def __init__(self, page: ConversationPage, profile: Profile, qtbot: QtBot) -> None:
        self.page = page
        self.profile = profile
        self.qtbot = qtbot
        self.transcript = self.find(TranscriptView, "transcript")
        self.field = self.find(QPlainTextEdit, "composerInput")
        self.button = self.find(QToolButton, "sendButton")
        self.card = self.find(NoticeCard, "noticeCard")
        self.gauge_line = self.find(GaugeLine, "gaugeLine")

    def find(self, kind: type[Kind], name: str) -> Kind:
        found = self.page.findChild(kind, name)
        assert found is not None
        return found

    def waits(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def asks(self, text: str) -> None:
        self.field.setFocus()
        QTest.keyClicks(self.field, text)
        QTest.keyClick(self.field, Qt.Key.Key_Return)

    def asks_for_a_story(self) -> None:
        """Ask what takes long to answer, and wait for the first words."""
        self.page.set_model(BUILTIN, PRACTICE_MODEL)
        self.asks(STORY)
        self.waits(lambda: self.is_writing() and bool(self.last_text().removeprefix(STORY)))

    def asks_and_is_answered(self, text: str) -> None:
        self.asks(text)
        self.waits(self.is_writing)
        self.waits(lambda: not self.is_writing() and self.transcript.streaming_idle)

    def focused(self) -> QWidget:
        focused = QApplication.focusWidget()
        assert focused is not None
        return focused

    def is_writing(self) -> bool:
        return self.button.accessibleName() == "Stop"

    def opens(self, conversation_id: str | None) -> None:
        """Open a conversation and wait until it is to be seen."""
        self.page.show_conversation(conversation_id)
        self.waits(lambda: conversation_id is None or self.shows_last_message_of(conversation_id))

    def shows_last_message_of(self, conversation_id: str) -> bool:
        content = self.transcript.content.messages
        last = stored(self.profile, conversation_id).messages[-1]
        return bool(content) and content[-1].key == last.id

    def presses_card(self) -> None:
        self.waits(self.card.isVisible)
        QTest.mouseClick(self.find(QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)

    def chooses(self, action: NoticeAction) -> None:
        """Take this choice of the card."""
        self.waits(self.card.isVisible)
        number = self.offered().index(action)
        names = ("noticeAction", "noticeOtherAction", "noticeThirdAction", "noticeFourthAction")
        QTest.mouseClick(self.find(QPushButton, names[number]), Qt.MouseButton.LeftButton)

    def offered(self) -> list[NoticeAction]:
        """Return what the card offers; nothing where there is none."""
        return [action for action, _ in self.card.notice.choices] if self.card.notice is not None else []

    def notice_action(self) -> NoticeAction | None:
        self.waits(self.card.isVisible)
        return self.card.notice.action if self.card.notice else None

    def last_text(self) -> str:
        """The last message as the transcript has it, drawn or not."""
        messages = self.transcript.content.messages
        return self.transcript.message_text(messages[-1].key) if messages else ""

    def last_note(self) -> str:
        return self.transcript.content.messages[-1].note


@pytest.fixture
def hand(page: ConversationPage, profile: Profile, qtbot: QtBot) -> Hand:
    return Hand(page, profile, qtbot)


def stored(profile: Profile, conversation_id: str | None) -> Conversation:
    assert conversation_id is not None
    return profile.conversations.get(conversation_id).result()


def stored_answer(profile: Profile, conversation_id: str | None) -> Message:
    return stored(profile, conversation_id).messages[-1]


def make_conversation(
    profile: Profile, question: str, answer: str, outcome: AnswerOutcome, settings: ConversationSettings = SCRIPTED
) -> Asked:
    """Put a conversation on disk as an earlier run left it."""
    asked = profile.conversations.ask((TextPart(question),), conversation_id=None, settings=settings).result()
    writer = AnswerWriter(profile.database, asked.answer)
    writer.append(answer)
    writer.finish(outcome).result()
    return asked


# Asking and answering


def test_a_question_is_answered_shown_and_on_disk(hand: Hand, profile: Profile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.page.conversation_started, timeout=PATIENCE_MS) as started:
        hand.asks_and_is_answered("Hi")
    hand.waits(lambda: hand.transcript.streaming_idle)

    conversation = stored(profile, hand.page.current_id)
    assert started.args == [conversation.id]
    assert hand.transcript.plain_text() == f"Hi\n\n{SCRIPTED_GREETING}"
    assert [message.text for message in conversation.messages] == ["Hi", SCRIPTED_GREETING]
    assert hand.page.title == conversation.title == "Hi"
    assert hand.field.toPlainText() == ""
    assert not hand.card.isVisible()


def test_the_gauge_is_what_the_engine_counted(
    hand: Hand, profile: Profile, builtin_engine: BuiltinEngine, qtbot: QtBot
) -> None:
    asked = make_conversation(profile, "Hi", "Hello.", AnswerOutcome(FinishReason.STOP), PRACTICE)
    hand.opens(asked.conversation.id)

    hand.asks_and_is_answered("Name a colour.")

    outcome = stored_answer(profile, asked.conversation.id).outcome
    assert outcome is not None
    loaded = {model.name: model.window_tokens for model in builtin_engine.loaded()}
    assert outcome.usage.prompt_tokens
    assert outcome.usage.answer_tokens
    assert hand.page.gauge == outcome.gauge
    assert hand.page.gauge.consumed_tokens == outcome.usage.prompt_tokens + outcome.usage.answer_tokens
    assert hand.page.gauge.window_tokens == loaded[PRACTICE_MODEL]
    assert not hand.gauge_line.text().startswith("last known")


def test_phases_are_told_while_nothing_comes_yet(
    hand: Hand, builtin_engine: BuiltinEngine, scripted_model: ModelInfo
) -> None:
    builtin_engine.unload(scripted_model)

    hand.asks("Hi")
    hand.waits(lambda: hand.transcript.status == "Loading the model…")
    hand.waits(lambda: not hand.is_writing())

    assert hand.last_text() == SCRIPTED_GREETING
    assert hand.transcript.status == ""


def test_a_second_question_waits_in_the_queue(hand: Hand, profile: Profile) -> None:
    hand.asks_for_a_story()

    hand.asks("next")

    queue = hand.find(QueueView, "queueView")
    hand.waits(lambda: [queued.draft.text for queued in queue.messages] == ["next"])
    assert hand.field.toPlainText() == ""
    assert len(stored(profile, hand.page.current_id).messages) == 2


def test_settings_chosen_before_the_first_message_belong_to_it(hand: Hand, profile: Profile) -> None:
    hand.page.change_settings(replace(hand.page.settings, instructions="FOREVER"))

    hand.asks("Hi")
    hand.waits(lambda: "tick" in hand.last_text())

    assert stored(profile, hand.page.current_id).settings == hand.page.settings
    assert hand.page.settings == ConversationSettings(engine=BUILTIN, model="scripted", instructions="FOREVER")


def test_settings_chosen_later_are_saved(hand: Hand, profile: Profile) -> None:
    hand.asks_and_is_answered("Hi")

    hand.page.change_settings(replace(hand.page.settings, instructions="Be brief."))

    assert stored(profile, hand.page.current_id).settings.instructions == "Be brief."


# Stopping


@pytest.mark.parametrize("way", ["escape", "escape in transcript", "button"])
def test_stop_keeps_the_text_received_so_far(hand: Hand, profile: Profile, way: str) -> None:
    hand.asks_for_a_story()
    hand.waits(lambda: len(hand.last_text()) > 100)

    if way == "button":
        QTest.mouseClick(hand.button, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(hand.field if way == "escape" else hand.transcript, Qt.Key.Key_Escape)
    hand.waits(lambda: not hand.is_writing() and hand.transcript.streaming_idle)

    answer = stored_answer(profile, hand.page.current_id)
    assert answer.outcome is not None
    assert answer.outcome.finish is FinishReason.STOPPED
    assert hand.last_text() == answer.text
    assert len(answer.text) > 100
    assert hand.last_note() == "Stopped"
    assert not hand.card.isVisible()


def test_stop_works_before_anything_came(
    hand: Hand, profile: Profile, builtin_engine: BuiltinEngine, scripted_model: ModelInfo
) -> None:
    builtin_engine.unload(scripted_model)

    hand.asks(ENDLESS)
    QTest.keyClick(hand.field, Qt.Key.Key_Escape)
    hand.waits(lambda: not hand.is_writing())

    answer = stored_answer(profile, hand.page.current_id)
    assert answer.outcome is not None
    assert answer.outcome.finish is FinishReason.STOPPED
    assert hand.last_note().startswith("Stopped")
    assert hand.transcript.status == ""


# Going from one conversation to another


def test_an_answer_goes_on_in_the_background_and_is_followed_again(hand: Hand, profile: Profile) -> None:
    writing = QSignalSpy(hand.page.writing_changed)
    hand.asks_for_a_story()
    first_id = hand.page.current_id
    assert first_id is not None

    hand.opens(None)
    assert not hand.is_writing()
    assert hand.page.writing_ids == {first_id}
    length = len(stored_answer(profile, first_id).text)
    hand.waits(lambda: len(stored_answer(profile, first_id).text) > length)
    hand.opens(first_id)
    length = len(hand.last_text())
    hand.waits(lambda: len(hand.last_text()) > length)
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing() and hand.transcript.streaming_idle)

    answer = stored_answer(profile, first_id)
    assert hand.last_text() == answer.text
    assert [list(ids) for ids in (writing.at(0)[0], writing.at(writing.count() - 1)[0])] == [[first_id], []]


def test_text_is_neither_lost_nor_doubled_by_going_to_and_fro(hand: Hand, profile: Profile) -> None:
    other = make_conversation(profile, "Other", "Yes.", AnswerOutcome(FinishReason.STOP)).conversation.id
    hand.asks_for_a_story()
    endless = hand.page.current_id
    assert endless is not None

    for turn in range(20):
        hand.page.show_conversation(other if turn % 2 == 0 else endless)
        hand.qtbot.wait(turn % 5)
    hand.opens(endless)
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing() and hand.transcript.streaming_idle)

    assert hand.last_text() == stored_answer(profile, endless).text


def test_an_answer_that_ends_while_its_conversation_is_opened_is_shown_whole(hand: Hand, profile: Profile) -> None:
    other = make_conversation(profile, "Other", "Yes.", AnswerOutcome(FinishReason.STOP)).conversation.id
    for _ in range(5):
        hand.opens(None)
        hand.page.set_model(BUILTIN, "scripted")
        hand.asks("Hi")
        hand.waits(lambda: hand.page.current_id is not None)
        greeting = hand.page.current_id
        assert greeting is not None

        while greeting in hand.page.writing_ids:
            hand.page.show_conversation(other)
            hand.page.show_conversation(greeting)
            hand.qtbot.wait(1)
        hand.waits(lambda: hand.last_text() == SCRIPTED_GREETING and not hand.is_writing())

        assert hand.last_note() == ""
        assert not hand.card.isVisible()


def test_leaving_before_the_question_is_on_disk_leaves_for_good(hand: Hand, profile: Profile, qtbot: QtBot) -> None:
    other = make_conversation(profile, "Other", "Yes.", AnswerOutcome(FinishReason.STOP)).conversation.id

    with qtbot.waitSignal(hand.page.conversation_started, timeout=PATIENCE_MS) as started:
        hand.asks("Hi")
        hand.page.show_conversation(other)
    hand.waits(lambda: not hand.page.writing_ids)

    assert hand.page.current_id == other
    assert hand.transcript.plain_text() == "Other\n\nYes."
    assert started.args is not None
    assert stored_answer(profile, started.args[0]).text == SCRIPTED_GREETING


def test_a_conversation_that_cannot_be_read_shows_a_card(hand: Hand) -> None:
    hand.page.show_conversation("gone")

    assert hand.notice_action() is NoticeAction.NEW_CONVERSATION
    hand.presses_card()
    assert hand.page.current_id is None
    assert not hand.card.isVisible()


# Drafts


def test_what_is_typed_is_there_again_after_a_restart(hand: Hand, profile: Profile, make_page: MakePage) -> None:
    QTest.keyClicks(hand.field, "half a thou")
    hand.waits(lambda: profile.conversations.draft(None).result().text == "half a thou")
    QTest.keyClicks(hand.field, "ght")
    hand.page.flush()

    again = Hand(make_page(), profile, hand.qtbot)

    again.waits(lambda: again.field.toPlainText() == "half a thought")


def test_each_conversation_has_its_own_draft(hand: Hand, profile: Profile) -> None:
    hand.asks_and_is_answered("Hi")
    first = hand.page.current_id
    QTest.keyClicks(hand.field, "in the first")

    hand.opens(None)
    assert hand.field.toPlainText() == ""
    QTest.keyClicks(hand.field, "in the new one")
    hand.opens(first)
    hand.waits(lambda: hand.field.toPlainText() == "in the first")
    hand.opens(None)

    hand.waits(lambda: hand.field.toPlainText() == "in the new one")


def test_a_sent_text_is_no_draft_any_more(hand: Hand, profile: Profile) -> None:
    QTest.keyClicks(hand.field, "Hi")
    hand.waits(lambda: profile.conversations.draft(None).result().text == "Hi")

    hand.asks_and_is_answered(" there")
    hand.page.flush()

    assert profile.conversations.draft(None).result().text == ""
    assert profile.conversations.draft(hand.page.current_id).result().text == ""


def test_a_question_that_cannot_be_saved_returns_to_the_composer(hand: Hand, profile: Profile) -> None:
    set_read_only(profile.database, is_read_only=True)

    hand.asks("Important question")
    hand.waits(hand.card.isVisible)
    assert hand.field.toPlainText() == "Important question"
    assert hand.notice_action() is NoticeAction.TRY_AGAIN
    assert not hand.is_writing()

    set_read_only(profile.database, is_read_only=False)
    hand.presses_card()
    hand.waits(lambda: hand.last_text() == SCRIPTED_GREETING and not hand.is_writing())
    assert hand.field.toPlainText() == ""
    assert not hand.card.isVisible()


def test_what_could_not_be_saved_is_saved_with_the_next_question(hand: Hand, profile: Profile) -> None:
    hand.asks_and_is_answered("Hi")
    set_read_only(profile.database, is_read_only=True)
    hand.page.change_settings(replace(hand.page.settings, instructions="Be brief."))
    assert hand.notice_action() is NoticeAction.TRY_AGAIN

    set_read_only(profile.database, is_read_only=False)
    hand.asks_and_is_answered("Hello")

    assert not hand.card.isVisible()
    assert stored(profile, hand.page.current_id).settings.instructions == "Be brief."


def test_a_question_of_another_conversation_that_cannot_be_saved_waits_there(hand: Hand, profile: Profile) -> None:
    asked = make_conversation(profile, "First", "Yes.", AnswerOutcome(FinishReason.STOP))
    hand.opens(asked.conversation.id)
    set_read_only(profile.database, is_read_only=True)

    hand.asks("Important question")
    hand.page.show_conversation(None)
    hand.waits(lambda: not hand.page.writing_ids)
    set_read_only(profile.database, is_read_only=False)
    hand.page.show_conversation(asked.conversation.id)

    hand.waits(lambda: hand.field.toPlainText() == "Important question")
    assert hand.notice_action() is NoticeAction.TRY_AGAIN


# Mending


def test_an_answer_cut_off_by_a_crash_shows_so_and_goes_on(hand: Hand, profile: Profile, make_page: MakePage) -> None:
    known = AnswerOutcome(FinishReason.STOP, usage=Usage(30, 12), window_tokens=2048)
    asked = make_conversation(profile, "Hi", "Hello.", known)
    again = profile.conversations.ask(
        (TextPart("And?"),), conversation_id=asked.conversation.id, settings=SCRIPTED
    ).result()
    AnswerWriter(profile.database, again.answer).append("Half an ans")
    profile.conversations.end_unfinished_answers().result()

    hand.opens(asked.conversation.id)
    assert hand.last_note() == "Ended early"
    assert hand.notice_action() is NoticeAction.CONTINUE
    assert hand.gauge_line.text() == "last known: 42 of 2,048"
    hand.presses_card()
    hand.waits(hand.is_writing)
    hand.waits(lambda: not hand.is_writing())

    answer = stored_answer(profile, asked.conversation.id)
    assert answer.text.startswith("Half an ans")
    assert len(answer.text) > len("Half an ans")
    assert hand.last_text() == answer.text
    assert hand.last_note() == ""
    assert not hand.card.isVisible()


def test_another_engine_answers_where_the_chosen_model_is_gone(hand: Hand, profile: Profile) -> None:
    hand.page.set_model(BUILTIN, "gone")
    hand.asks("Hi")

    assert hand.notice_action() is NoticeAction.CHOOSE_ENGINE
    hand.presses_card()
    hand.waits(lambda: bool(hand.last_text()))
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing())

    assert stored(profile, hand.page.current_id).settings == ConversationSettings()
    assert len(stored(profile, hand.page.current_id).messages) == 2


def test_a_question_too_long_with_a_summary_goes_on_in_a_new_conversation(hand: Hand, profile: Profile) -> None:
    small = ConversationSettings(engine=BUILTIN, model=PRACTICE_MODEL, window_tokens=256, instructions="Be brief.")
    asked = make_conversation(profile, "Hi", "Hello.", AnswerOutcome(FinishReason.STOP), small)
    summary = AnswerWriter(profile.database, profile.conversations.branches.summarise(asked.answer).result().answer)
    summary.append("word " * 100)
    summary.finish(AnswerOutcome(FinishReason.STOP)).result()
    hand.opens(asked.conversation.id)
    hand.asks("Go on with words " + "more words " * 60)

    hand.waits(lambda: NoticeAction.NEW_CONVERSATION in hand.offered())
    unanswered = stored(profile, asked.conversation.id).messages[-2].text
    hand.chooses(NoticeAction.NEW_CONVERSATION)

    assert hand.page.current_id is None
    assert hand.page.settings == small
    assert hand.field.toPlainText() == unanswered
    hand.page.flush()
    assert profile.conversations.draft(None).result().text == unanswered


def test_a_full_memory_goes_on_in_an_empty_new_conversation(hand: Hand, profile: Profile) -> None:
    asked = make_conversation(
        profile, "Hi", "Hello.", AnswerOutcome(FinishReason.STOP), replace(SCRIPTED, window_tokens=256)
    )
    hand.opens(asked.conversation.id)
    hand.asks(ENDLESS)

    assert hand.notice_action() is NoticeAction.SUMMARISE
    hand.waits(lambda: "memory" in hand.last_note())
    hand.chooses(NoticeAction.NEW_CONVERSATION)

    assert hand.page.current_id is None
    assert hand.field.toPlainText() == ""
    assert stored_answer(profile, asked.conversation.id).text


def test_an_answer_that_filled_the_memory_goes_on_with_more(hand: Hand, profile: Profile) -> None:
    asked = make_conversation(
        profile, "Hi", "Hello.", AnswerOutcome(FinishReason.STOP), replace(SCRIPTED, window_tokens=256)
    )
    hand.opens(asked.conversation.id)
    hand.asks(ENDLESS)
    hand.waits(lambda: NoticeAction.MORE_MEMORY in hand.offered())
    assert hand.card.notice is not None
    assert hand.card.notice.sentence == "The memory of this conversation is full."
    text = stored_answer(profile, asked.conversation.id).text

    hand.chooses(NoticeAction.MORE_MEMORY)
    hand.waits(lambda: len(hand.last_text()) > 2 * len(text))
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing())

    assert stored_answer(profile, asked.conversation.id).text.startswith(text)


def test_a_draft_that_could_not_be_saved_is_saved_by_trying_again(hand: Hand, profile: Profile) -> None:
    set_read_only(profile.database, is_read_only=True)
    QTest.keyClicks(hand.field, "thought")
    assert hand.notice_action() is NoticeAction.TRY_AGAIN
    set_read_only(profile.database, is_read_only=False)

    hand.presses_card()

    assert profile.conversations.draft(None).result().text == "thought"
    assert not hand.card.isVisible()


def test_an_answer_at_its_length_limit_can_go_on(hand: Hand, profile: Profile) -> None:
    short = ConversationSettings(engine=BUILTIN, model=PRACTICE_MODEL, window_tokens=2048, answer_limit_tokens=4)
    asked = make_conversation(profile, "Hi", "Hello.", AnswerOutcome(FinishReason.STOP), short)
    hand.opens(asked.conversation.id)
    hand.asks("Tell me of trees.")

    assert hand.notice_action() is NoticeAction.CONTINUE
    before = hand.last_text()
    hand.presses_card()
    hand.waits(lambda: len(hand.last_text()) > len(before) and not hand.is_writing())

    assert hand.last_text().startswith(before)
    assert hand.last_text() == stored_answer(profile, asked.conversation.id).text


def test_what_cannot_be_mended_inside_asks_to_quit(hand: Hand, profile: Profile, qtbot: QtBot) -> None:
    damaged = AnswerOutcome(FinishReason.ERROR, error="DatabaseDamaged", facts=(("path", "phidesk.sqlite"),))
    asked = make_conversation(profile, "Hi", "", damaged)
    hand.opens(asked.conversation.id)

    with qtbot.waitSignal(hand.page.quit_requested):
        hand.presses_card()


# Around it


def test_a_suggestion_fills_the_composer_and_keeps_what_was_typed(hand: Hand) -> None:
    suggestion = hand.page.findChildren(QPushButton, "suggestion")[1]
    QTest.keyClicks(hand.field, "Mine")

    QTest.mouseClick(suggestion, Qt.MouseButton.LeftButton)

    assert hand.field.toPlainText() == f"Mine\n{suggestion.accessibleDescription()}"
    assert hand.field.hasFocus()


def test_tab_goes_as_the_eye_does(hand: Hand, profile: Profile) -> None:
    asked = make_conversation(profile, "Hi", "Half", AnswerOutcome(FinishReason.LENGTH))
    hand.opens(asked.conversation.id)
    hand.waits(hand.card.isVisible)
    hand.transcript.setFocus()
    names = []

    for _ in range(5):
        QTest.keyClick(hand.focused(), Qt.Key.Key_Tab)
        names.append(hand.focused().objectName())

    assert names == ["noticeAction", "composerInput", "addFilesButton", "sendButton", "gaugeLine"]


def test_a_card_leaves_the_composer_as_high_as_it_was(hand: Hand, profile: Profile) -> None:
    asked = make_conversation(profile, "Hi", "Half an ans", AnswerOutcome(FinishReason.ENDED_EARLY))
    before = hand.find(Composer, "composer").height()

    hand.opens(asked.conversation.id)
    hand.waits(hand.card.isVisible)

    assert hand.find(Composer, "composer").height() == before


def test_the_composer_stands_under_the_column_of_the_transcript(hand: Hand, profile: Profile) -> None:
    asked = make_conversation(profile, "Hi", "word " * 3_000, AnswerOutcome(FinishReason.STOP))
    hand.opens(asked.conversation.id)
    composer = hand.find(QWidget, "composer")

    for width in (480, 700, 1_101):
        hand.page.resize(width, 600)
        QApplication.processEvents()
        left = composer.mapTo(hand.page, QPoint()).x()

        assert abs(left - hand.transcript.column_left) <= 1
        assert abs(composer.width() - hand.transcript.content.column_width) <= 1


def set_read_only(database: Database, *, is_read_only: bool) -> None:
    """Let SQLite refuse to write, as on a disk that became read-only."""
    database._executor.submit(database._connection.pragma, "query_only", is_read_only).result()


def test_it_tells_where_a_question_goes_as_soon_as_that_is_chosen(make_page: MakePage) -> None:
    page = make_page()
    (promise,) = page.findChildren(QLabel, "promise")
    before = promise.text()

    page.set_model("http://10.0.0.7:8000", "small")
    chosen = promise.text()
    page.show_conversation(None)

    assert "10.0.0.7:8000" in chosen
    assert promise.text() == before != chosen


def test_once_the_window_closes_nothing_more_is_taken_of_an_answer(hand: Hand, profile: Profile) -> None:
    hand.asks("Hi")
    hand.waits(lambda: hand.page.current_id is not None)
    asked_id = hand.page.current_id
    assert asked_id is not None
    changes = QSignalSpy(hand.page.writing_changed)

    hand.page.flush()
    hand.waits(lambda: stored(profile, asked_id).messages[-1].outcome is not None)

    assert not changes.wait(200)


def test_f4_reads_the_answer_and_goes_back(hand: Hand) -> None:
    hand.asks_and_is_answered("Hi")

    QTest.keyClick(hand.field, Qt.Key.Key_F4)

    text = hand.find(QTextBrowser, "messageText")
    assert text.isVisible()
    assert text.toPlainText() == SCRIPTED_GREETING
    QTest.keyClick(text, Qt.Key.Key_F4)
    assert not text.isVisible()
    assert hand.transcript.hasFocus()
