"""The built-in engine with real models in a real child: what it alone does (the rest: `tests/engine/test_conformance.py`)."""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Role
from phidesk.core.errors import (
    EngineDied,
    EngineMissing,
    ModelFileDamaged,
    ModelLoadFailed,
    ModelMissing,
)
from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.core.tools import AnyCall, BrokenCall, ToolCall, ToolDefinition, ToolFormat, ToolUse
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.protocol import (
    AnswerEvent,
    AnswerRequest,
    EngineStatus,
    Finished,
    Loading,
    PromptMessage,
    Reading,
    TextDelta,
    Waiting,
    WaitReason,
)
from tests.engine.written_outputs import CALLS, OFFERED
from tests.fakes.scripted_gguf import Script, write_scripted_gguf
from tests.real_engines import SCRIPTED_GREETING

WINDOW = 2048
PATIENCE_S = 20.0
Ask = Callable[..., Iterator[AnswerEvent]]


@pytest.fixture
def ask(builtin_engine: BuiltinEngine) -> Ask:
    def ask(model: ModelInfo, text: str, cancel: Cancellation | None = None, **options: Any) -> Iterator[AnswerEvent]:
        messages = (PromptMessage(Role.PERSON, text), *options.pop("more", ()))
        request = AnswerRequest(model, messages, **{"window_tokens": WINDOW, "temperature": 0.0, **options})
        return builtin_engine.answer(request, cancel or Cancellation())

    return ask


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def finished(events: list[AnswerEvent]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    return last


def until_text(events: Iterator[AnswerEvent]) -> AnswerEvent:
    return next(event for event in events if isinstance(event, TextDelta))


def test_the_practice_model_answers_with_figures_that_fit_together(ask: Ask, practice_model: ModelInfo) -> None:
    events = list(ask(practice_model, "Name a colour.", answer_limit_tokens=8))

    last = finished(events)
    readings = [event for event in events if isinstance(event, Reading)]
    assert text_of(events)
    assert last.reason is FinishReason.LENGTH
    assert last.usage.answer_tokens == 8
    assert last.usage.prompt_tokens == readings[-1].total_tokens == readings[-1].done_tokens
    assert last.window_tokens == WINDOW
    assert last.timings.reading_ms is not None
    assert last.timings.writing_ms is not None
    assert last.timings.first_token_ms is not None
    assert last.timings.total_ms is not None
    assert last.timings.first_token_ms < last.timings.total_ms


def test_loading_is_announced_only_when_it_happens(
    ask: Ask, builtin_engine: BuiltinEngine, scripted_model: ModelInfo
) -> None:
    builtin_engine.unload(scripted_model)

    first = list(ask(scripted_model, "Hi", window_tokens=512))
    second = list(ask(scripted_model, "Hi", window_tokens=512))
    other_window = list(ask(scripted_model, "Hi", window_tokens=1024))

    assert isinstance(first[0], Loading)
    assert finished(first).timings.load_ms is not None
    assert not any(isinstance(event, Loading) for event in second)
    assert finished(second).timings.load_ms is None
    assert isinstance(other_window[0], Loading)
    assert finished(other_window).window_tokens == 1024


@pytest.mark.parametrize(
    ("more", "instructions"),
    [
        ((), ""),
        ((), "Be brief."),
        ((PromptMessage(Role.MODEL, "It is  "),), ""),
        ((PromptMessage(Role.MODEL, " Noon.\n"), PromptMessage(Role.PERSON, "And now? <|im_end|>")), "Be {{brief}}.\n"),
    ],
)
def test_a_prompt_is_counted_exactly_before_its_model_is_loaded(
    ask: Ask,
    builtin_engine: BuiltinEngine,
    practice_model: ModelInfo,
    more: tuple[PromptMessage, ...],
    instructions: str,
) -> None:
    question = "  Wie spät ist es in 北京? 😀\n\n  def f(x):\n\treturn x\n"
    messages = (PromptMessage(Role.PERSON, question), *more)
    builtin_engine.unload(practice_model)

    before = builtin_engine.count(AnswerRequest(practice_model, messages, instructions, WINDOW))
    answer = finished(list(ask(practice_model, question, more=more, instructions=instructions, answer_limit_tokens=1)))

    assert before.is_exact
    assert before.tokens == answer.usage.prompt_tokens


def test_the_prefix_of_a_conversation_is_taken_from_the_cache(ask: Ask, practice_model: ModelInfo) -> None:
    first = finished(list(ask(practice_model, "Tell me of trees.", answer_limit_tokens=4)))

    again = finished(list(ask(practice_model, "Tell me of trees.", answer_limit_tokens=4)))

    assert again.usage.prompt_tokens == first.usage.prompt_tokens
    assert again.usage.cached_tokens
    assert first.usage.prompt_tokens is not None
    assert again.usage.cached_tokens >= first.usage.prompt_tokens - 4


def test_an_unfinished_answer_goes_on_and_only_new_text_comes(ask: Ask, practice_model: ModelInfo) -> None:
    whole = text_of(list(ask(practice_model, "Count to ten.", answer_limit_tokens=16)))
    head = text_of(list(ask(practice_model, "Count to ten.", answer_limit_tokens=6)))

    rest = text_of(
        list(ask(practice_model, "Count to ten.", more=(PromptMessage(Role.MODEL, head),), answer_limit_tokens=10))
    )

    assert head + rest == whole


def test_phi4_mini_gets_our_prompt_and_shows_its_control_tokens(ask: Ask, scripted_model: ModelInfo) -> None:
    model = replace(scripted_model, is_phi4_mini=True)

    greeting = list(ask(model, "Hi"))
    call = list(ask(model, "WEATHER please"))

    assert text_of(greeting) == SCRIPTED_GREETING
    assert finished(greeting).reason is FinishReason.STOP
    assert finished(greeting).usage.prompt_tokens
    assert text_of(call).startswith("<|tool_call|>[{")


def test_every_shape_of_a_tool_call_is_read_from_llama_cpps_stream(own_engine: BuiltinEngine, own_folder: Path) -> None:
    sayable = (name for name, (output, _) in CALLS.items() if output.count("<|/tool_call|>") < 2)
    keys = {name: f"KEY{index:02}" for index, name in enumerate(sayable)}
    scripts = [Script(f"Let me look: {CALLS[name][0]}", key=key) for name, key in keys.items()]
    write_scripted_gguf(str(own_folder / "own.gguf"), [Script(SCRIPTED_GREETING), *scripts])
    model = replace(next(model for model in own_engine.models() if model.name == "own"), is_phi4_mini=True)
    tools = tuple(ToolDefinition(name, "A tool.") for name in OFFERED)

    for name, key in keys.items():
        request = AnswerRequest(
            model, (PromptMessage(Role.PERSON, key),), window_tokens=2048, temperature=0.0, tools=tools
        )
        events = list(own_engine.answer(request, Cancellation()))

        assert tuple(event for event in events if isinstance(event, ToolCall)) == CALLS[name][1], name
        assert text_of(events).split() == ["Let", "me", "look:"], name
        assert finished(events).reason is FinishReason.TOOL_CALLS


PLACE = '{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]}},"required":["city"]}'
SUM = '{"type":"object","properties":{"terms":{"type":"array","items":{"type":"integer"},"maxItems":3}}}'
TOOLS = (
    ToolDefinition("get_weather", "Weather of a city", PLACE),
    ToolDefinition("add", "Adds numbers", SUM),
    ToolDefinition("now", "The time"),
)


@pytest.mark.parametrize("is_phi4_mini", [False, True])
@pytest.mark.parametrize("question", ["What is the weather in Paris?", "Tell me a story.", "What time is it?"])
def test_a_real_model_that_must_call_writes_one_valid_call(
    ask: Ask, practice_model: ModelInfo, question: str, *, is_phi4_mini: bool
) -> None:
    model = replace(practice_model, is_phi4_mini=is_phi4_mini)

    events = list(ask(model, question, tools=TOOLS, must_call=True, answer_limit_tokens=200))

    (call,) = (event for event in events if isinstance(event, AnyCall | TextDelta))
    assert isinstance(call, ToolCall)
    arguments = json.loads(call.arguments)
    match call.name:
        case "get_weather":
            assert isinstance(arguments.pop("city"), str)
            assert arguments in ({}, {"unit": "c"}, {"unit": "f"})
        case "add":
            terms = arguments.pop("terms", [])
            assert arguments == {}
            assert all(isinstance(term, int) for term in terms)
        case name:
            assert (name, arguments) == ("now", {})
    assert finished(events).reason is FinishReason.TOOL_CALLS


def test_a_result_reaches_the_real_model_that_asked_for_it(ask: Ask, practice_model: ModelInfo) -> None:
    question = "What time is it?"
    events = list(ask(practice_model, question, tools=TOOLS, must_call=True, answer_limit_tokens=200))
    (call,) = (event for event in events if isinstance(event, ToolCall))

    used = PromptMessage(Role.MODEL, "", (ToolUse(call, '{"time": "12:34"}'),))
    answer = list(ask(practice_model, question, more=(used,), tools=TOOLS, answer_limit_tokens=30))

    assert "12:34" in text_of(answer)
    assert not [event for event in answer if isinstance(event, AnyCall)]
    assert finished(answer).reason in {FinishReason.STOP, FinishReason.LENGTH}


ODD_SCHEMAS = {
    "itself": '{"properties":{"node":{"$ref":"#/$defs/node"}},"required":["node"],"$defs":{"node":{"type":"object",'
    '"properties":{"v":{"type":"integer"},"next":{"$ref":"#/$defs/node"}},"required":["v"]}}}',
    "elsewhere": '{"$ref":"#/definitions/a","definitions":{"a":{"type":"object","properties":{"k":{"type":"integer"}}}}}',
    "pattern": '{"properties":{"zip":{"type":"string","pattern":"^\\\\d{5}$"}},"required":["zip"]}',
    "limits": '{"properties":{"n":{"type":"number","minimum":0,"maximum":1},"s":{"type":"string","maxLength":50},'
    '"l":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":2}},"required":["n"]}',
    "kinds": '{"properties":{"a":{"type":["integer","null"]},"b":{"enum":["x",1,null]}},"required":["a","b"]}',
    "either": '{"properties":{"x":{"type":"integer"}},"anyOf":[{"required":["x"]}]}',
    "both": '{"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"integer"}}}]}',
    "anything": '{"properties":{"any":true}}',
    "odd names": '{"properties":{"ä b\\"c":{"type":"integer"},"-":{"type":"boolean"}},"required":["-"]}',
    "map": '{"properties":{"m":{"type":"object","additionalProperties":{"type":"integer"},"properties":{}}}}',
    "no schema of llama.cpp's": '{"properties":{"a":{"type":"string","pattern":"[0-9"}}}',
    "nothing": "{}",
}


@pytest.mark.parametrize("name", ODD_SCHEMAS)
def test_a_grammar_is_made_of_every_schema(ask: Ask, practice_model: ModelInfo, name: str) -> None:
    tool = ToolDefinition("do-it/now", "Does it", ODD_SCHEMAS[name])

    events = list(ask(practice_model, "Do it.", tools=(tool,), must_call=True, answer_limit_tokens=120))

    calls = [event for event in events if isinstance(event, AnyCall)]
    assert [isinstance(call, ToolCall | BrokenCall) for call in calls] == [True]  # A long text may be cut.
    assert text_of(events) == ""


TOOL_TEMPLATE = """
{%- if tools %}{{ '<|im_start|>system\\n<tools>' }}{% for tool in tools %}{{ '\\n' }}{{ tool | tojson }}{% endfor %}
{{- '\\n</tools>\\nCall one so: <tool_call>\\n{"name": <name>, "arguments": <object>}\\n</tool_call><|im_end|>\\n' }}{% endif %}
{%- for message in messages %}{% if message.role == 'tool' %}
{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- elif message.tool_calls %}{{ '<|im_start|>assistant\\n' + (message.content or '') }}
{%- for tool_call in message.tool_calls %}
{{- '<tool_call>\\n{"name": "' + tool_call.function.name + '", "arguments": ' }}
{{- tool_call.function.arguments | tojson }}{{ '}\\n</tool_call>' }}{% endfor %}{{ '<|im_end|>\\n' }}
{%- else %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endif %}{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""
"""In the manner of Hermes and Qwen."""
TAGGED_CALL = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'


def test_a_model_whose_template_knows_tools_calls_them_in_its_own_way(
    own_engine: BuiltinEngine, own_folder: Path
) -> None:
    paris = ToolCall("get_weather", '{"city": "Paris"}')
    scripts = [
        Script("It is warm."),
        Script(f"Let me look.\n{TAGGED_CALL}", key="WEATHER"),
        Script(f'{TAGGED_CALL}\n<tool_call>\n{{"name": "now", "arguments": {{}}}}\n</tool_call>', key="BOTH"),
    ]
    write_scripted_gguf(own_folder / "own.gguf", scripts, chat_template=TOOL_TEMPLATE)
    model = next(model for model in own_engine.models() if model.name == "own")
    used = PromptMessage(Role.MODEL, "", (ToolUse(paris, '{"t":20}'),))

    answers = {}
    for text, more in (("WEATHER", ()), ("BOTH", ()), ("Well?", (used,))):
        messages = (PromptMessage(Role.PERSON, text), *more)
        request = AnswerRequest(model, messages, window_tokens=4096, temperature=0.0, tools=TOOLS)
        answers[text] = list(own_engine.answer(request, Cancellation()))
        count = own_engine.count(request)
        assert (count.tokens, count.is_exact) == (finished(answers[text]).usage.prompt_tokens, True)

    assert model.tool_format is ToolFormat.NATIVE
    calls = {text: [event for event in events if isinstance(event, ToolCall)] for text, events in answers.items()}
    assert calls == {"WEATHER": [paris], "BOTH": [paris, ToolCall("now")], "Well?": []}
    assert [text_of(events).strip() for events in answers.values()] == ["Let me look.", "", "It is warm."]
    assert finished(answers["WEATHER"]).reason is FinishReason.TOOL_CALLS


def test_llama_cpp_is_asked_to_render_until_our_rendering_is_proven(
    builtin_engine: BuiltinEngine, practice_model: ModelInfo, gate: Gate
) -> None:
    request = AnswerRequest(practice_model, (PromptMessage(Role.PERSON, "Hi"),), window_tokens=WINDOW)
    builtin_engine.load(practice_model, WINDOW)

    first = builtin_engine.count(request)
    asked_before = len(gate.connections)
    again = builtin_engine.count(request)

    assert first == again
    assert len(gate.connections) == asked_before


def test_what_llama_cpp_renders_and_what_we_do_is_answered_alike(
    own_engine: BuiltinEngine, practice_model: ModelInfo, practice_folder: Path, own_folder: Path
) -> None:
    (own_folder / PRACTICE_MODEL_FILE).symlink_to(practice_folder / PRACTICE_MODEL_FILE)
    more = (PromptMessage(Role.MODEL, "Red."), PromptMessage(Role.PERSON, "And a second one?"))
    messages = (PromptMessage(Role.PERSON, "Name a colour, please."), *more)
    request = AnswerRequest(
        practice_model,
        messages,
        instructions="Be brief.",
        window_tokens=WINDOW,
        temperature=0.0,
        answer_limit_tokens=24,
    )
    schema = replace(request, answer_schema='{"type": "string", "enum": ["Green", "Blue"]}')
    unfinished = replace(request, messages=(*messages, PromptMessage(Role.MODEL, "Blue and")))
    asked = (request, schema, unfinished)

    before = [list(own_engine.answer(it, Cancellation())) for it in asked]
    counts = [own_engine.count(it).tokens for it in asked]  # From now on our rendering is proven.
    after = [list(own_engine.answer(it, Cancellation())) for it in asked]

    assert [text_of(events) for events in after] == [text_of(events) for events in before]
    assert [finished(events).usage.prompt_tokens for events in after] == counts
    assert [finished(events).reason for events in after] == [finished(events).reason for events in before]


@pytest.mark.parametrize("marks", ["{% if false %}<think>{% endif %}", "{% if false %}[TOOL_CALLS]{% endif %}"])
def test_answers_of_models_that_write_more_than_the_answer_are_read_by_llama_cpp(
    own_engine: BuiltinEngine, own_folder: Path, marks: str
) -> None:
    template = marks + "{% for message in messages %}<|user|>{{ message['content'] }}<|end|>{% endfor %}<|assistant|>"
    write_scripted_gguf(own_folder / "marked.gguf", [Script(SCRIPTED_GREETING)], chat_template=template)
    model = next(model for model in own_engine.models() if model.name == "marked")
    own_engine.load(model, WINDOW)
    request = AnswerRequest(model, (PromptMessage(Role.PERSON, "Hi"),), window_tokens=WINDOW)

    count = own_engine.count(request)

    assert count.is_exact
    assert own_engine._server is not None
    assert own_engine._question(own_engine._server, request)[0] == "/v1/chat/completions"


def test_a_call_that_must_come_is_counted_before_it_is_asked_for(
    builtin_engine: BuiltinEngine, practice_model: ModelInfo
) -> None:
    for model in (practice_model, replace(practice_model, is_phi4_mini=True)):
        builtin_engine.load(model, WINDOW)
        request = AnswerRequest(
            model,
            (PromptMessage(Role.PERSON, "Now?"),),
            window_tokens=WINDOW,
            answer_limit_tokens=2,
            tools=TOOLS,
            must_call=True,
        )

        count = builtin_engine.count(request)

        assert count.is_exact
        assert count.tokens == finished(list(builtin_engine.answer(request, Cancellation()))).usage.prompt_tokens


def test_what_is_loaded_is_told_from_llama_cpps_own_figures(
    builtin_engine: BuiltinEngine, practice_model: ModelInfo
) -> None:
    builtin_engine.load(practice_model, WINDOW)

    (loaded,) = builtin_engine.loaded()

    assert (loaded.name, loaded.window_tokens) == (practice_model.name, WINDOW)
    assert loaded.size_bytes is not None
    assert practice_model.size_bytes is not None
    assert practice_model.size_bytes * 0.9 < loaded.size_bytes < practice_model.size_bytes * 3
    assert loaded.gpu_bytes is not None


def test_unloading_ends_the_child_and_may_be_repeated(builtin_engine: BuiltinEngine, scripted_model: ModelInfo) -> None:
    builtin_engine.load(scripted_model, WINDOW)
    process_id = builtin_engine.process_id

    builtin_engine.unload(scripted_model)
    builtin_engine.unload(scripted_model)

    assert process_id is not None
    assert not psutil.pid_exists(process_id)
    assert builtin_engine.loaded() == []
    assert builtin_engine.process_id is None


def test_an_answer_that_waits_for_another_one_says_so(ask: Ask, scripted_model: ModelInfo) -> None:
    running = ask(scripted_model, "FOREVER", window_tokens=8192)
    until_text(running)

    waiting = ask(scripted_model, "Hi", window_tokens=8192)

    assert next(waiting) == Waiting(WaitReason.QUEUED)
    running.close()  # type: ignore[attr-defined] # a generator


def test_stop_while_it_loads_ends_the_load(ask: Ask, builtin_engine: BuiltinEngine, practice_model: ModelInfo) -> None:
    builtin_engine.unload(practice_model)
    cancel = Cancellation()
    events = ask(practice_model, "Hi", cancel, window_tokens=4096)
    assert next(events) == Loading()

    with ThreadPoolExecutor(1) as pool:
        rest = pool.submit(list, events)
        while builtin_engine.process_id is None and not rest.done():
            cancel.wait(0.001)
        cancel.cancel()
        with pytest.raises(Cancelled):
            rest.result(PATIENCE_S)

    assert builtin_engine.process_id is None
    assert text_of(list(ask(practice_model, "Hi", answer_limit_tokens=2)))


@pytest.mark.skipif(os.name == "nt", reason="the signals of POSIX")
@pytest.mark.parametrize("crash", [signal.Signals["SIGKILL"], signal.Signals["SIGSEGV"]] if os.name != "nt" else [])
def test_a_crash_ends_the_answer_and_the_next_one_starts_it_again(
    ask: Ask, builtin_engine: BuiltinEngine, scripted_model: ModelInfo, crash: signal.Signals
) -> None:
    events = ask(scripted_model, "FOREVER", window_tokens=8192)
    until_text(events)
    assert builtin_engine.process_id is not None

    os.kill(builtin_engine.process_id, crash)
    with pytest.raises(EngineDied):
        list(events)

    again = list(ask(scripted_model, "Hi", window_tokens=8192))
    assert isinstance(again[0], Loading)
    assert text_of(again) == SCRIPTED_GREETING


def test_a_child_that_dies_before_it_says_a_word_is_started_again_unseen(
    ask: Ask, builtin_engine: BuiltinEngine, scripted_model: ModelInfo
) -> None:
    list(ask(scripted_model, "Hi"))
    events = ask(scripted_model, "Hi")
    assert next(events) == Waiting()
    assert builtin_engine.process_id is not None
    child = psutil.Process(builtin_engine.process_id)

    child.kill()
    child.wait(PATIENCE_S)
    rest = list(events)

    assert text_of(rest) == SCRIPTED_GREETING
    assert Loading() in rest
    assert finished(rest).timings.load_ms


def test_a_child_that_dies_again_and_again_is_not_started_for_ever(own_engine: BuiltinEngine, own_folder: Path) -> None:
    write_scripted_gguf(str(own_folder / "own.gguf"), [Script(SCRIPTED_GREETING)])
    model = next(model for model in own_engine.models() if model.name == "own")
    request = AnswerRequest(model, (PromptMessage(Role.PERSON, "Hi"),), window_tokens=WINDOW)
    list(own_engine.answer(request, Cancellation()))
    loads = 0

    with pytest.raises(EngineDied):
        for event in own_engine.answer(request, Cancellation()):
            loads += event == Loading()
            if event == Waiting():
                assert own_engine.process_id is not None
                child = psutil.Process(own_engine.process_id)
                child.kill()
                child.wait(PATIENCE_S)

    assert loads == 1


def test_the_key_is_needed_and_stands_nowhere_in_sight(
    builtin_engine: BuiltinEngine, scripted_model: ModelInfo, gate: Gate
) -> None:
    builtin_engine.unload(scripted_model)
    builtin_engine.load(scripted_model, WINDOW)
    address = f"http://127.0.0.1:{gate.connections[-1].port}"

    with gate.client(address, purpose="test") as client:
        refused = client.get("/slots")
        wrong = client.get("/slots", headers={"Authorization": "Bearer guess"})

    assert (refused.status_code, wrong.status_code) == (401, 401)
    assert builtin_engine.process_id is not None
    process = psutil.Process(builtin_engine.process_id)
    words = process.cmdline() + list(process.environ().values())
    assert not [word for word in words if len(word) == 64 and all(letter in "0123456789abcdef" for letter in word)]


def test_a_model_that_is_not_there_is_missing(ask: Ask, scripted_model: ModelInfo) -> None:
    for name in ("none", "../scripted", "models/scripted"):
        with pytest.raises(ModelMissing):
            list(ask(replace(scripted_model, name=name), "Hi"))


@pytest.fixture
def own_folder(tmp_path: Path, scripted_folder: Path) -> Path:
    (tmp_path / "good.gguf").write_bytes((scripted_folder / "scripted.gguf").read_bytes())
    return tmp_path


@pytest.fixture
def own_engine(own_folder: Path, gate: Gate, start_loop: StartLoop) -> Iterator[BuiltinEngine]:
    engine = BuiltinEngine([own_folder / "absent", own_folder], gate, start_loop)
    yield engine
    engine.close()


def test_a_damaged_file_is_not_offered_and_says_so_when_wanted(own_engine: BuiltinEngine, own_folder: Path) -> None:
    whole = (own_folder / "good.gguf").read_bytes()
    (own_folder / "cut.gguf").write_bytes(whole[:-1000])
    (own_folder / "page.gguf").write_text("<!DOCTYPE html>")
    good = own_engine.models()

    for name in ("cut", "page"):
        with pytest.raises(ModelFileDamaged):
            own_engine.load(replace(good[0], name=name), WINDOW)

    assert [model.name for model in good] == ["good"]


def test_a_model_that_llama_cpp_refuses_fails_with_its_words(own_engine: BuiltinEngine, own_folder: Path) -> None:
    whole = (own_folder / "good.gguf").read_bytes()
    (own_folder / "strange.gguf").write_bytes(whole.replace(b"llama", b"lllma"))
    strange = next(model for model in own_engine.models() if model.name == "strange")

    with pytest.raises(ModelLoadFailed) as raised:
        own_engine.load(strange, WINDOW)

    assert "unknown model architecture" in raised.value.detail
    assert raised.value.model == "strange"
    assert raised.value.out_of_memory == 0
    assert own_engine.process_id is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system promises no more than it has")
def test_a_window_that_needs_more_memory_than_there_is_fails_and_says_so(
    own_engine: BuiltinEngine, own_folder: Path, practice_folder: Path
) -> None:
    data = (practice_folder / PRACTICE_MODEL_FILE).read_bytes()
    key = b"llama.context_length" + struct.pack("<I", 4)
    greedy = data.replace(key + struct.pack("<I", 8192), key + struct.pack("<I", 2**31 - 1))
    (own_folder / "greedy.gguf").write_bytes(greedy)
    model = next(model for model in own_engine.models() if model.name == "greedy")
    window_tokens = psutil.virtual_memory().total // 10_000  # 23 KB each: twice as much as there is

    with pytest.raises(ModelLoadFailed) as raised:
        own_engine.load(model, window_tokens)

    assert raised.value.out_of_memory == 1
    assert "failed to allocate" in raised.value.detail


def test_a_changed_file_is_read_and_loaded_again(own_engine: BuiltinEngine, own_folder: Path) -> None:
    model = own_engine.models()[0]
    own_engine.load(model, WINDOW)
    before = own_engine.process_id

    os.utime(own_folder / "good.gguf", ns=(1, 1))
    own_engine.load(model, WINDOW)

    assert own_engine.process_id != before


def test_state_is_ready_with_the_version_of_the_library(builtin_engine: BuiltinEngine) -> None:
    state = builtin_engine.state()

    assert state.status is EngineStatus.READY
    assert state.version


def test_a_child_that_cannot_be_started_is_a_missing_engine(
    own_folder: Path, gate: Gate, start_loop: StartLoop
) -> None:
    engine = BuiltinEngine([own_folder], gate, start_loop, executable=["/nowhere/at/all"])

    with pytest.raises(EngineMissing):
        engine.load(engine.models()[0], WINDOW)
    engine.close()


def test_closing_ends_the_child(own_engine: BuiltinEngine) -> None:
    own_engine.load(own_engine.models()[0], WINDOW)

    own_engine.close()

    assert own_engine.process_id is None


def test_an_answer_keeps_to_the_schema(ask: Ask, practice_model: ModelInfo) -> None:
    schema = {"type": "object", "properties": {"town": {"enum": ["Ulm", "Bonn"]}}, "required": ["town"]}
    tuned = {"top_p": 0.9, "top_k": 40, "min_p": 0.05, "repeat_penalty": 1.1, "seed": 1}

    events = list(ask(practice_model, "Which town?", answer_schema=json.dumps(schema), **tuned))

    assert json.loads(text_of(events))["town"] in {"Ulm", "Bonn"}


def test_our_own_prompt_keeps_to_a_stop_string(ask: Ask, scripted_model: ModelInfo) -> None:
    whole = text_of(list(ask(scripted_model, "Hello")))
    end = whole[3:5]

    stopped = text_of(list(ask(scripted_model, "Hello", stop_strings=(end,))))

    assert stopped == whole[: whole.index(end)]
