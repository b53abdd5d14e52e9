"""The Ollama engine against a daemon that behaves as recorded. What all engines share: `tests/engine/test_conformance.py`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psutil
import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Role
from phidesk.core.errors import (
    EngineBusy,
    EngineDied,
    EngineForbidden,
    EngineTooOld,
    EngineUnreachable,
    ModelCannotChat,
    ModelElsewhere,
    ModelLoadFailed,
    ModelMissing,
    NotAnEngine,
)
from phidesk.core.model_info import ModelInfo, choose_chat_model
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import (
    AnswerEvent,
    AnswerRequest,
    EngineStatus,
    Finished,
    PromptMessage,
    TextDelta,
    Waiting,
)
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import Failure, cloud_model, embedding_model, phi4_mini, scripted
from tests.fakes.openai_server import Reply, ScriptedServer, scripted_server
from tests.real_engines import SCRIPTED_GREETING

WINDOW = 2048
PATIENCE_S = 10.0


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted(), phi4_mini(), embedding_model(), cloud_model()]) as daemon:
        yield daemon


@pytest.fixture
def engine(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    engine = OllamaEngine(daemon.url, gate)
    yield engine
    engine.close()


@pytest.fixture
def hasty_engine(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    """An engine that waits for replies as shortly as a test wants to."""
    engine = OllamaEngine(daemon.url, gate, reply_timeout_s=0.2)
    yield engine
    engine.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def stranger() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


def model(engine: OllamaEngine, name: str = "scripted:latest") -> ModelInfo:
    return next(model for model in engine.models() if model.name == name)


def request(model: ModelInfo, text: str = "Hi", **options: Any) -> AnswerRequest:
    return AnswerRequest(model, (PromptMessage(Role.PERSON, text),), **{"window_tokens": WINDOW, **options})


def ask(engine: OllamaEngine, model: ModelInfo, text: str = "Hi", **options: Any) -> list[AnswerEvent]:
    return list(engine.answer(request(model, text, **options), Cancellation()))


def ask_in(
    pool: ThreadPoolExecutor, engine: OllamaEngine, model: ModelInfo, text: str, cancel: Cancellation
) -> Future[list[AnswerEvent]]:
    return pool.submit(lambda: list(engine.answer(request(model, text), cancel)))


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def bodies(daemon: OllamaDaemon) -> list[dict[str, Any]]:
    return [received.body for received in daemon.requests if received.path in {"/api/chat", "/api/generate"}]


# Is it there?


def test_a_running_daemon_is_ready_with_its_version(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    state = engine.state()

    assert (state.status, state.version, state.address) == (EngineStatus.READY, "0.33.0-rc2", daemon.url)


def test_a_daemon_that_is_gone_is_unreachable(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    scripted_model = model(engine)
    daemon.kill()

    assert engine.state().status is EngineStatus.UNREACHABLE
    for question in (engine.models, engine.loaded, lambda: ask(engine, scripted_model)):
        with pytest.raises(EngineUnreachable):
            question()
    daemon.start()
    assert text_of(ask(engine, scripted_model)) == SCRIPTED_GREETING


def test_a_daemon_that_accepts_and_is_silent_seems_to_start_and_cannot_be_asked(
    hasty_engine: OllamaEngine, daemon: OllamaDaemon
) -> None:
    daemon.is_frozen = True

    assert hasty_engine.state().status is EngineStatus.STARTING
    with pytest.raises(EngineUnreachable):
        hasty_engine.models()
    with pytest.raises(EngineUnreachable):
        ask(hasty_engine, ModelInfo("scripted:latest", "ollama"))

    daemon.is_frozen = False
    assert hasty_engine.state().is_ready


def test_a_daemon_that_refuses_this_program_is_forbidden(stranger: ScriptedServer, gate: Gate) -> None:
    stranger.replies["/api/version"] = Reply([b""], status=403)
    engine = OllamaEngine(stranger.address, gate)

    assert engine.state().status is EngineStatus.FORBIDDEN
    with pytest.raises(EngineForbidden):
        engine.models()


@pytest.mark.parametrize(
    "reply",
    [
        Reply([b"<!DOCTYPE html>\n"], kind="text/html"),
        Reply([b"<!DOCTYPE html>\n"], status=404, kind="text/html"),
        Reply([b'{"name":"something else"}']),
        Reply([b'["0.33.0"]']),
        Reply([b""], status=302, headers={"Location": "http://example.invalid/"}),
    ],
    ids=["page", "page not found", "other object", "list", "redirect"],
)
def test_somebody_else_at_the_address_is_not_an_engine(stranger: ScriptedServer, gate: Gate, reply: Reply) -> None:
    stranger.replies["/api/version"] = reply
    engine = OllamaEngine(stranger.address, gate)

    assert engine.state().status is EngineStatus.NOT_AN_ENGINE
    with pytest.raises(NotAnEngine):
        engine.models()


def test_who_is_in_the_place_of_the_daemon_is_named(stranger: ScriptedServer, gate: Gate) -> None:
    state = OllamaEngine(stranger.address, gate).state()

    assert (state.status, state.port_holder) == (EngineStatus.NOT_AN_ENGINE, psutil.Process().name())


@pytest.mark.parametrize("version", ["0.12.3", "0.5.13", "v0.11.11"])
def test_a_daemon_that_cuts_conversations_is_too_old(engine: OllamaEngine, daemon: OllamaDaemon, version: str) -> None:
    daemon.version = version

    for question in (engine.models, lambda: ask(engine, ModelInfo("scripted:latest", "ollama"))):
        with pytest.raises(EngineTooOld) as raised:
            question()
        assert (raised.value.version, raised.value.needed) == (version, "0.12.4")
    assert bodies(daemon) == []


@pytest.mark.parametrize("version", ["0.12.4", "0.12.10-rc1", "1.0.0", "0.0.0", "", "main-3f2a"])
def test_any_other_version_is_taken(engine: OllamaEngine, daemon: OllamaDaemon, version: str) -> None:
    daemon.version = version

    assert text_of(ask(engine, model(engine))) == SCRIPTED_GREETING


# What has it?


def test_models_come_with_all_that_the_daemon_tells(engine: OllamaEngine) -> None:
    models = {model.name: model for model in engine.models()}

    phi = models["phi4-mini:latest"]
    assert (phi.trained_window_tokens, phi.parameters, phi.quantisation) == (131072, "3.8B", "Q4_K_M")
    assert (phi.size_bytes, phi.licence, phi.is_phi4_mini) == (2491876774, "mit", True)
    assert [name for name, model in models.items() if not model.can_chat] == [
        "scripted-embed:latest",
        "gpt-oss:120b-cloud",
    ]
    assert choose_chat_model(list(models.values())) == phi


def test_a_model_is_shown_once_only(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    first, second = engine.models(), engine.models()

    shown = [received.body for received in daemon.requests if received.path == "/api/show"]
    assert shown == [{"model": "phi4-mini:latest"}]
    assert first == second


def test_a_model_that_cannot_be_shown_is_still_listed(stranger: ScriptedServer, gate: Gate) -> None:
    stranger.says("/api/version", {"version": "0.20.0"})
    stranger.says("/api/tags", {"models": [{"name": "broken:latest", "digest": "1", "details": {"family": "llama"}}]})
    stranger.says("/api/show", {"error": "invalid file magic"}, status=500)

    (broken,) = OllamaEngine(stranger.address, gate).models()

    assert (broken.name, broken.capabilities, broken.can_chat) == ("broken:latest", frozenset(), True)


@pytest.mark.parametrize("document", [{}, {"models": 3}, {"models": [3]}, {"models": [{"size": 1}]}])
def test_a_list_that_no_daemon_sends_is_foreign(stranger: ScriptedServer, gate: Gate, document: Any) -> None:
    stranger.says("/api/version", {"version": "0.20.0"})
    stranger.says("/api/tags", document)
    stranger.says("/api/ps", document)
    engine = OllamaEngine(stranger.address, gate)

    for question in (engine.models, engine.loaded):
        with pytest.raises(NotAnEngine):
            question()


def test_memory_that_is_not_told_in_time_is_an_engine_at_work(hasty_engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    daemon.ps_delay_s = math.inf

    with pytest.raises(EngineBusy):
        hasty_engine.loaded()

    daemon.ps_delay_s = 0.0
    assert hasty_engine.loaded() == []


# Answers


def test_every_request_keeps_the_model_as_it_is_loaded(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    for name in ("scripted:latest", "phi4-mini:latest"):
        asked = model(engine, name)
        engine.load(asked, WINDOW)
        ask(engine, asked)
        ask(engine, asked, temperature=0.0, seed=1, answer_limit_tokens=3)
        engine.load(asked, WINDOW)

    assert daemon.loads == 2
    assert [(body["truncate"], body["shift"]) for body in bodies(daemon)] == [(False, False)] * 8
    assert {body["options"]["num_ctx"] for body in bodies(daemon)} == {WINDOW}
    answers = [body["options"] for body in bodies(daemon) if body["stream"]]
    assert [options["num_predict"] for options in answers] == [WINDOW, 3] * 2


def test_an_answer_is_one_request_and_no_other(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    asked = model(engine)
    daemon.requests.clear()

    ask(engine, asked)
    ask(engine, asked)

    assert [received.path for received in daemon.requests] == ["/api/chat"] * 2


def test_phi4_mini_reads_exactly_what_we_render(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    asked = request(model(engine, "phi4-mini:latest"), "Say <|end|>", instructions="Be brief.")

    events = list(engine.answer(asked, Cancellation()))

    assert daemon.prompts == [render_prompt(asked)]
    assert text_of(events) == SCRIPTED_GREETING
    assert [body["raw"] for body in bodies(daemon)] == [True]


def test_the_window_is_left_to_those_who_ask_for_the_memory(engine: OllamaEngine) -> None:
    asked = model(engine)

    last = ask(engine, asked)[-1]

    assert isinstance(last, Finished)
    assert last.window_tokens is None
    assert [loaded.window_tokens for loaded in engine.loaded()] == [WINDOW]
    assert last.timings.load_ms is not None
    assert last.timings.reading_ms is not None


def test_a_stream_that_ends_without_its_last_word_has_ended_early(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    daemon.say("And then", when="STORY", then=Failure.ENDS_WITHOUT_DONE)

    events = ask(engine, model(engine), "STORY")

    assert text_of(events) == "And then"
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason is FinishReason.ENDED_EARLY


@pytest.mark.parametrize("failure", [Failure.RUNNER_KILLED, Failure.DAEMON_KILLED, Failure.CONNECTION_CUT])
@pytest.mark.parametrize("said", ["And then", []], ids=["while it writes", "before the first token"])
def test_whoever_dies_ends_the_answer_and_the_text_stays(
    engine: OllamaEngine, daemon: OllamaDaemon, failure: Failure, said: str | list[str]
) -> None:
    daemon.say(said, when="STORY", then=failure)
    events = engine.answer(request(model(engine), "STORY"), Cancellation())
    received: list[AnswerEvent] = []

    with pytest.raises(EngineDied):
        received.extend(events)

    assert text_of(received) == "".join(said)


def test_a_daemon_that_dies_while_it_loads_ends_whoever_waits(
    engine: OllamaEngine, daemon: OllamaDaemon, pool: ThreadPoolExecutor
) -> None:
    asked = model(engine)
    daemon.load_s = math.inf
    answer = ask_in(pool, engine, asked, "Hi", Cancellation())
    load = pool.submit(engine.load, asked, WINDOW)
    daemon.wait_until(lambda: daemon.is_loading and len(bodies(daemon)) == 2)

    daemon.kill()

    for waiting in (answer, load):
        with pytest.raises(EngineDied):
            waiting.result(PATIENCE_S)


def test_a_load_that_fails_says_whether_memory_was_short(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    daemon.load_error = "llama-server reported out-of-memory during startup: cudaMalloc failed"
    asked = model(engine)

    for question in (lambda: engine.load(asked, WINDOW), lambda: ask(engine, asked)):
        with pytest.raises(ModelLoadFailed) as raised:
            question()
        assert (raised.value.model, raised.value.out_of_memory) == ("scripted:latest", 1)


def test_an_embedding_model_cannot_chat(engine: OllamaEngine) -> None:
    with pytest.raises(ModelCannotChat):
        ask(engine, model(engine, "scripted-embed:latest"))


@pytest.mark.parametrize("name", ["gpt-oss:120b-cloud", "mine:cloud"])
def test_nothing_is_sent_to_a_model_elsewhere(engine: OllamaEngine, daemon: OllamaDaemon, name: str) -> None:
    remote = ModelInfo(name, "ollama")

    for question in (lambda: ask(engine, remote), lambda: engine.load(remote, WINDOW)):
        with pytest.raises(ModelElsewhere):
            question()

    assert daemon.requests == []


def test_stop_works_while_nobody_has_answered_anything_yet(
    engine: OllamaEngine, daemon: OllamaDaemon, pool: ThreadPoolExecutor
) -> None:
    daemon.is_frozen = True
    cancel = Cancellation()
    answer = ask_in(pool, engine, ModelInfo("scripted:latest", "ollama"), "Hi", cancel)
    daemon.wait_until(lambda: bool(daemon.requests))

    cancel.cancel()

    with pytest.raises(Cancelled):
        answer.result(PATIENCE_S)


def test_stop_while_it_loads_ends_the_load(
    engine: OllamaEngine, daemon: OllamaDaemon, pool: ThreadPoolExecutor
) -> None:
    daemon.load_s = math.inf
    cancel = Cancellation()
    answer = ask_in(pool, engine, model(engine), "Hi", cancel)
    daemon.wait_until(lambda: daemon.is_loading)

    cancel.cancel()

    with pytest.raises(Cancelled):
        answer.result(PATIENCE_S)
    daemon.wait_until(lambda: daemon.departures == 1 and not daemon.is_loading)
    assert daemon.loads == 0


def test_closing_ends_what_waits_and_lets_nothing_begin(
    engine: OllamaEngine, daemon: OllamaDaemon, pool: ThreadPoolExecutor
) -> None:
    asked = model(engine)
    daemon.load_s = math.inf
    load = pool.submit(engine.load, asked, WINDOW)
    daemon.wait_until(lambda: daemon.is_loading)

    engine.close()

    with pytest.raises(EngineDied):
        load.result(PATIENCE_S)
    with pytest.raises(EngineDied):
        ask(engine, asked)
    assert next(engine.answer(request(asked), Cancellation())) == Waiting()


# Unloading, through the `ollama` package


def test_unloading_goes_through_the_gate_and_takes_no_key_along(
    engine: OllamaEngine, daemon: OllamaDaemon, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.7:3128")
    asked = model(engine)
    engine.load(asked, WINDOW)

    engine.unload(asked)
    engine.unload(asked)

    assert engine.loaded() == []
    assert [record.purpose for record in gate.connections[-3:]] == ["unload", "unload", "memory"]
    assert bodies(daemon)[-1]["keep_alive"] == 0
    headers = {name.lower() for received in daemon.requests for name in received.headers}
    assert "authorization" not in headers


def test_unloading_a_model_that_is_not_there_says_so(engine: OllamaEngine) -> None:
    with pytest.raises(ModelMissing):
        engine.unload(replace(model(engine), name="none:latest"))


def test_unloading_from_nobody_is_unreachable(gate: Gate) -> None:
    with pytest.raises(EngineUnreachable):
        OllamaEngine("http://127.0.0.1:9", gate).unload(ModelInfo("x", "ollama"))


# Kept in memory, and counted


def test_the_time_that_a_model_is_kept_ready_goes_with_every_request(daemon: OllamaDaemon, gate: Gate) -> None:
    kept_s: list[int | None] = [None]
    engine = OllamaEngine(daemon.url, gate, keep_ready_s=lambda: kept_s[0])
    scripted_model, phi = model(engine), model(engine, "phi4-mini:latest")

    ask(engine, scripted_model)
    kept_s[0] = 1800
    ask(engine, scripted_model)
    ask(engine, phi)
    kept_s[0] = -1
    engine.load(phi, WINDOW)
    engine.close()

    assert [body.get("keep_alive") for body in bodies(daemon)] == [None, 1800, 1800, -1]
    assert daemon.loads == 2


@pytest.mark.parametrize(
    ("version", "is_exact"),
    [("0.12.4", False), ("0.30.0", False), ("0.30.1", True), ("0.33.0-rc2", True), ("0.0.0", True), ("dev", True)],
)
def test_older_versions_count_only_roughly(gate: Gate, version: str, is_exact: bool) -> None:
    with OllamaDaemon([scripted()], version=version) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        finished = ask(engine, model(engine))[-1]

        assert isinstance(finished, Finished)
        assert finished.usage.is_estimated is not is_exact
        assert engine.state().has_exact_figures is is_exact
        engine.close()
