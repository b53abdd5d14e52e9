"""What every server at an address must give, whatever its dialect: the same assertions for all of them.

The first is the real llama.cpp behind a key; the others are played. What no server at an address can do for us (load,
unload, another window) is not asked of them; `test_conformance.py` has the engines of this computer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Role
from phidesk.core.errors import EngineDied, KeyRequired, ModelMissing, NotAnEngine, PromptTooLong
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tools import ToolDefinition, ToolFormat
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, Finished, PromptMessage, TextDelta, Waiting
from tests.fakes.openai_dialects import DIALECTS, GREETING, KEY, Dialect, dialect_server
from tests.real_engines import LlamaServer

WRONG_KEY = "wrong-key-of-the-tests"
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Rig:
    """A server and what can be seen and done behind its back. `dialect` None: the real llama.cpp."""

    address: str
    engine: ServerEngine
    key: str
    with_key: Callable[[str], ServerEngine]
    model: ModelInfo
    window_tokens: int | None
    dialect: Dialect | None
    has_stopped: Callable[[], bool]
    kill: Callable[[], None]

    def ask(
        self, text: str, cancel: Cancellation | None = None, *, more: tuple[PromptMessage, ...] = (), **options: Any
    ) -> Iterator[AnswerEvent]:
        messages = (PromptMessage(Role.PERSON, text), *more)
        request = AnswerRequest(options.pop("model", self.model), messages, temperature=0.0, **options)
        return self.engine.answer(request, cancel or Cancellation())


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def finished(events: list[AnswerEvent]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    assert sum(isinstance(event, Finished) for event in events) == 1
    return last


def becomes_true(statement: Callable[[], bool]) -> bool:
    waiting = Cancellation()
    return any(statement() or waiting.wait(0.01) for _ in range(int(PATIENCE_S * 100)))


@contextmanager
def dialect_rig(dialect: Dialect, gate: Gate) -> Iterator[Rig]:
    with dialect_server(dialect, key=KEY) as server:

        def with_key(key: str) -> ServerEngine:
            return ServerEngine(server.address, lambda: key, gate)

        engine = with_key(KEY)
        yield Rig(
            address=server.address,
            engine=engine,
            key=KEY,
            with_key=with_key,
            model=engine.models()[0],
            window_tokens=dialect.window_tokens,
            dialect=dialect,
            has_stopped=lambda: server.client_left,
            kill=server.is_killed.set,
        )
        engine.close()


def llama_rig(server: LlamaServer, gate: Gate) -> Rig:
    def with_key(key: str) -> ServerEngine:
        return ServerEngine(server.address, lambda: key, gate)

    engine = with_key(server.key)
    return Rig(
        address=server.address,
        engine=engine,
        key=server.key,
        with_key=with_key,
        model=engine.models()[0],
        window_tokens=server.window_tokens,
        dialect=None,
        has_stopped=server.is_idle,
        kill=server.kill,
    )


def name_of(dialect: Dialect | None) -> str:
    return dialect.name if dialect else "llama.cpp"


@contextmanager
def open_rig(request: pytest.FixtureRequest, gate: Gate) -> Iterator[Rig]:
    if request.param is None:
        yield llama_rig(request.getfixturevalue("llama_server"), gate)
        return
    with dialect_rig(request.param, gate) as rig:
        yield rig


@pytest.fixture(params=[None, *DIALECTS], ids=name_of)
def rig(request: pytest.FixtureRequest, gate: Gate) -> Iterator[Rig]:
    """Every server."""
    with open_rig(request, gate) as rig:
        yield rig


@pytest.fixture(params=[None, *(dialect for dialect in DIALECTS if dialect.streams)], ids=name_of)
def streaming_rig(request: pytest.FixtureRequest, gate: Gate) -> Iterator[Rig]:
    """Those that write piece by piece."""
    with open_rig(request, gate) as rig:
        yield rig


@pytest.fixture(params=[None, *(dialect for dialect in DIALECTS if dialect.window_tokens)], ids=name_of)
def telling_rig(request: pytest.FixtureRequest, gate: Gate) -> Iterator[Rig]:
    """Those that tell their window."""
    with open_rig(request, gate) as rig:
        yield rig


@pytest.fixture(params=DIALECTS, ids=name_of)
def played_rig(request: pytest.FixtureRequest, gate: Gate) -> Iterator[Rig]:
    """Those that look at the name of the model; llama-server has one model and does not."""
    with open_rig(request, gate) as rig:
        yield rig


def test_it_is_ready_and_offers_its_model(rig: Rig) -> None:
    assert rig.engine.state().is_ready
    assert rig.engine.name == rig.address
    assert rig.model.engine == rig.address
    assert rig.model.can_chat


def test_a_script_comes_back_word_for_word(rig: Rig) -> None:
    events = list(rig.ask("Hi"))

    assert isinstance(events[0], Waiting)
    assert text_of(events) == "".join(GREETING)
    assert finished(events).reason is FinishReason.STOP


def test_it_comes_again_when_its_ways_are_known(rig: Rig) -> None:
    list(rig.ask("Hi", answer_limit_tokens=100))

    assert text_of(list(rig.ask("Hi", answer_limit_tokens=100))) == "".join(GREETING)


def test_what_it_tells_is_known_and_the_rest_is_unknown(rig: Rig) -> None:
    last = finished(list(rig.ask("Hi")))

    assert last.window_tokens == rig.window_tokens
    loaded = [LoadedModel(rig.model.name, rig.window_tokens)] if rig.window_tokens else []
    assert rig.engine.loaded() == loaded
    tells_usage = rig.dialect is None or rig.dialect.usage != "never"
    assert (last.usage.prompt_tokens is not None) is tells_usage
    assert (last.usage.consumed_tokens is not None) is tells_usage


def test_the_limit_of_an_answer_holds(rig: Rig) -> None:
    last = finished(list(rig.ask("Hi", answer_limit_tokens=2)))

    says_why = rig.dialect is None or rig.dialect.says_finish
    assert last.reason is (FinishReason.LENGTH if says_why else FinishReason.STOP)
    assert last.usage.answer_tokens in {2, None}


def test_an_unfinished_answer_is_sent_along(rig: Rig) -> None:
    unfinished = PromptMessage(Role.MODEL, "Well, let me see: ")

    events = list(rig.ask("Hi", more=(unfinished,)))

    assert text_of(events) == "".join(GREETING)


def test_tools_do_not_keep_a_server_from_answering(rig: Rig) -> None:
    tools = (ToolDefinition("get_weather", "Weather of a city"),)

    events = list(rig.ask("Hi", tools=tools))

    assert text_of(events) == "".join(GREETING)
    assert finished(events).reason is FinishReason.STOP
    is_refused = rig.dialect is not None and rig.dialect.strict is not None
    (model,) = (model for model in rig.engine.models() if model.name == rig.model.name)
    knows_none = rig.dialect is None or is_refused
    assert model.tool_format is (ToolFormat.GRAMMAR if knows_none else ToolFormat.NATIVE)


def test_a_model_that_is_not_there_is_missing(played_rig: Rig) -> None:
    with pytest.raises(ModelMissing) as raised:
        list(played_rig.ask("Hi", model=replace(played_rig.model, name="none")))

    assert (raised.value.engine, raised.value.model) == (played_rig.address, "none")


def test_a_prompt_that_is_too_long_comes_with_both_numbers(telling_rig: Rig) -> None:
    window_tokens = telling_rig.window_tokens or 0

    with pytest.raises(PromptTooLong) as raised:
        list(telling_rig.ask("x" * (window_tokens + 10)))

    assert raised.value.window_tokens == window_tokens
    assert raised.value.prompt_tokens is not None
    assert raised.value.prompt_tokens > window_tokens


def test_stop_while_it_writes_stops_the_server_too(streaming_rig: Rig) -> None:
    cancel = Cancellation()
    events = streaming_rig.ask("FOREVER", cancel)
    first = next(event for event in events if isinstance(event, TextDelta))

    cancel.cancel()
    with pytest.raises(Cancelled):
        list(events)

    assert first.text
    assert becomes_true(streaming_rig.has_stopped)


def test_closing_ends_a_running_answer_and_begins_no_other(streaming_rig: Rig) -> None:
    events = streaming_rig.ask("FOREVER")
    next(event for event in events if isinstance(event, TextDelta))

    streaming_rig.engine.close()

    for answer in (events, streaming_rig.ask("FOREVER")):
        with pytest.raises(EngineDied):
            list(answer)


def test_a_server_that_dies_ends_the_answer_and_the_text_stays(streaming_rig: Rig) -> None:
    events = streaming_rig.ask("FOREVER")
    received: list[AnswerEvent] = [next(event for event in events if isinstance(event, TextDelta))]

    streaming_rig.kill()
    with pytest.raises(EngineDied) as raised:
        received.extend(events)

    assert raised.value.engine == streaming_rig.address
    assert text_of(received).startswith("tick")


@pytest.mark.parametrize("key", ["", WRONG_KEY])
def test_without_the_right_key_it_says_that_it_wants_one_and_repeats_none(rig: Rig, key: str) -> None:
    engine = rig.with_key(key)

    with pytest.raises(KeyRequired) as raised:
        list(engine.answer(AnswerRequest(rig.model, (PromptMessage(Role.PERSON, "Hi"),)), Cancellation()))

    assert raised.value.engine == rig.address
    assert WRONG_KEY not in str(raised.value)
    assert engine.needs_key(key)
    assert not engine.needs_key(rig.key)


def test_an_address_with_another_path_is_not_an_engine(rig: Rig, gate: Gate) -> None:
    engine = ServerEngine(f"{rig.address}/elsewhere", lambda: KEY, gate)

    with pytest.raises((NotAnEngine, KeyRequired)):
        engine.models()
