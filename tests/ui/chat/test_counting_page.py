"""What is typed is counted before it is sent, and what does not fit is not sent without a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.forecast import PromptForecast
from phidesk.chat.request import instructions_of
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.drafts import Draft
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.parts import TextPart
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.notices import NoticeAction
from tests.ui.chat.conftest import Profile
from tests.ui.chat.test_conversation_page import Hand, MakePage, make_page

__all__ = ["make_page"]

WINDOW = 512
LONG = "one two three four five " * 8
"""200 tokens for the scripted model: one for each character."""


@pytest.fixture
def page(make_page: MakePage) -> ConversationPage:
    page = make_page()
    page.change_settings(replace(page.settings, engine=BUILTIN, model="scripted", window_tokens=WINDOW))
    return page


@pytest.fixture
def hand(page: ConversationPage, profile: Profile, qtbot: QtBot) -> Hand:
    return Hand(page, profile, qtbot)


@pytest.fixture
def model(scripted_model: ModelInfo) -> ModelInfo:
    return scripted_model


def stored(hand: Hand) -> Conversation:
    assert hand.page.current_id is not None
    return hand.profile.conversations.get(hand.page.current_id).result()


def fill(hand: Hand) -> None:
    """Ask until it is too much."""
    hand.asks_and_is_answered(LONG)
    hand.asks_and_is_answered(LONG)
    hand.asks(LONG)
    hand.waits(hand.card.isVisible)


def test_what_is_typed_is_counted(hand: Hand, model: ModelInfo) -> None:
    hand.page.set_answering_model(model)

    QTest.keyClicks(hand.field, "Hello you")

    hand.waits(lambda: "with this message" in hand.gauge_line.text())
    assert f"of {WINDOW}" in hand.gauge_line.text()


def test_an_empty_composer_shows_what_the_last_answer_left(hand: Hand, model: ModelInfo) -> None:
    hand.page.set_answering_model(model)
    hand.asks_and_is_answered("Hi")
    hand.waits(lambda: "with this" not in hand.gauge_line.text())
    left = hand.gauge_line.text()

    QTest.keyClicks(hand.field, "Hello you")
    hand.waits(lambda: "with this message" in hand.gauge_line.text())
    hand.field.clear()

    hand.waits(lambda: hand.gauge_line.text() == left)


def test_a_forecast_is_what_the_engine_counts_then(hand: Hand, model: ModelInfo) -> None:
    hand.page.set_answering_model(model)
    hand.asks_and_is_answered("Hi")

    QTest.keyClicks(hand.field, "How are you?")
    hand.waits(lambda: "with this message" in hand.gauge_line.text())
    foreseen = int(hand.gauge_line.text().split()[0])
    hand.asks_and_is_answered("")

    answer = stored(hand).messages[-1]
    assert answer.outcome is not None
    assert answer.outcome.usage.prompt_tokens == foreseen


def test_the_pieces_that_are_foreseen_are_the_window(hand: Hand, model: ModelInfo) -> None:
    hand.page.set_answering_model(model)
    hand.asks_and_is_answered("Hi")
    told: list[PromptForecast | None] = []
    hand.page.forecast_changed.connect(told.append)

    QTest.keyClicks(hand.field, "How are you?")
    hand.waits(lambda: bool(told) and told[-1] is not None)

    forecast = told[-1]
    assert forecast is not None
    pieces = forecast.breakdown
    assert pieces is not None
    assert pieces.total_tokens == forecast.window_tokens
    assert forecast.window_tokens - pieces.answer - pieces.free == forecast.prompt_tokens
    assert pieces.earlier > 0
    assert pieces.message > 0
    assert pieces.documents == 0


def test_before_anything_is_typed_the_pieces_are_those_that_any_question_carries(hand: Hand, model: ModelInfo) -> None:
    hand.page.set_answering_model(model)
    hand.asks_and_is_answered("Hi")
    told: list[PromptForecast | None] = []
    hand.page.forecast_changed.connect(told.append)
    assert not told

    hand.page.set_forecast_watched(True)
    hand.waits(lambda: bool(told) and told[-1] is not None)

    forecast = told[-1]
    assert forecast is not None
    pieces = forecast.breakdown
    assert pieces is not None
    assert pieces.message == 0
    assert pieces.earlier > 0
    assert pieces.total_tokens == forecast.window_tokens
    assert "with this message" not in hand.gauge_line.text()


def test_instructions_that_name_the_day_are_counted_with_that_of_the_beginning(hand: Hand, model: ModelInfo) -> None:
    begun = datetime(2019, 9, 25, 12, tzinfo=UTC)
    settings = ConversationSettings("{date}" * 20, window_tokens=2048)
    path = (
        Message("q", "c", None, Role.PERSON, (TextPart("Hi"),), begun),
        Message("a", "c", "q", Role.MODEL, (TextPart("Hello"),), begun),
    )
    resolved = replace(settings, instructions=instructions_of(Conversation("c", "", begun, begun, settings, path)))

    found, expected = (hand.profile.service.forecast(path, it, Draft("And?"), model) for it in (settings, resolved))

    assert found == expected


def test_while_nobody_looks_nothing_is_counted_before_it_is_typed(hand: Hand, model: ModelInfo) -> None:
    told: list[PromptForecast | None] = []
    hand.page.forecast_changed.connect(told.append)

    hand.page.set_answering_model(model)
    hand.asks_and_is_answered("Hi")

    assert told
    assert told[-1] is None


def test_too_much_is_said_while_it_is_typed(hand: Hand, model: ModelInfo) -> None:
    hand.page.set_answering_model(model)

    told: list[PromptForecast | None] = []
    hand.page.forecast_changed.connect(told.append)

    hand.field.setPlainText(LONG * 3)

    hand.waits(lambda: "too many" in hand.gauge_line.text())
    forecast = told[-1]
    assert forecast is not None
    assert forecast.breakdown is not None
    assert forecast.breakdown.message > WINDOW
    assert forecast.breakdown.free == 0
    assert forecast.breakdown.total_tokens == WINDOW + forecast.excess_tokens


def test_what_is_said_already_and_finds_no_room_is_foreseen_piece_by_piece(hand: Hand, model: ModelInfo) -> None:
    told: list[PromptForecast | None] = []
    hand.page.set_forecast_watched(True)
    hand.page.forecast_changed.connect(told.append)
    fill(hand)

    hand.page.set_answering_model(model)

    hand.waits(lambda: bool(told) and told[-1] is not None and told[-1].excess_tokens > 0)
    assert told[-1] is not None
    assert told[-1].breakdown is not None
    assert told[-1].breakdown.message == 0
    assert told[-1].breakdown.total_tokens == WINDOW + told[-1].excess_tokens


def test_the_oldest_messages_go_when_the_person_says_so(hand: Hand) -> None:
    fill(hand)
    assert hand.card.notice is not None
    assert hand.card.notice.sentence == "This conversation no longer fits into the model's memory."

    hand.chooses(NoticeAction.LET_OLDEST_GO)
    hand.waits(lambda: hand.card.isHidden() and not hand.is_writing())

    messages = stored(hand).messages
    answer = messages[-1]
    assert answer.text
    assert answer.outcome is not None
    first_sent = str(dict(answer.outcome.facts)["first_sent"])
    assert first_sent in {message.id for message in messages[2:]}
    last_unseen = hand.transcript.content.index_of(first_sent) - 1
    noted = [place for place, shown in enumerate(hand.transcript.content.messages) if "no longer sees" in shown.note]
    assert noted == [last_unseen]

    hand.page.show_conversation(None)
    hand.opens(messages[0].conversation_id)

    assert "no longer sees" in hand.transcript.content.messages[last_unseen].note


def test_more_memory_lets_everything_stay(hand: Hand) -> None:
    fill(hand)

    hand.chooses(NoticeAction.MORE_MEMORY)
    hand.waits(lambda: hand.card.isHidden() and not hand.is_writing())

    conversation = stored(hand)
    outcome = conversation.messages[-1].outcome
    assert conversation.settings.window_tokens == 4096
    assert outcome is not None
    assert "first_sent" not in dict(outcome.facts)
    assert outcome.usage.prompt_tokens is not None
    assert outcome.usage.prompt_tokens > WINDOW


def test_it_is_said_at_once_when_others_load_the_model_with_another_window(hand: Hand, model: ModelInfo) -> None:
    def reports(window_tokens: int) -> None:
        hand.page.show_report(EngineReport(model.engine, model, LoadedModel(model.name, window_tokens)))

    hand.asks_and_is_answered("Hi")
    hand.waits(lambda: bool(hand.gauge_line.text()))
    given = stored(hand).messages[-1].outcome
    assert given is not None
    assert given.window_tokens is not None
    before = hand.gauge_line.text()

    reports(2 * given.window_tokens)
    changed, told = hand.gauge_line.text(), hand.gauge_line.toolTip()
    reports(given.window_tokens)

    assert "now loaded with" in changed
    assert "loaded anew" in told
    assert hand.gauge_line.text() == before
