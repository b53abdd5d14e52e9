"""What a model thinks before it answers: kept apart from the answer, with how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.core.answers import THINKING_MS, AnswerOutcome, FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.parts import TextPart, ThinkingPart, joined
from phidesk.core.tasks import StartLoop
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import TextDelta, ThinkingDelta
from tests.fakes.openai_server import ScriptedServer, scripted_server
from tests.journeys.desk import Desk, Followed, open_desk

CHAT, MODELS = "/v1/chat/completions", "/v1/models"
PIECES = [
    ("reasoning", "Let me "),
    ("reasoning", "see."),
    ("content", "It is "),
    ("content", "36."),
    ("reasoning", "Hm."),
]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.says(MODELS, {"data": [{"id": "small", "max_model_len": 2048}]})
        events = [{"choices": [{"index": 0, "delta": {field: text}}]} for field, text in PIECES]
        server.streams(CHAT, *events)
        yield server


@pytest.fixture
def desk(tmp_path: Path, server: ScriptedServer, gate: Gate, start_loop: StartLoop) -> Iterator[Desk]:
    engine = ServerEngine(server.address, lambda: "", gate)
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk
    engine.close()


def test_thoughts_are_parts_and_their_durations_are_kept(desk: Desk, server: ScriptedServer) -> None:
    followed = desk.ask("How much?", ConversationSettings(engine=server.address, model="small"))

    assert followed.turn.conversation_id is not None
    answer = desk.conversations.get(followed.turn.conversation_id).result().messages[-1]
    assert answer.parts == (ThinkingPart("Let me see."), TextPart("It is 36."), ThinkingPart("Hm."))
    assert answer.outcome is not None
    assert answer.outcome.thinking_ms == followed.turn.thinking_ms
    assert len(answer.outcome.thinking_ms) == 2
    assert answer.outcome.thinking_ms[1] == 0


def test_durations_are_added_up_where_an_answer_is_gone_on_with(desk: Desk, server: ScriptedServer) -> None:
    cut_off = [{"choices": [{"index": 0, "delta": {field: text}}]} for field, text in PIECES]
    server.streams(CHAT, *cut_off, ends_properly=False)
    first = desk.ask("How much?", ConversationSettings(engine=server.address, model="small"))
    rest = [("reasoning", " Yes."), ("content", " Sure.")]
    server.streams(CHAT, *[{"choices": [{"index": 0, "delta": {field: text}}]} for field, text in rest])
    assert first.turn.conversation_id is not None

    resumed = Followed(desk.service.resume(first.turn.conversation_id))
    resumed.follow_to_end()

    answer = desk.conversations.get(first.turn.conversation_id).result().messages[-1]
    thoughts = [part.text for part in answer.parts if isinstance(part, ThinkingPart)]
    assert answer.outcome is not None
    assert thoughts == ["Let me see.", "Hm. Yes."]
    assert len(answer.outcome.thinking_ms) == len(first.turn.thinking_ms) == 2
    assert answer.outcome.thinking_ms == resumed.turn.thinking_ms
    assert answer.outcome.thinking_ms[0] == first.turn.thinking_ms[0]
    assert answer.outcome.thinking_ms[1] >= first.turn.thinking_ms[1]


def test_neighbouring_pieces_reach_the_window_as_one(desk: Desk, server: ScriptedServer) -> None:
    followed = desk.begin("How much?", ConversationSettings(engine=server.address, model="small"))
    while not followed.turn.is_over:
        pass

    followed.follow_to_end()

    said = [event for event in followed.events if isinstance(event, TextDelta | ThinkingDelta)]
    assert said == [ThinkingDelta("Let me see."), TextDelta("It is 36."), ThinkingDelta("Hm.")]


def test_an_answer_without_thinking_says_nothing_of_it() -> None:
    assert AnswerOutcome(FinishReason.STOP).thinking_ms == ()
    assert AnswerOutcome(FinishReason.STOP, facts=((THINKING_MS, "12 0"),)).thinking_ms == (12, 0)


def test_pieces_join_into_parts() -> None:
    pieces = (TextPart("a"), TextPart("b"), ThinkingPart("c"), TextPart("d"))

    assert joined(pieces) == (TextPart("ab"), ThinkingPart("c"), TextPart("d"))
