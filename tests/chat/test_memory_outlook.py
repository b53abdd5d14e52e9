"""What windows cost: foreseen for every offered one, and corrected by what the engine really took."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phidesk.chat.engine_choice import EngineChoice, EngineReport
from phidesk.chat.memory_outlook import MemoryOutlook, look_at_memory, with_kind
from phidesk.core.context import OFFERED_WINDOWS
from phidesk.core.expectations import Measurement
from phidesk.core.model_info import CachePrecision, ModelInfo
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import Engine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini

WINDOW = 8192


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    """A daemon whose model tells its shape."""
    with OllamaDaemon([phi4_mini()]) as daemon:
        yield daemon


def only_model(engine: Engine) -> ModelInfo:
    (model,) = engine.models()
    return model


def look(engine: Engine, model: ModelInfo, *past: Measurement) -> MemoryOutlook:
    report = EngineReport(engine.name, model)
    outlook = look_at_memory(report, engine, past, cache_precision=CachePrecision.F16)
    assert outlook is not None
    return outlook


def test_before_a_load_every_window_has_its_price(engine: OllamaEngine) -> None:
    outlook = look(engine, only_model(engine))

    prices = [window.need_bytes or 0 for window in outlook.windows]
    assert [window.window_tokens for window in outlook.windows] == list(OFFERED_WINDOWS)
    assert prices == sorted(prices)
    assert prices[0] > 0
    assert (outlook.loaded, outlook.is_calibrated, outlook.can_free) == (None, False, False)


def test_what_is_in_memory_is_the_price_of_its_window(engine: OllamaEngine) -> None:
    model = only_model(engine)
    engine.load(model, WINDOW)

    outlook = look(engine, model)

    assert outlook.loaded is not None
    assert outlook.loaded.size_bytes is not None
    assert abs((outlook.at(WINDOW).need_bytes or 0) - outlook.loaded.size_bytes) <= 1
    assert (outlook.is_calibrated, outlook.can_free) == (True, True)


def test_a_load_of_the_past_counts_after_the_model_is_gone(engine: OllamaEngine) -> None:
    model = only_model(engine)
    measured = Measurement(engine.name, model.name, WINDOW, total_bytes=5_000_000_000)
    kept = with_kind(measured, EngineChoice(engine, model))

    outlook = look(engine, model, kept)

    assert outlook.is_calibrated
    assert abs((outlook.at(WINDOW).need_bytes or 0) - 5_000_000_000) <= 1
    assert (kept.model_digest, kept.engine_version) == (model.digest, engine.state().version)


def test_an_answer_without_memory_figures_is_of_no_kind(engine: OllamaEngine) -> None:
    measured = Measurement(engine.name, "phi4-mini:latest", WINDOW)

    assert with_kind(measured, EngineChoice(engine, only_model(engine))) == measured


def test_the_builtin_engine_tells_how_it_keeps_its_cache(
    builtin_engine: BuiltinEngine, practice_model: ModelInfo
) -> None:
    builtin_engine.load(practice_model, 4096)

    outlook = look(builtin_engine, practice_model)

    assert outlook.loaded is not None
    assert outlook.loaded.cache_precision is CachePrecision.F16
    assert outlook.cache_precision is CachePrecision.F16
    assert outlook.memory is not None
    assert abs((outlook.at(4096).need_bytes or 0) - (outlook.loaded.size_bytes or 0)) <= 1
