"""Summaries in the page: made, changed and removed by keys and mouse; a question that found no room is asked after."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import ConversationSettings, Message
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.message_actions import ActionKind, actions_for
from phidesk.ui.chat.transcript_message import Card
from tests.real_engines import SCRIPTED_GREETING
from tests.ui.chat.conftest import Profile
from tests.ui.chat.test_acting import CONTROL, ActingHand
from tests.ui.chat.test_conversation_page import make_page, page

__all__ = ["make_page", "page"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.

TALK = ("Hello", SCRIPTED_GREETING, "Sure?", SCRIPTED_GREETING)
SUMMARISED = (*TALK[:2], SCRIPTED_GREETING, *TALK[2:])
SUMMARY = 2
WAITING = 4
"""Where the question stands that finds no room."""
SMALL_WINDOW = 1024
LONG = "one two three four five " * 10
"""240 tokens for the scripted model: one for each character."""


@pytest.fixture
def hand(page: ConversationPage, profile: Profile, qtbot: QtBot) -> ActingHand:
    """A conversation with two questions and their answers."""
    hand = ActingHand(page, profile, qtbot)
    hand.asks_and_is_answered("Hello")
    hand.asks_and_is_answered("Sure?")
    return hand


def summarises(hand: ActingHand, question: int) -> None:
    hand.focuses(question)
    hand.presses(Qt.Key.Key_S)


def titles(hand: ActingHand, index: int) -> list[str]:
    """Return what the cards of a message say."""
    insets = hand.transcript.content.messages[index].insets
    return [inset.content.title for inset in insets if isinstance(inset.content, Card)]


def offered(message: Message) -> set[ActionKind]:
    return {action.kind for action in actions_for(message, is_last=False, is_free=True)}


def test_a_summary_stands_where_it_belongs_with_its_own_heading(hand: ActingHand) -> None:
    summarises(hand, 2)

    hand.waits_for_texts(*SUMMARISED)
    shown = hand.transcript.content.messages[SUMMARY]
    (heading,) = (inset.content for inset in shown.insets)
    assert isinstance(heading, Card)
    assert heading.title == "Summary of the messages above"
    assert "Summary of the messages above" in hand.transcript.content.readable_text(SUMMARY)
    assert "no longer sees" in hand.transcript.content.messages[SUMMARY - 1].note
    assert hand.message(SUMMARY).is_standing_summary


def test_it_is_made_by_mouse_too(hand: ActingHand) -> None:
    hand.hovers(2)
    hand.clicks(ActionKind.SUMMARISE)

    hand.waits_for_texts(*SUMMARISED)


def test_removed_everything_is_as_it_was_and_undo_brings_it_back(hand: ActingHand) -> None:
    summarises(hand, 2)
    hand.waits_for_texts(*SUMMARISED)

    hand.focuses(SUMMARY)
    hand.presses(Qt.Key.Key_Delete)

    hand.waits_for_texts(*TALK)
    assert "Summary removed" in hand.undo_words()
    assert not hand.transcript.content.messages[1].note
    hand.presses(Qt.Key.Key_Z, CONTROL)
    hand.waits_for_texts(*SUMMARISED)


def test_it_is_edited_as_an_answer_is(hand: ActingHand) -> None:
    summarises(hand, 2)
    hand.waits_for_texts(*SUMMARISED)

    hand.focuses(SUMMARY)
    hand.presses(Qt.Key.Key_E)
    hand.retypes("In short")
    hand.presses(Qt.Key.Key_Return, CONTROL)

    hand.waits_for_texts(*TALK[:2], "In short", *TALK[2:])
    assert "Edited by you" in hand.transcript.content.messages[SUMMARY].note


def test_what_is_offered_is_what_makes_sense(hand: ActingHand) -> None:
    summarises(hand, 2)
    hand.waits_for_texts(*SUMMARISED)

    assert ActionKind.SUMMARISE not in offered(hand.message(0))
    assert ActionKind.AGAIN_WITH not in offered(hand.message(SUMMARY))
    assert {ActionKind.AGAIN, ActionKind.EDIT, ActionKind.DELETE} <= offered(hand.message(SUMMARY))


def test_a_question_that_found_no_room_is_asked_after_the_summary(
    page: ConversationPage, profile: Profile, qtbot: QtBot
) -> None:
    page.change_settings(ConversationSettings(engine=BUILTIN, model="scripted", window_tokens=SMALL_WINDOW))
    hand = ActingHand(page, profile, qtbot)
    hand.asks_and_is_answered(LONG)
    hand.asks_and_is_answered(LONG)
    hand.asks(LONG)
    hand.waits(hand.card.isVisible)
    before = hand.texts()

    summarises(hand, WAITING)

    hand.waits(lambda: hand.texts()[WAITING + 1 :] == [before[WAITING], SCRIPTED_GREETING])
    assert hand.texts()[:WAITING] == before[:WAITING]
    assert hand.message(WAITING).is_standing_summary
    assert hand.card.isHidden()


def test_a_conversation_begins_with_a_summary_and_cards_lead_there_and_back(hand: ActingHand) -> None:
    summarises(hand, 2)
    hand.waits_for_texts(*SUMMARISED)
    first_id = hand.page.current_id

    hand.focuses(SUMMARY)
    hand.presses(Qt.Key.Key_N)

    hand.waits_for_texts(SCRIPTED_GREETING)
    second_id = hand.page.current_id
    assert titles(hand, 0) == ["Summary of an earlier conversation", "Continues: Hello"]
    hand.transcript.card_activated.emit(hand.transcript.content.messages[0].key, f"conversation {first_id}")
    hand.waits_for_texts(*SUMMARISED)
    assert titles(hand, SUMMARY) == ["Summary of the messages above", "Continued in: Hello (continued)"]
    hand.transcript.card_activated.emit(hand.transcript.content.messages[SUMMARY].key, f"conversation {second_id}")
    hand.waits_for_texts(SCRIPTED_GREETING)


def test_a_question_after_the_first_summary_is_answered(hand: ActingHand) -> None:
    summarises(hand, 2)
    hand.waits_for_texts(*SUMMARISED)
    hand.focuses(SUMMARY)
    hand.presses(Qt.Key.Key_N)
    hand.waits_for_texts(SCRIPTED_GREETING)

    hand.asks_and_is_answered("And?")

    hand.waits_for_texts(SCRIPTED_GREETING, "And?", SCRIPTED_GREETING)
