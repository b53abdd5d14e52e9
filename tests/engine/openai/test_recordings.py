"""What real servers said once (tests/data/openai), said again: vLLM 0.32.0 and `transformers serve` 5.24.0.

Both ran with a tiny model of random weights, so that the texts mean nothing; the forms are theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.conversation import Role
from phidesk.core.errors import EngineRefused, KeyRequired, ModelMissing, PhiDeskError, PromptTooLong
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, Finished, PromptMessage, TextDelta
from tests.fakes.openai_server import Received, Reply, ScriptedServer, scripted_server

RECORDED = Path(__file__).parents[2] / "data" / "openai"
CHAT, MODELS = "/v1/chat/completions", "/v1/models"
QUESTION = (PromptMessage(Role.PERSON, "Hi"),)
UNFINISHED = (*QUESTION, PromptMessage(Role.MODEL, "Well,"))


def recorded(server: str, exchange: str) -> Reply:
    """Return what a server said, in pieces that break lines and characters."""
    document = json.loads((RECORDED / f"{server}.json").read_text(encoding="utf-8"))["exchanges"][exchange]
    content = document["content"].encode()
    pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
    return Reply(pieces, status=document["status"], kind=document["kind"])


@pytest.fixture
def script() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def ask(script: ScriptedServer, gate: Gate) -> Callable[..., list[AnswerEvent]]:
    """Ask the server that `says` prepared."""

    def ask(messages: tuple[PromptMessage, ...] = QUESTION, **options: Any) -> list[AnswerEvent]:
        engine = ServerEngine(script.address, lambda: "any", gate)
        request = AnswerRequest(ModelInfo("tiny", engine.name), messages, **options)
        return list(engine.answer(request, Cancellation()))

    return ask


def says(script: ScriptedServer, server: str, *exchanges: str) -> None:
    """Let it list its models, and answer question after question like this."""
    rest = iter(exchanges)

    def chat(_received: Received) -> Reply:
        return recorded(server, next(rest))

    script.replies[MODELS] = recorded(server, "models")
    script.replies[CHAT] = chat


def finished(events: list[AnswerEvent]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    return last


def questions(script: ScriptedServer) -> list[Any]:
    return [received.body for received in script.received if received.method == "POST"]


@pytest.mark.parametrize(("server", "window_tokens"), [("vllm", 256), ("transformers", None)])
def test_the_list_of_models_is_read(script: ScriptedServer, gate: Gate, server: str, window_tokens: int | None) -> None:
    script.replies[MODELS] = recorded(server, "models")
    engine = ServerEngine(script.address, lambda: None, gate)

    assert [model.name for model in engine.models()] == ["tiny"]
    assert engine.loaded() == ([LoadedModel("tiny", window_tokens)] if window_tokens else [])


@pytest.mark.parametrize("server", ["vllm", "transformers"])
def test_an_answer_comes_with_its_figures(
    script: ScriptedServer, ask: Callable[..., list[AnswerEvent]], server: str
) -> None:
    says(script, server, "chat")

    events = ask(answer_limit_tokens=6)

    assert any(isinstance(event, TextDelta) for event in events)
    assert finished(events).reason is FinishReason.LENGTH
    assert finished(events).usage == Usage(19, 6)


@pytest.mark.parametrize(("server", "usage"), [("vllm", Usage()), ("transformers", Usage(19, 4))])
def test_figures_that_are_not_told_are_unknown(
    script: ScriptedServer, ask: Callable[..., list[AnswerEvent]], server: str, usage: Usage
) -> None:
    says(script, server, "chat_no_usage")

    assert finished(ask(answer_limit_tokens=4)).usage == usage


def test_transformers_goes_on_with_an_answer_without_the_fields_that_it_refuses(
    script: ScriptedServer, ask: Callable[..., list[AnswerEvent]]
) -> None:
    says(script, "transformers", "chat_continue", "chat_last_is_assistant")

    events = ask(UNFINISHED)

    first, second = questions(script)
    assert set(first) - set(second) == {"continue_final_message", "add_generation_prompt"}
    assert finished(events).reason is FinishReason.LENGTH


def test_vllm_goes_on_with_an_answer(script: ScriptedServer, ask: Callable[..., list[AnswerEvent]]) -> None:
    says(script, "vllm", "chat_continue")

    assert finished(ask(UNFINISHED)).reason is FinishReason.LENGTH
    assert len(questions(script)) == 1


def test_a_limit_beyond_the_window_of_vllm_is_no_limit(
    script: ScriptedServer, ask: Callable[..., list[AnswerEvent]]
) -> None:
    says(script, "vllm", "chat_limit_over_window", "chat")

    events = ask(answer_limit_tokens=100_000)

    assert [question.get("max_tokens") for question in questions(script)] == [100_000, None]
    assert finished(events).usage == Usage(19, 6)


@pytest.mark.parametrize(
    ("server", "exchange", "expected"),
    [
        ("vllm", "chat_no_key", KeyRequired),
        ("vllm", "chat_wrong_key", KeyRequired),
        ("vllm", "chat_missing_model", ModelMissing),
        ("vllm", "chat_too_long", PromptTooLong),
        ("vllm", "chat_bad_temperature", EngineRefused),
        ("transformers", "chat_missing_model", EngineRefused),
        ("transformers", "empty_body", EngineRefused),
    ],
)
def test_a_refusal_becomes_its_error(
    script: ScriptedServer,
    ask: Callable[..., list[AnswerEvent]],
    server: str,
    exchange: str,
    expected: type[PhiDeskError],
) -> None:
    says(script, server, exchange)

    with pytest.raises(expected) as raised:
        ask()

    if isinstance(raised.value, PromptTooLong):  # It counted characters, and tells no tokens of the prompt.
        assert (raised.value.prompt_tokens, raised.value.window_tokens) == (None, 256)


@pytest.mark.parametrize("server", ["vllm", "transformers"])
def test_an_empty_question_shows_that_no_key_is_missing(script: ScriptedServer, gate: Gate, server: str) -> None:
    script.replies[CHAT] = recorded(server, "empty_body")

    assert not ServerEngine(script.address, lambda: None, gate).needs_key()


def test_vllm_wants_its_key_before_everything(script: ScriptedServer, gate: Gate) -> None:
    script.replies[CHAT] = recorded("vllm", "chat_no_key")
    script.replies[MODELS] = recorded("vllm", "models_no_key")
    engine = ServerEngine(script.address, lambda: None, gate)

    assert engine.needs_key()
    with pytest.raises(KeyRequired):
        engine.models()
