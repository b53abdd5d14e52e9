"""A daemon that behaves as recorded, and the engine in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    """A daemon with the scripted model."""
    with OllamaDaemon([scripted()]) as daemon:
        yield daemon


@pytest.fixture
def engine(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    """The engine that talks to it."""
    engine = OllamaEngine(daemon.url, gate)
    yield engine
    engine.close()
