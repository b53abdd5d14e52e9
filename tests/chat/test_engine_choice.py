"""Who answers, and the watch that tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from phidesk.chat.engine_choice import EngineDirectory, EngineReport, EngineWatch
from phidesk.core.errors import EngineMissing
from phidesk.core.hub import Hub
from phidesk.core.tasks import Cancellation
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import Engine
from tests.fakes.openai_server import Reply, ScriptedServer, scripted_server

PATIENCE_S = 2.0
"""Less than an engine is given to say anything."""


@pytest.fixture
def stranger() -> Iterator[ScriptedServer]:
    """Somebody who accepts connections."""
    with scripted_server() as server:
        yield server


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread for the watch."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.parametrize("silent_path", ["/api/version", "/api/ps"])
def test_the_watch_ends_while_an_engine_says_nothing(
    stranger: ScriptedServer, gate: Gate, pool: ThreadPoolExecutor, silent_path: str
) -> None:
    model = {"name": "small", "capabilities": ["completion"]}
    stranger.says("/api/version", {"version": "0.33.0"})
    stranger.says("/api/tags", {"models": [model]})
    stranger.replies[silent_path] = Reply([None])
    engine = OllamaEngine(stranger.address, gate)
    hub = Hub(lambda closure: closure())
    told: list[EngineReport] = []
    hub.subscribe(EngineReport, told.append)
    watch = EngineWatch(EngineDirectory(lambda: [engine], _no_server), hub, lambda: (None, None))
    cancel = Cancellation()

    watching = pool.submit(watch.run, cancel)
    assert stranger.waiting.wait(PATIENCE_S)
    cancel.cancel()

    watching.result(PATIENCE_S)
    assert told == []


def test_a_report_says_what_can_be_set_even_of_an_engine_that_is_gone_later(
    stranger: ScriptedServer, gate: Gate
) -> None:
    stranger.says("/api/version", {"version": "0.33.0"})
    stranger.says("/api/tags", {"models": [{"name": "small", "capabilities": ["completion"]}]})
    stranger.says("/api/ps", {"models": []})
    engine = OllamaEngine(stranger.address, gate)

    report = EngineDirectory(lambda: [engine], _no_server).report(None, None)

    assert report.model is not None
    assert report.parameters == engine.parameters != frozenset()


def _no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)
