"""What models write around calls, through the recorded daemon: as phi4-mini, whose prompt is ours, and as others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Role
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import AnyCall, BrokenCall, ToolCall, ToolDefinition, ToolFormat, ToolUse
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, Finished, PromptMessage, TextDelta
from tests.engine.written_outputs import BROKEN, CALLS, FIRST_CALLS, OFFERED, ORDINARY, PARIS
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini, scripted

TOOLS = tuple(ToolDefinition(name, "A tool.") for name in OFFERED)
SWALLOWED = BrokenCall("")


@dataclass(frozen=True)
class Rig:
    """The daemon and a model of it that says what it is told to."""

    daemon: OllamaDaemon
    engine: OllamaEngine
    model: ModelInfo

    def answer(self, output: str | Sequence[str], *more: PromptMessage, limit: int | None = None) -> list[AnswerEvent]:
        self.daemon.say(output)
        messages = (PromptMessage(Role.PERSON, "Hello?"), *more)
        request = AnswerRequest(self.model, messages, tools=TOOLS, answer_limit_tokens=limit)
        return list(self.engine.answer(request, Cancellation()))


@pytest.fixture(params=[ToolFormat.PHI4_MINI, ToolFormat.NATIVE], ids=lambda tool_format: tool_format.value)
def rig(request: pytest.FixtureRequest, gate: Gate) -> Iterator[Rig]:
    with OllamaDaemon([scripted(), phi4_mini()]) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        model = next(model for model in engine.models() if model.tool_format is request.param)
        yield Rig(daemon, engine, model)
        engine.close()


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def calls_of(events: list[AnswerEvent]) -> tuple[AnyCall, ...]:
    return tuple(event for event in events if isinstance(event, AnyCall))


def reason_of(events: list[AnswerEvent]) -> FinishReason:
    last = events[-1]
    assert isinstance(last, Finished)
    return last.reason


def test_every_shape_of_a_call_is_read_or_known_to_be_swallowed(rig: Rig) -> None:
    outputs = {**CALLS, **FIRST_CALLS}
    del outputs["end token in a text"]  # The daemon's models say it as the token.
    results = {name: rig.answer(output) for name, (output, _) in outputs.items()}

    swallowed = {name for name, events in results.items() if calls_of(events) == (SWALLOWED,)}
    for name in outputs.keys() - swallowed:
        assert calls_of(results[name]) == outputs[name][1], name
    assert {text_of(events).strip() for events in results.values()} == {""}
    assert {reason_of(events) for events in results.values()} == {FinishReason.TOOL_CALLS}
    # Behind its tag the daemon drops what it cannot read.
    assert all("<|tool_call|>" in outputs[name][0] for name in swallowed)
    assert rig.model.tool_format is ToolFormat.NATIVE or not swallowed


def test_text_before_a_call_is_told_from_it(rig: Rig) -> None:
    events = rig.answer(f"Let me look [1].\n{CALLS['tagged'][0]}")

    assert (text_of(events), calls_of(events)) == ("Let me look [1].\n", (PARIS,))


def test_an_ordinary_answer_comes_as_it_was_written(rig: Rig) -> None:
    for output in ORDINARY:
        if "<|" in output or not output.strip():
            continue
        events = rig.answer(output)

        assert (text_of(events), calls_of(events)) == (output, ()), output
        assert reason_of(events) is FinishReason.STOP


def test_nothing_of_a_broken_call_is_text(rig: Rig) -> None:
    for output in BROKEN:
        if "<|tool_call|>" in output and rig.model.tool_format is ToolFormat.PHI4_MINI:
            continue  # In a raw prompt the tag is invisible: nothing says that it was meant as a call.
        if len(output) < 32 and "<|tool_call|>" in output:
            continue  # Where the daemon shows nothing, so few tokens may be an empty answer.
        events = rig.answer(output)

        assert text_of(events).strip() == "", output
        assert [type(call) for call in calls_of(events)] in ([BrokenCall], [ToolCall]), output


@pytest.mark.parametrize(
    "call",
    [
        '[{"name":"get_weather","arguments":{"city":"Paris"}]',
        '[{"name":"fly_to_moon","arguments":{"city":"Paris"}}]',
        '[{"name":"get_weather"}]',
    ],
    ids=["brace missing", "invented", "no arguments"],
)
def test_a_call_swallowed_behind_text_is_known_by_its_tokens(rig: Rig, call: str) -> None:
    if rig.model.tool_format is not ToolFormat.NATIVE:
        return  # Only there the daemon reads calls itself.
    text = "Let me check 😀. "

    called = rig.answer([*text, "<|tool_call|>", *call, "<|/tool_call|>"])
    spoke = rig.answer([*text, *"I know it."])

    assert (text_of(called), calls_of(called), reason_of(called)) == (text, (SWALLOWED,), FinishReason.TOOL_CALLS)
    assert (text_of(spoke), calls_of(spoke), reason_of(spoke)) == (text + "I know it.", (), FinishReason.STOP)


def test_a_call_that_the_limit_cut_is_broken(rig: Rig) -> None:
    events = rig.answer(CALLS["bare list"][0], limit=8)

    assert text_of(events) == ""
    assert [type(call) for call in calls_of(events)] == [BrokenCall]
    assert reason_of(events) is FinishReason.TOOL_CALLS


def test_a_result_is_read_by_the_model_that_asked_for_it(rig: Rig) -> None:
    use = ToolUse(ToolCall("get_weather", '{"city":"Paris"}'), '{"temp":20}')

    events = rig.answer("It is warm.", PromptMessage(Role.MODEL, "", (use,)))

    assert text_of(events) == "It is warm."
    assert '{"name":"get_weather","arguments":{"city":"Paris"}}' in rig.daemon.prompts[-1]
    assert "<|tool_response|>" in rig.daemon.prompts[-1]
    assert '{"temp":20}' in rig.daemon.prompts[-1]
