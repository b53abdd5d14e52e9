"""Single traits of servers, one by one; whole servers stand in `test_server_conformance.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Role
from phidesk.core.errors import (
    EngineBusy,
    EngineDied,
    EngineForbidden,
    EngineRefused,
    EngineUnreachable,
    KeyRequired,
    NotAnEngine,
    PhiDeskError,
    PromptTooLong,
)
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import AnyCall, BrokenCall, ToolCall, ToolDefinition, ToolFormat
from phidesk.engine.call_schema import call_schema
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import HIDDEN_KEY, ServerEngine
from phidesk.engine.protocol import (
    MOST_CALL_TOKENS,
    AnswerEvent,
    AnswerRequest,
    Finished,
    PromptMessage,
    TextDelta,
    ThinkingDelta,
)
from tests.fakes.openai_server import EVENT_STREAM, Received, Reply, ScriptedServer, scripted_server

CHAT, MODELS = "/v1/chat/completions", "/v1/models"
KEY = "key-of-the-tests"
PAGE = b"<!DOCTYPE html><html><title>Bad Gateway</title></html>\n"
HELLO = {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.says(MODELS, {"data": [{"id": "small"}]})
        yield server


@pytest.fixture
def engine(server: ScriptedServer, gate: Gate) -> ServerEngine:
    return ServerEngine(server.address, lambda: KEY, gate)


def ask(engine: ServerEngine, **options: Any) -> list[AnswerEvent]:
    request = AnswerRequest(ModelInfo("small", engine.name), (PromptMessage(Role.PERSON, "Hello?"),), **options)
    return list(engine.answer(request, Cancellation()))


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def reason_of(events: list[AnswerEvent]) -> FinishReason:
    last = events[-1]
    assert isinstance(last, Finished)
    return last.reason


def questions(server: ScriptedServer) -> list[Any]:
    return [received.body for received in server.received if received.method == "POST"]


def refuse_once(server: ScriptedServer, words: Any, *, status: int = 400) -> None:
    """Refuse the first question with these words, and answer every other one."""
    refusals = [Reply([json.dumps(words).encode()], status=status)]

    def chat(_received: Received) -> Reply:
        if refusals:
            return refusals.pop()
        events = [b"data: " + json.dumps(HELLO).encode() + b"\n\n", b"data: [DONE]\n\n"]
        return Reply(events, kind=EVENT_STREAM)

    server.replies[CHAT] = chat


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"error": {"message": "Unrecognized request argument supplied: stream_options"}}, 400),
        ({"error": {"message": "property 'stream_options' is unsupported"}}, 400),
        ({"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs"}]}, 422),
        ({"error": "unknown field: stream_options"}, 400),
    ],
)
def test_refused_stream_options_are_left_out_from_then_on(
    engine: ServerEngine, server: ScriptedServer, words: Any, status: int
) -> None:
    refuse_once(server, words, status=status)

    assert text_of(ask(engine)) == "Hello"
    ask(engine)

    assert ["stream_options" in question for question in questions(server)] == [True, False, False]


def test_the_limit_is_sent_under_its_newer_name_where_the_older_one_is_refused(
    engine: ServerEngine, server: ScriptedServer
) -> None:
    words = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    refuse_once(server, {"error": {"message": words}})

    ask(engine, answer_limit_tokens=7)
    ask(engine, answer_limit_tokens=8)

    limits = [(question.get("max_tokens"), question.get("max_completion_tokens")) for question in questions(server)]
    assert limits == [(7, None), (None, 7), (None, 8)]


def test_what_the_person_chose_is_never_left_out(engine: ServerEngine, server: ScriptedServer) -> None:
    refuse_once(server, {"error": {"message": "Unsupported parameter: temperature"}})

    with pytest.raises(EngineRefused):
        ask(engine, temperature=0.5)

    assert len(questions(server)) == 1


def test_a_refusal_that_teaches_nothing_is_told_at_once(engine: ServerEngine, server: ScriptedServer) -> None:
    server.says(CHAT, {"error": {"message": "unknown field: colour"}}, status=400)

    with pytest.raises(EngineRefused):
        ask(engine)

    assert len(questions(server)) == 1


def test_a_limit_that_does_not_fit_beside_the_prompt_is_made_smaller(
    engine: ServerEngine, server: ScriptedServer
) -> None:
    words = (
        "'max_tokens' is too large: 300. This model's maximum context length is 256 tokens and your request has 10 "
        "input tokens (300 > 256 - 10)."
    )
    refuse_once(server, {"error": {"message": words}})

    ask(engine, answer_limit_tokens=300)

    assert [question["max_tokens"] for question in questions(server)] == [300, 246]


@pytest.mark.parametrize("detail", ["context_length_exceeded", "tokens to keep is greater than the context length"])
def test_too_long_a_prompt_is_told_also_without_numbers(
    engine: ServerEngine, server: ScriptedServer, detail: str
) -> None:
    server.says(CHAT, {"error": {"message": detail, "code": detail}}, status=400)

    with pytest.raises(PromptTooLong) as raised:
        ask(engine)

    assert (raised.value.prompt_tokens, raised.value.window_tokens) == (None, None)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_comes_under_two_names(engine: ServerEngine, server: ScriptedServer, field: str) -> None:
    server.streams(CHAT, {"choices": [{"delta": {field: "hm", "content": None}}]}, HELLO)

    assert ThinkingDelta("hm") in ask(engine)


def test_done_is_a_last_word_also_without_a_reason(engine: ServerEngine, server: ScriptedServer) -> None:
    server.streams(CHAT, HELLO, b"data: [DONE]\n\n")

    assert reason_of(ask(engine)) is FinishReason.STOP


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("eos_token", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("abort", FinishReason.ENDED_EARLY),
    ],
)
def test_reasons_have_many_names(engine: ServerEngine, server: ScriptedServer, said: str, reason: FinishReason) -> None:
    server.streams(CHAT, HELLO, {"choices": [{"delta": {}, "finish_reason": said}]})

    assert reason_of(ask(engine)) is reason


@pytest.mark.parametrize("before", [b": keep-alive\n\n", b":\r\n\r\n", b"\xef\xbb\xbf: first\n\n", b"retry: 3000\n\n"])
def test_lines_that_say_nothing_are_passed_over(engine: ServerEngine, server: ScriptedServer, before: bytes) -> None:
    server.streams(CHAT, before, HELLO, before, b"data: [DONE]\n\n")

    assert text_of(ask(engine)) == "Hello"


@pytest.mark.parametrize(
    "failure",
    [
        b'data: {"error": {"message": "boom", "code": 500}}\n\n',
        b'data: {"error": "boom"}\n\n',
        b'data: {"object": "error", "message": "boom", "code": 500}\n\n',
        b'event: error\ndata: {"message": "boom"}\n\n',
        b'error: {"message": "boom", "code": 500}\n\n',
        b'{"error": {"message": "boom"}}\n',
    ],
)
def test_an_error_in_the_middle_comes_in_many_shapes(
    engine: ServerEngine, server: ScriptedServer, failure: bytes
) -> None:
    server.streams(CHAT, HELLO, failure)

    with pytest.raises((EngineRefused, EngineDied)) as raised:
        ask(engine)

    assert raised.value.detail == "boom"


def test_a_whole_answer_without_a_stream_is_read(engine: ServerEngine, server: ScriptedServer) -> None:
    message = {"role": "assistant", "content": "Hello", "reasoning": "hm"}
    server.says(CHAT, {"choices": [{"message": message}], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})

    events = ask(engine)

    assert (text_of(events), reason_of(events)) == ("Hello", FinishReason.STOP)
    assert ThinkingDelta("hm") in events


def test_an_error_that_came_with_success_is_an_error(engine: ServerEngine, server: ScriptedServer) -> None:
    server.says(CHAT, {"error": {"message": "no such luck"}})

    with pytest.raises((EngineRefused, EngineDied)):
        ask(engine)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, NotAnEngine),
        (302, NotAnEngine),
        (401, KeyRequired),
        (403, EngineForbidden),
        (404, NotAnEngine),
        (413, EngineRefused),
        (429, EngineBusy),
        (500, EngineRefused),
        (502, EngineUnreachable),
        (503, EngineBusy),
        (504, EngineUnreachable),
    ],
)
def test_the_page_of_a_proxy_becomes_its_error(
    engine: ServerEngine, server: ScriptedServer, status: int, expected: type[PhiDeskError]
) -> None:
    server.replies[CHAT] = Reply([b" \n", PAGE], status=status, kind="text/html")

    with pytest.raises(expected):
        ask(engine)


def test_a_refusal_that_is_about_a_key_asks_for_one(engine: ServerEngine, server: ScriptedServer) -> None:
    server.says(CHAT, {"error": {"message": "Invalid API key"}}, status=403)

    with pytest.raises(KeyRequired):
        ask(engine)


def test_paths_without_a_version_are_found(gate: Gate) -> None:
    with scripted_server() as server:
        server.says("/models", {"data": [{"id": "small"}]})
        server.streams("/chat/completions", HELLO, b"data: [DONE]\n\n")

        assert text_of(ask(ServerEngine(server.address, lambda: None, gate))) == "Hello"


@pytest.mark.parametrize(
    "reply",
    [
        Reply([json.dumps({"error": {"message": f"Incorrect key: {KEY}"}}).encode()], status=401),
        Reply([f"<html>{KEY}</html>".encode()], status=404),
        Reply([json.dumps({"error": {"message": f"for {KEY}"}}).encode()], status=400),
        Reply([b'data: {"error": "for ' + KEY.encode() + b'"}\n\n'], kind=EVENT_STREAM),
        Reply([f"<html>{KEY}</html>\n".encode()]),
    ],
)
def test_a_key_that_a_server_repeats_is_hidden(engine: ServerEngine, server: ScriptedServer, reply: Reply) -> None:
    server.replies[CHAT] = reply

    with pytest.raises(PhiDeskError) as raised:
        ask(engine)

    assert KEY not in str(raised.value)
    assert HIDDEN_KEY in str(raised.value)


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel", "tab\tbed"])
def test_a_key_that_cannot_be_sent_is_asked_for_anew(server: ScriptedServer, gate: Gate, key: str) -> None:
    engine = ServerEngine(server.address, lambda: key, gate)

    with pytest.raises(KeyRequired) as raised:
        engine.models()

    assert key not in str(raised.value)
    assert server.received == []


WEATHER = ToolDefinition("get_weather", "Weather of a city")
CALLED = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'}}]}
PARIS = ToolCall("get_weather", '{"city":"Paris"}')


def calls_of(events: list[AnswerEvent]) -> list[AnswerEvent]:
    return [event for event in events if isinstance(event, AnyCall)]


@pytest.mark.parametrize(
    "last",
    [
        [{"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}, b"data: [DONE]\n\n"],
        [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}],
        [b"data: [DONE]\n\n"],
    ],
    ids=["for tools", "stop", "done only"],
)
def test_a_streamed_call_ends_the_answer_for_it_however_the_server_ends(
    engine: ServerEngine, server: ScriptedServer, last: list[Any]
) -> None:
    pieces = ({"name": "get_weather", "arguments": ""}, {"arguments": '{"city":'}, {"arguments": '"Paris"}'})
    deltas = [{"tool_calls": [{"index": 0, "function": piece}]} for piece in pieces]
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in ({"content": "Sure. "}, *deltas)]
    server.streams(CHAT, *events, *last)

    answer = ask(engine, tools=(WEATHER,))

    assert text_of(answer) == "Sure. "
    assert calls_of(answer) == [PARIS]
    assert reason_of(answer) is FinishReason.TOOL_CALLS


def test_a_call_in_a_whole_answer_is_read(engine: ServerEngine, server: ScriptedServer) -> None:
    server.says(CHAT, {"choices": [{"message": {"content": None, **CALLED}, "finish_reason": "tool_calls"}]})

    answer = ask(engine, tools=(WEATHER,))

    assert calls_of(answer) == [PARIS]
    assert reason_of(answer) is FinishReason.TOOL_CALLS


def test_a_call_that_the_server_takes_for_text_is_read_from_it(engine: ServerEngine, server: ScriptedServer) -> None:
    text = '```json\n{"name":"get_weather","arguments":{"city":"Paris"}}\n```'
    server.streams(CHAT, *[{"choices": [{"delta": {"content": letter}}]} for letter in text], b"data: [DONE]\n\n")

    answer = ask(engine, tools=(WEATHER,))

    assert (text_of(answer), calls_of(answer)) == ("", [PARIS])


def test_a_stream_that_ends_inside_a_call_leaves_a_broken_one(engine: ServerEngine, server: ScriptedServer) -> None:
    delta = {"tool_calls": [{"index": 0, "function": {"name": "get_weather", "arguments": '{"city":"Pa'}}]}
    server.streams(CHAT, {"choices": [{"index": 0, "delta": delta}]})

    answer = ask(engine, tools=(WEATHER,))

    assert calls_of(answer) == [BrokenCall('{"name":"get_weather","arguments":{"city":"Pa}')]
    assert reason_of(answer) is FinishReason.ENDED_EARLY


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"error": {"message": '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'}}, 400),
        ({"error": {"code": 500, "message": "tools param requires --jinja flag", "type": "server_error"}}, 500),
        ({"error": {"message": "registry.ollama.ai/library/small does not support tools"}}, 400),
        ({"detail": "Unexpected fields in the request: {'tools'}"}, 422),
        ({"detail": [{"type": "extra_forbidden", "loc": ["body", "tools"], "msg": "Extra inputs"}]}, 422),
    ],
)
def test_a_model_for_which_tools_are_refused_answers_without_and_is_known_for_it(
    engine: ServerEngine, server: ScriptedServer, words: Any, status: int
) -> None:
    refuse_once(server, words, status=status)

    answer = ask(engine, tools=(WEATHER,))
    ask(engine, tools=(WEATHER,))

    assert text_of(answer) == "Hello"
    assert ["tools" in question for question in questions(server)] == [True, False, False]
    assert [model.tool_format for model in engine.models()] == [ToolFormat.GRAMMAR]


def test_a_tool_that_is_refused_for_what_is_in_it_is_told(engine: ServerEngine, server: ScriptedServer) -> None:
    refuse_once(server, {"error": {"message": "Invalid schema for tools[0].function 'get_weather': not an object"}})

    with pytest.raises(EngineRefused):
        ask(engine, tools=(WEATHER,))

    assert [model.tool_format for model in engine.models()] == [ToolFormat.NATIVE]


def test_a_server_that_cannot_be_told_to_call_is_asked_without(engine: ServerEngine, server: ScriptedServer) -> None:
    refuse_once(server, {"error": {"message": "Unsupported parameter: 'tool_choice'"}})

    ask(engine, tools=(WEATHER,), must_call=True)

    assert [("tools" in question, "tool_choice" in question) for question in questions(server)] == [
        (True, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("props", "tool_format"),
    [
        ({"chat_template_caps": {"supports_tools": True}}, ToolFormat.NATIVE),
        ({"chat_template_caps": {"supports_tools": False}}, ToolFormat.GRAMMAR),
        ({}, ToolFormat.NATIVE),
    ],
)
def test_llama_server_says_whether_its_model_knows_tools(
    engine: ServerEngine, server: ScriptedServer, props: dict[str, Any], tool_format: ToolFormat
) -> None:
    server.says(MODELS, {"data": [{"id": "small", "owned_by": "llamacpp"}]})
    server.says("/props", props)

    assert [model.tool_format for model in engine.models()] == [tool_format]


def test_llama_server_is_held_to_a_schema_beside_the_tools(engine: ServerEngine, server: ScriptedServer) -> None:
    server.says(MODELS, {"data": [{"id": "small", "owned_by": "llamacpp"}]})
    server.streams(CHAT, HELLO, b"data: [DONE]\n\n")

    ask(engine, tools=(WEATHER,), must_call=True)

    (question,) = questions(server)
    assert question["response_format"]["json_schema"]["schema"] == call_schema([WEATHER])
    assert "tools" in question
    assert "tool_choice" not in question
    assert question["max_tokens"] == MOST_CALL_TOKENS
