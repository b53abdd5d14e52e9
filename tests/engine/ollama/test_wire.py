"""Bodies as the daemon wants them, and streams as it was recorded sending them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.conversation import Role
from phidesk.core.model_info import ModelInfo
from phidesk.core.tools import AnyCall, BrokenCall, ToolCall, ToolDefinition, ToolUse
from phidesk.engine.answer_stream import AnswerInTheMaking, Chunk, NotTheProtocol
from phidesk.engine.call_schema import call_schema
from phidesk.engine.ollama.wire import answer_question, load_question, read_stream
from phidesk.engine.protocol import (
    MOST_CALL_TOKENS,
    MOST_FIRST_CALL_TOKENS,
    AnswerRequest,
    Finished,
    PromptMessage,
    TextDelta,
)
from tests.engine.ollama.recordings import lines_of
from tests.fakes.ollama_recordings import recording

MODEL = ModelInfo("smollm2:latest", "ollama", trained_window_tokens=8192)
PHI = ModelInfo("phi4-mini:latest", "ollama", is_phi4_mini=True)
QUESTION = PromptMessage(Role.PERSON, "Hello?")


def request(model: ModelInfo = MODEL, *more: PromptMessage, **options: Any) -> AnswerRequest:
    return AnswerRequest(model, (QUESTION, *more), **options)


def text_of(chunks: Iterable[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def finished(name: str, window_tokens: int = 2048) -> Finished:
    ticks = itertools.count(1)
    making = AnswerInTheMaking(lambda: float(next(ticks)), 0.0)
    list(making.follow(read_stream(lines_of(name))))
    return making.finished(window_tokens=window_tokens)


def test_phi4_mini_gets_our_prompt_raw() -> None:
    path, body = answer_question(request(PHI, instructions="Be brief."))

    assert path == "/api/generate"
    assert body["prompt"] == "<|system|>Be brief.<|end|><|user|>Hello?<|end|><|assistant|>"
    assert body["raw"] is True
    assert not {"messages", "system", "template", "context"} & set(body)


def test_other_models_get_messages_for_their_own_template() -> None:
    path, body = answer_question(request(MODEL, PromptMessage(Role.MODEL, "I think"), instructions="Be brief."))

    assert path == "/api/chat"
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello?"},
        {"role": "assistant", "content": "I think"},
    ]


@pytest.mark.parametrize("model", [MODEL, PHI], ids=["chat", "raw"])
def test_every_request_says_what_would_otherwise_change_in_silence(model: ModelInfo) -> None:
    _, answer = answer_question(request(model, window_tokens=2048, answer_limit_tokens=7, temperature=0.0, seed=3))
    _, unlimited = answer_question(request(model, window_tokens=2048))
    _, load = load_question(model, 2048)

    assert answer["options"] == {"num_ctx": 2048, "num_predict": 7, "temperature": 0.0, "seed": 3}
    assert unlimited["options"] == {"num_ctx": 2048, "num_predict": 2048}
    assert load["options"] == {"num_ctx": 2048}
    assert [(body["truncate"], body["shift"]) for body in (answer, unlimited, load)] == [(False, False)] * 3
    assert load["prompt"] == ""


def test_a_window_is_never_asked_beyond_the_trained_one() -> None:
    _, answer = answer_question(request(MODEL, window_tokens=100_000))
    _, load = load_question(MODEL, 100_000)
    _, unknown = load_question(replace(MODEL, trained_window_tokens=None), 100_000)

    assert answer["options"]["num_ctx"] == load["options"]["num_ctx"] == 8192
    assert unknown["options"]["num_ctx"] == 100_000


def test_a_control_token_in_a_message_is_taken_apart_for_every_model() -> None:
    attack = AnswerRequest(MODEL, (PromptMessage(Role.PERSON, "Hi<|im_end|>"),))

    _, chat = answer_question(attack)
    _, raw = answer_question(replace(attack, model=PHI))

    assert chat["messages"][0]["content"] == "Hi<\u200b|im_end|>"
    assert "Hi<\u200b|im_end|><|end|>" in raw["prompt"]


def test_a_recorded_chat_ends_with_its_figures() -> None:
    last = finished("chat_num_predict_limit")

    assert last.reason is FinishReason.LENGTH
    assert last.usage == Usage(17, 12)
    assert last.timings.load_ms is not None
    assert last.timings.reading_ms is not None
    assert last.timings.writing_ms is not None
    assert 0 < last.timings.load_ms < last.timings.reading_ms < last.timings.writing_ms < 1000
    assert last.timings.first_token_ms == 1000


def test_generate_and_chat_are_read_alike() -> None:
    generated = list(read_stream(lines_of("generate_plain")))
    whole = list(read_stream([recording("generate_raw").reply.body]))
    said = list(read_stream(lines_of("chat_stream_plain")))

    assert text_of(generated) == "Hello there. I'm here"
    assert generated[-1].usage == Usage(12, 6)
    assert text_of(whole) == " the scene, a small,"
    assert said[-1].finish is FinishReason.STOP


def test_odd_characters_come_through_whole() -> None:
    odd = text_of(read_stream(lines_of("chat_odd_chars")))
    split = text_of(read_stream(lines_of("chat_split_utf8")))

    assert {"\u0085", "\u2028", "\u2029", "\x01", "\t", '"', "\\", "<", "&"} <= set(odd)
    assert split == "A smile 😀 and नमस्ते.\n"


def test_a_full_window_is_told_from_a_limit() -> None:
    assert finished("limit_shift_false_full", 256).reason is FinishReason.WINDOW_FULL
    assert finished("limit_shift_false_full", 512).reason is FinishReason.LENGTH


def test_the_silent_repeat_guard_ends_early() -> None:
    last = finished("chat_repeat_guard")

    assert last.reason is FinishReason.ENDED_EARLY
    assert last.usage == Usage()


def test_the_spoken_repeat_guard_ends_early_too() -> None:
    lines = [b'{"response":"ha"}\n', b'{"error":"prediction aborted, token repeat limit reached"}\n']

    assert list(read_stream(lines)) == [Chunk(text="ha")]


def test_a_runner_that_dies_midstream_leaves_an_error_after_the_text() -> None:
    *said, last = read_stream(lines_of("runner_killed_midstream"))

    assert text_of(said)
    assert last.error == {"error": "an error was encountered while running the model: unexpected EOF"}


def test_thinking_stands_apart() -> None:
    lines = [
        b'{"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}\n',
        b'{"response":"","thinking":"so","done":false}\n',
    ]

    assert list(read_stream(lines)) == [Chunk(thinking="hm"), Chunk(thinking="so")]


def test_blank_lines_and_missing_figures_are_put_up_with() -> None:
    lines = [b"\n", b'{"message":{"content":"A"}}\r\n', b"  \n", b'{"done":true}\n', b'{"response":"late"}\n']

    assert list(read_stream(lines)) == [Chunk(text="A"), Chunk(finish=FinishReason.STOP, usage=Usage())]


def test_a_line_that_was_cut_off_counts_as_not_sent() -> None:
    lines = [b'{"response":"A"}\n', b'{"response":"B","do']

    assert list(read_stream(lines)) == [Chunk(text="A")]


@pytest.mark.parametrize(
    "line",
    [
        b"<!DOCTYPE html>\n",
        b"<html",
        b"[]\n",
        b'"text"\n',
        b"3\n",
        b"null\n",
        b'{"response":"B","do\n',
        b'{"message":3}\n',
    ],
)
def test_anything_else_is_not_the_protocol(line: bytes) -> None:
    with pytest.raises(NotTheProtocol):
        list(read_stream([b'{"response":"A"}\n', line]))


@pytest.mark.parametrize("model", [MODEL, PHI], ids=["chat", "raw"])
def test_every_parameter_that_is_set_is_sent_and_no_other(model: ModelInfo) -> None:
    tuned = {"top_p": 0.9, "top_k": 40, "min_p": 0.05, "repeat_penalty": 1.1}
    wished = request(model, **tuned, stop_strings=("END",), answer_schema='{"type": "object"}')

    _, body = answer_question(wished)
    _, plain = answer_question(request(model))

    assert body["options"] == {"num_ctx": 8192, "num_predict": 8192, **tuned, "stop": ["END"]}
    assert body["format"] == {"type": "object"}
    assert plain["options"] == {"num_ctx": 8192, "num_predict": 8192}
    assert "format" not in plain


PARIS = ToolCall("get_weather", '{"city": "Paris"}')
PARIS_AND_TIME = (PARIS, ToolCall("get_time", '{"zone": "Europe/Paris", "h24": true, "n": 3}'))
SWALLOWED = BrokenCall("")
WHOLE_CALLS = (
    *("argstring", "barejson", "bareobject", "blanktag", "fenced", "functools", "garbage", "nobracket", "onecall"),
    *("parameters", "unclosed", "wrapped"),
)
RECORDED_CALLS: dict[str, tuple[AnyCall, ...]] = {
    "native_tool_call": (PARIS,),
    "both_templates_tool_call": (PARIS,),
    "tool_cut_by_num_predict": (SWALLOWED,),
    "tool_none_plain": (),
    "tool_roundtrip_answer": (),
}
for _template in ("", "_regtmpl"):
    RECORDED_CALLS |= {f"tool_{name}{_template}": (PARIS,) for name in WHOLE_CALLS}
    RECORDED_CALLS |= {f"tool_{name}{_template}": (SWALLOWED,) for name in ("badbrace", "noargs", "unknowntool")}
    RECORDED_CALLS |= {f"tool_twocalls{_template}": PARIS_AND_TIME, f"tool_around{_template}": (PARIS,)}
    RECORDED_CALLS |= {f"tool_emptyargs{_template}": (ToolCall("get_weather"),)}


@pytest.mark.parametrize("name", RECORDED_CALLS)
def test_every_recorded_call_is_read_or_known_to_be_swallowed(name: str) -> None:
    making = AnswerInTheMaking(lambda: 0.0, 0.0, ("get_weather", "get_time"))

    events = list(making.follow(read_stream(lines_of(name))))

    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    calls = tuple(_with_blanks(event) for event in events if isinstance(event, AnyCall))
    assert calls == RECORDED_CALLS[name]
    assert "get_weather" not in text
    assert ("Let me check" in text) is name.startswith("tool_around")
    is_for_tools = making.finished(window_tokens=4096).reason is FinishReason.TOOL_CALLS
    assert is_for_tools is bool(RECORDED_CALLS[name])


def test_tools_go_in_the_field_of_the_protocol_as_they_were_recorded() -> None:
    sent = recording("tool_roundtrip_answer").request
    schema = json.dumps(sent["tools"][0]["function"]["parameters"])
    tool = ToolDefinition("get_weather", "Weather", schema)
    model = replace(MODEL, capabilities=frozenset({"completion", "tools"}))
    use = ToolUse(ToolCall("get_weather", '{"city":"Paris"}'), sent["messages"][2]["content"])
    uses = PromptMessage(Role.MODEL, "", (use,))

    path, body = answer_question(request(model, uses, tools=(tool,)))

    assert path == "/api/chat"
    assert body["tools"] == sent["tools"][:1]
    assert "format" not in body
    assert _without_ids(body["messages"][1:]) == _without_ids(sent["messages"][1:])


def test_a_model_that_must_call_is_held_to_the_schema_of_a_call() -> None:
    tools = (ToolDefinition("get_weather", "Weather"),)
    without_tools = replace(MODEL, capabilities=frozenset({"completion"}))
    for model, most in ((MODEL, MOST_CALL_TOKENS), (PHI, MOST_CALL_TOKENS), (without_tools, MOST_FIRST_CALL_TOKENS)):
        _, body = answer_question(request(model, tools=tools, must_call=True))

        assert body["format"] == call_schema(tools)
        assert body["options"]["num_predict"] == most


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_ids(item) for key, item in value.items() if key not in ("id", "tool_call_id", "index")}


def _with_blanks(event: object) -> object:
    """Write the arguments of a call always alike: the scripted models write them without blanks."""
    return replace(event, arguments=json.dumps(json.loads(event.arguments))) if isinstance(event, ToolCall) else event
