"""The window that the engine really allocated: one truth for what is told and for what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.chat.allocated_window import allocated_window_tokens
from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.forecast import forecast_prompt
from phidesk.chat.prompt_plan import PromptPlanner
from phidesk.chat.request import build_request
from phidesk.core.answers import ASKED_WINDOW, AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.drafts import Draft
from phidesk.core.errors import WindowExceeded
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.parts import TextPart
from phidesk.core.tasks import StartLoop
from phidesk.engine.ollama.client import OllamaEngine
from tests.journeys.desk import Desk, Followed, open_desk

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MEMORY_BYTES = 2**35
ASKED, GIVEN = 4096, 1024
OTHER = 2048


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


def talk(model: ModelInfo, *windows: tuple[int, int], question: str = "", wanted: int = ASKED) -> Conversation:
    """Make a conversation with one answer for each pair of windows asked for and given, and a question behind them."""
    messages: list[Message] = []

    def add(role: Role, text: str, outcome: AnswerOutcome | None = None) -> None:
        parent = messages[-1].id if messages else None
        parts = (TextPart(text),) if text else ()
        number = f"m{len(messages)}"
        messages.append(
            Message(number, "c", parent, role, parts, NOW, engine=model.engine, model=model.name, outcome=outcome)
        )

    for asked, given in windows:
        facts = ((ASKED_WINDOW, asked),) if asked != given else ()
        add(Role.PERSON, "Hi")
        add(Role.MODEL, "Hello", AnswerOutcome(FinishReason.STOP, Usage(20, 5), window_tokens=given, facts=facts))
    if question:
        add(Role.PERSON, question)
        add(Role.MODEL, "")
    return Conversation("c", "", NOW, NOW, ConversationSettings(window_tokens=wanted), tuple(messages))


@pytest.mark.parametrize(
    ("windows", "known"),
    [
        ([], ASKED),
        ([(ASKED, GIVEN)], GIVEN),
        ([(ASKED, 2 * ASKED)], 2 * ASKED),
        ([(OTHER, OTHER)], ASKED),
        ([(ASKED, GIVEN), (OTHER, OTHER)], GIVEN),
        ([(ASKED, GIVEN), (ASKED, ASKED)], ASKED),
    ],
    ids=["nothing yet", "less", "more", "other", "before another", "the newest counts"],
)
def test_the_engine_gives_what_it_gave_when_it_was_last_asked_for_this_window(
    engine: OllamaEngine, windows: list[tuple[int, int]], known: int
) -> None:
    model = engine.models()[0]
    conversation = talk(model, *windows, question="And?")
    request = build_request(conversation, model, computer_memory_bytes=MEMORY_BYTES)

    assert allocated_window_tokens(conversation.messages, request) == known


def test_what_is_sent_must_fit_what_was_given_though_the_same_is_asked_for(engine: OllamaEngine) -> None:
    model = engine.models()[0]
    fits, exceeds = "why " * 100, "why " * 400

    plan = planner(engine, model, fits).plan()
    with pytest.raises(WindowExceeded) as caught:
        planner(engine, model, exceeds).plan()

    assert (plan.window_tokens, plan.request.window_tokens) == (GIVEN, ASKED)
    assert caught.value.window_tokens == GIVEN
    assert caught.value.larger_window_tokens == 2 * ASKED


def planner(engine: OllamaEngine, model: ModelInfo, question: str) -> PromptPlanner:
    conversation = talk(model, (ASKED, GIVEN), question=question)
    return PromptPlanner(conversation, build_request(conversation, model, computer_memory_bytes=MEMORY_BYTES), engine)


@pytest.mark.parametrize("words", [100, 2 * GIVEN], ids=["fits", "exceeds"])
def test_what_is_told_while_typing_is_what_sending_will_say(engine: OllamaEngine, words: int) -> None:
    model = engine.models()[0]
    question = "why " * words

    told = forecast_prompt(
        talk(model, (ASKED, GIVEN)), Draft(question), engine=engine, model=model, computer_memory_bytes=MEMORY_BYTES
    )
    try:
        sent = planner(engine, model, question).plan()
        said = (sent.count.tokens, sent.window_tokens, 0)
    except WindowExceeded as excess:
        said = (excess.prompt_tokens, excess.window_tokens, excess.excess_tokens)

    assert (told.prompt_tokens, told.window_tokens, told.excess_tokens) == said


def test_another_window_between_two_answers_is_noticed(desk: Desk, engine: OllamaEngine) -> None:
    model = engine.models()[0]
    settings = ConversationSettings(window_tokens=ASKED)
    first = desk.ask("Hi", settings)
    engine.load(model, OTHER)

    second = again(desk, first.turn.conversation_id, settings)
    third = again(desk, first.turn.conversation_id, settings)

    assert first.outcome is not None
    assert first.outcome.gauge.replaced_window_tokens is None
    assert second.gauge.replaced_window_tokens == OTHER
    assert second.gauge.window_tokens == ASKED
    assert third.gauge.replaced_window_tokens is None


def test_another_window_is_told_from_what_is_loaded_before_anything_is_asked(desk: Desk, engine: OllamaEngine) -> None:
    model = engine.models()[0]
    settings = ConversationSettings(window_tokens=ASKED)
    path = answered(desk, settings)

    def changed(window_tokens: int, settings: ConversationSettings = settings) -> int | None:
        report = EngineReport(model.engine, model, LoadedModel(model.name, window_tokens))
        return desk.service.changed_window_tokens(path, settings, report)

    assert changed(ASKED) is None
    assert changed(OTHER) == OTHER
    assert changed(OTHER, replace(settings, window_tokens=OTHER)) is None
    assert desk.service.changed_window_tokens(path, settings, EngineReport(model.engine, model)) is None
    assert desk.service.changed_window_tokens((), settings, EngineReport(model.engine, model)) is None


def answered(desk: Desk, settings: ConversationSettings) -> tuple[Message, ...]:
    first = desk.ask("Hi", settings)
    assert first.turn.conversation_id is not None
    return desk.conversations.get(first.turn.conversation_id).result().messages


def test_the_window_that_the_person_chose_anew_is_nobody_elses(desk: Desk) -> None:
    first = desk.ask("Hi", ConversationSettings(window_tokens=ASKED))
    larger = ConversationSettings(window_tokens=2 * ASKED)
    assert first.turn.conversation_id is not None
    desk.conversations.change_settings(first.turn.conversation_id, larger).result()

    second = again(desk, first.turn.conversation_id, larger)

    assert second.gauge.window_tokens == 2 * ASKED
    assert second.gauge.replaced_window_tokens is None


def again(desk: Desk, conversation_id: str | None, settings: ConversationSettings) -> AnswerOutcome:
    followed = Followed(desk.service.ask("And?", conversation_id=conversation_id, settings=settings))
    return followed.follow_to_end()
