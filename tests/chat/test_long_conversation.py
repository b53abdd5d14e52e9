"""Of a very long conversation only what may fit the window is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typing_extensions import override

from phidesk.chat.prompt_plan import FIRST_SENT, PromptPlanner
from phidesk.chat.request import build_request
from phidesk.chat.spoken_tail import SpokenTail
from phidesk.core.answers import AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow, Role
from phidesk.core.errors import WindowExceeded
from phidesk.core.parts import TextPart
from phidesk.engine.ollama.client import OllamaEngine
from tests.chat.whole_requests import whole_request

WINDOW = 2048
MESSAGES = 20_000
TEXT = "word " * 10
"""For the recorded daemon's vocabulary about fifty tokens."""
MOST_READ = 300
NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Watched(Message):
    """A message that tells when its words are read."""

    read: list[str]

    @property
    @override
    def text(self) -> str:
        self.read.append(self.id)
        return super().text


def long_talk(read: list[str], overflow: Overflow) -> Conversation:
    class Counted(Watched):
        pass

    Counted.read = read
    messages = [
        Counted(f"m{number}", "c", None, Role.MODEL if number % 2 else Role.PERSON, (TextPart(TEXT),), NOW)
        for number in range(MESSAGES)
    ]
    question = Counted("q", "c", None, Role.PERSON, (TextPart("And?"),), NOW)
    answer = Counted("a", "c", "q", Role.MODEL, (), NOW)
    settings = ConversationSettings(window_tokens=WINDOW, overflow=overflow)
    return Conversation("c", "", NOW, NOW, settings, (*messages, question, answer))


def planner(conversation: Conversation, engine: OllamaEngine) -> PromptPlanner:
    model = engine.models()[0]
    return PromptPlanner(conversation, build_request(conversation, model, computer_memory_bytes=2**34), engine)


def test_what_cannot_fit_is_not_read(engine: OllamaEngine) -> None:
    read: list[str] = []

    plan = planner(long_talk(read, Overflow.LET_OLDEST_GO), engine).plan()

    assert plan.first_sent is not None
    assert len(plan.request.messages) < len(set(read)) < MOST_READ


def test_the_next_plan_begins_where_that_before_did_and_counts_a_little_more(engine: OllamaEngine) -> None:
    read: list[str] = []
    conversation = long_talk(read, Overflow.LET_OLDEST_GO)
    first = planner(conversation, engine).plan()
    outcome = AnswerOutcome(FinishReason.STOP, Usage(first.count.tokens, 5), facts=((FIRST_SENT, first.first_sent),))
    answered = replace(conversation.messages[-1], parts=(TextPart("So."),), outcome=outcome)
    more = (
        Message("q2", "c", "a", Role.PERSON, (TextPart("Why?"),), NOW),
        Message("a2", "c", "q2", Role.MODEL, (), NOW),
    )
    read.clear()

    plan = planner(replace(conversation, messages=(*conversation.messages[:-1], answered, *more)), engine).plan()

    assert plan.first_sent == first.first_sent
    assert len(set(read)) < MOST_READ


def test_by_how_much_all_of_it_is_too_long_is_told_exactly(engine: OllamaEngine) -> None:
    conversation = long_talk([], Overflow.ASK)
    model = engine.models()[0]

    with pytest.raises(WindowExceeded) as excess:
        planner(conversation, engine).plan()

    whole = engine.count(whole_request(conversation, model))
    assert excess.value.prompt_tokens >= whole.tokens


def test_a_tail_is_the_end_of_what_was_said_and_knows_when_it_is_all() -> None:
    conversation = long_talk([], Overflow.ASK)
    tail = SpokenTail(conversation)

    tail.grow(3)
    tail.grow_to("m19990", most=100)

    assert [message.id for message in tail.messages] == [*(f"m{number}" for number in range(19_990, 20_000)), "q"]
    assert not tail.is_whole
    assert [message.text for message in tail.prompt(9)] == [TEXT, "And?"]
    tail.grow()
    assert tail.is_whole
    assert len(tail.messages) == MESSAGES + 1
