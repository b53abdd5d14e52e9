"""A server at an address, played by a scripted server that sends what real ones send."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.conversation import Role
from phidesk.core.errors import (
    CertificateUntrusted,
    EngineBusy,
    EngineDied,
    EngineForbidden,
    EngineRefused,
    EngineStarting,
    EngineUnreachable,
    KeyRequired,
    ModelElsewhere,
    ModelMissing,
    NotAnEngine,
    PhiDeskError,
    PromptTooLong,
)
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import (
    AnswerEvent,
    AnswerRequest,
    EngineStatus,
    Finished,
    PromptMessage,
    Reading,
    TextDelta,
    ThinkingDelta,
    Waiting,
)
from tests.fakes.model_registry import ModelRegistry
from tests.fakes.openai_server import Reply, ScriptedServer, scripted_server

CHAT = "/v1/chat/completions"
KEY = "the key"
CERTIFICATE = Path(__file__).parents[2] / "data" / "tls" / "server.pem"
QUESTION = (PromptMessage(Role.PERSON, "Hello?"),)
WAIT_S = 10.0


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.says("/v1/models", {"object": "list", "data": [{"id": "small", "object": "model"}]})
        yield server


@pytest.fixture
def engine(server: ScriptedServer, gate: Gate) -> ServerEngine:
    return ServerEngine(server.address, lambda: KEY, gate)


def delta(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}], **more}


def ask(
    engine: ServerEngine,
    cancel: Cancellation | None = None,
    messages: tuple[PromptMessage, ...] = QUESTION,
    **options: Any,
) -> list[AnswerEvent]:
    request = AnswerRequest(ModelInfo("small", engine.name), messages, **options)
    return list(engine.answer(request, cancel or Cancellation()))


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def finished(events: list[AnswerEvent]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    assert sum(isinstance(event, Finished) for event in events) == 1
    return last


def stop_when_waiting(server: ScriptedServer, cancel: Cancellation) -> None:
    server.waiting.wait(WAIT_S)
    cancel.cancel()


def test_an_answer_streams_with_its_figures(engine: ServerEngine, server: ScriptedServer) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    server.streams(
        CHAT, delta("Hel"), delta("lo"), delta(finish="stop"), {"choices": [], "usage": usage}, b"data: [DONE]\n\n"
    )

    events = ask(engine)

    assert isinstance(events[0], Waiting)
    assert text_of(events) == "Hello"
    assert finished(events).reason is FinishReason.STOP
    assert finished(events).usage == Usage(9, 2, 4)
    assert finished(events).window_tokens is None
    assert finished(events).timings.first_token_ms is not None


def test_only_what_was_asked_for_is_sent(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, delta("x", "stop"))

    ask(engine, instructions="Be brief.", answer_limit_tokens=7, temperature=0.0, seed=3)
    ask(engine)

    posts = [received for received in server.received if received.method == "POST"]
    full, bare = posts[0].body, posts[1].body
    assert full["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]
    assert (full["max_tokens"], full["temperature"], full["seed"]) == (7, 0.0, 3)
    assert not {"max_tokens", "temperature", "seed", "return_progress", "continue_final_message"} & set(bare)
    assert posts[0].headers["Authorization"] == "Bearer the key"


def test_without_a_key_none_is_sent(server: ScriptedServer, gate: Gate) -> None:
    ServerEngine(server.address, lambda: None, gate).models()

    assert "Authorization" not in server.received[-1].headers


def test_an_unfinished_answer_is_gone_on_with(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, delta(" 4"), delta(finish="stop"))

    ask(engine, messages=(*QUESTION, PromptMessage(Role.MODEL, "1, 2, 3,")))

    (body,) = (received.body for received in server.received if received.method == "POST")
    assert body["messages"][-1] == {"role": "assistant", "content": "1, 2, 3,"}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_comments_missing_spaces_and_thinking_are_understood(engine: ServerEngine, server: ScriptedServer) -> None:
    thought = {"choices": [{"delta": {"reasoning_content": "hm"}}]}
    answer, odd = (
        b'data:{"choices":[{"delta":{"content":"A"}}]}\r\n\r\n',
        b'event: x\nid: 3\ndata: {"choices":null}\n\n',
    )
    server.streams(CHAT, b": keep-alive\n\n", thought, answer, b"\n", odd)

    events = ask(engine)

    assert ThinkingDelta("hm") in events
    assert text_of(events) == "A"


def test_a_stream_without_its_last_word_has_ended_early(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, delta("Hel"), b'data: {"choices":[{"delta":{"content":"cut')

    events = ask(engine)

    assert text_of(events) == "Hel"
    assert finished(events).reason is FinishReason.ENDED_EARLY
    assert finished(events).usage == Usage()


def test_a_stream_without_done_is_complete_with_its_finish_reason(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, delta("x"), delta(finish="length"))

    assert finished(ask(engine)).reason is FinishReason.LENGTH


def test_a_connection_that_breaks_is_a_death(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, delta("Hel"), ends_properly=False)

    with pytest.raises(EngineDied):
        ask(engine)


def test_an_error_in_the_stream_is_raised(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, delta("Hel"), {"error": {"code": 500, "message": "boom", "type": "server_error"}})

    with pytest.raises(EngineDied) as raised:
        ask(engine)

    assert raised.value.detail == "boom"


@pytest.mark.parametrize(
    ("status", "document", "expected"),
    [
        (401, {"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}, KeyRequired),
        (403, {"error": {"message": "no"}}, EngineForbidden),
        (404, {"error": {"message": "The model `small` does not exist.", "code": 404}}, ModelMissing),
        (404, {"detail": "Not Found"}, NotAnEngine),
        (503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}, EngineStarting),
        (503, {"error": {"message": "queue is full"}}, EngineBusy),
        (429, {"error": {"message": "slow down"}}, EngineBusy),
        (400, {"object": "error", "message": "bad temperature", "code": 400}, EngineRefused),
        (500, {"error": "text only"}, EngineRefused),
    ],
)
def test_a_refusal_becomes_its_error(
    engine: ServerEngine, server: ScriptedServer, status: int, document: Any, expected: type[PhiDeskError]
) -> None:
    server.says(CHAT, document, status=status)

    with pytest.raises(expected) as raised:
        ask(engine)

    assert raised.value.facts()["engine"] == server.address


@pytest.mark.parametrize(
    ("error", "prompt_tokens", "window_tokens"),
    [
        (
            {"type": "exceed_context_size_error", "message": "…", "n_prompt_tokens": 5031, "n_ctx": 4096, "code": 400},
            5031,
            4096,
        ),
        (
            {
                "message": "This model's maximum context length is 4096 tokens. However, you requested 5100 tokens "
                "(5000 in the messages, 100 in the completion)."
            },
            5000,
            4096,
        ),
        ({"message": "This model's maximum context length is 4096 tokens. Please shorten."}, None, 4096),
    ],
)
def test_a_prompt_that_is_too_long_comes_with_both_numbers(
    engine: ServerEngine, server: ScriptedServer, error: Any, prompt_tokens: int | None, window_tokens: int
) -> None:
    server.says(CHAT, {"error": error}, status=400)

    with pytest.raises(PromptTooLong) as raised:
        ask(engine)

    assert (raised.value.prompt_tokens, raised.value.window_tokens) == (prompt_tokens, window_tokens)


@pytest.mark.parametrize("status", [200, 404])
def test_a_web_page_is_not_an_engine(engine: ServerEngine, server: ScriptedServer, status: int) -> None:
    for path in (CHAT, "/v1/models"):
        server.replies[path] = Reply([b"<!DOCTYPE html><html></html>\n"], status=status, kind="text/html")

    assert engine.state().status is EngineStatus.NOT_AN_ENGINE
    with pytest.raises(NotAnEngine):
        engine.models()
    with pytest.raises(NotAnEngine):
        ask(engine)


@pytest.mark.parametrize("document", [[], "text", {"data": 3}, {"data": [{"name": "x"}]}, {"models": []}])
def test_foreign_json_is_not_an_engine(engine: ServerEngine, server: ScriptedServer, document: Any) -> None:
    server.says("/v1/models", document)

    with pytest.raises(NotAnEngine):
        engine.models()


def test_nobody_at_the_address_is_unreachable(gate: Gate) -> None:
    engine = ServerEngine("127.0.0.1:9", lambda: None, gate)

    assert engine.state().status is EngineStatus.UNREACHABLE
    with pytest.raises(EngineUnreachable):
        engine.models()
    with pytest.raises(EngineUnreachable):
        ask(engine)


def test_a_certificate_that_nobody_vouches_for_is_told_apart_from_silence(gate: Gate) -> None:
    with ModelRegistry(certificate=CERTIFICATE) as stranger:
        engine = ServerEngine(stranger.url, lambda: KEY, gate)

        with pytest.raises(CertificateUntrusted) as raised:
            engine.models()

        assert raised.value.address == stranger.url
        assert engine.state().status is EngineStatus.NOT_AN_ENGINE
        assert stranger.requests == []


def test_https_where_the_server_speaks_plain_http_is_a_wrong_address(server: ScriptedServer, gate: Gate) -> None:
    engine = ServerEngine(server.address.replace("http:", "https:"), lambda: KEY, gate)

    with pytest.raises(NotAnEngine):
        engine.models()


def test_states_follow_the_reply(engine: ServerEngine, server: ScriptedServer) -> None:
    assert engine.state().status is EngineStatus.READY
    server.says("/v1/models", {"error": {"message": "key"}}, status=401)
    assert engine.state().status is EngineStatus.FORBIDDEN
    server.says("/v1/models", {"error": {"message": "Loading model"}}, status=503)
    assert engine.state().status is EngineStatus.STARTING


def test_llama_server_tells_its_window_and_progress(engine: ServerEngine, server: ScriptedServer) -> None:
    meta = {"n_ctx_train": 8192, "size": 96576768, "ftype": "Q4_1"}
    server.says("/v1/models", {"data": [{"id": "small", "owned_by": "llamacpp", "meta": meta}]})
    server.says("/props", {"default_generation_settings": {"n_ctx": 4096}})
    progress = {"total": 40, "cache": 0, "processed": 20, "time_ms": 5}
    usage = {"prompt_tokens": 4000, "completion_tokens": 96}
    server.streams(
        CHAT,
        {**delta(), "prompt_progress": progress},
        delta("x", "length"),
        {"choices": [], "usage": usage, "timings": {"prompt_ms": 7.5, "predicted_ms": 2.5}},
    )

    model = engine.models()[0]
    events = ask(engine)

    assert (model.trained_window_tokens, model.size_bytes, model.quantisation) == (8192, 96576768, "Q4_1")
    assert engine.loaded() == [LoadedModel("small", 4096)]
    assert Reading(20, 40) in events
    assert finished(events).reason is FinishReason.WINDOW_FULL
    assert finished(events).window_tokens == 4096
    assert (finished(events).timings.reading_ms, finished(events).timings.writing_ms) == (7.5, 2.5)


def test_vllm_tells_its_window_with_the_model(engine: ServerEngine, server: ScriptedServer) -> None:
    server.says("/v1/models", {"data": [{"id": "small", "owned_by": "vllm", "max_model_len": 16384}]})

    assert engine.models()[0].trained_window_tokens == 16384
    assert engine.loaded() == [LoadedModel("small", 16384)]


def test_a_model_that_the_server_takes_from_a_cloud_is_never_offered_and_never_asked(
    engine: ServerEngine, server: ScriptedServer
) -> None:
    server.says("/v1/models", {"data": [{"id": "gpt-oss:120b-cloud"}, {"id": "small"}]})
    cloud, small = engine.models()

    with pytest.raises(ModelElsewhere):
        list(engine.answer(AnswerRequest(cloud, QUESTION), Cancellation()))

    assert (cloud.can_chat, small.can_chat) == (False, True)
    assert [received for received in server.received if received.method == "POST"] == []


def test_what_a_server_does_not_tell_stays_unknown(engine: ServerEngine) -> None:
    model = engine.models()[0]

    assert (model.size_bytes, model.trained_window_tokens, model.capabilities) == (None, None, frozenset())
    assert model.can_chat
    assert engine.loaded() == []


@pytest.mark.parametrize("events", [[None], [delta("a"), None]], ids=["before the first byte", "while it writes"])
def test_stop_ends_at_once_and_hangs_up(engine: ServerEngine, server: ScriptedServer, events: list[Any]) -> None:
    server.streams(CHAT, *events)
    cancel = Cancellation()
    stopper = threading.Thread(target=lambda: stop_when_waiting(server, cancel))
    stopper.start()

    with pytest.raises(Cancelled):
        ask(engine, cancel)
    stopper.join()

    assert server.waiting.is_set()


def test_an_address_may_end_with_the_version(server: ScriptedServer, gate: Gate) -> None:
    engine = ServerEngine(f"{server.address}/v1/", lambda: None, gate)

    assert [model.name for model in engine.models()] == ["small"]
    assert engine.name == f"{server.address}/v1/"


def test_a_list_of_models_that_does_not_come_is_given_up_at_once(engine: ServerEngine, server: ScriptedServer) -> None:
    server.replies["/v1/models"] = Reply([None])
    cancel = Cancellation()
    stopper = threading.Thread(target=lambda: stop_when_waiting(server, cancel))
    stopper.start()

    with pytest.raises(Cancelled):
        engine.models(cancel)
    stopper.join()
