"""Where the model runs: the engine's own figures decide, and the cause is never guessed."""

from __future__ import annotations

import pytest

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.placement import Cause, Placement, place_model
from phidesk.core.memory_fit import Place, Room
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.engine.hardware import GraphicsCard
from phidesk.engine.protocol import BUILTIN, OLLAMA

GB = 1_000_000_000
CARD = GraphicsCard("Card", Room(8 * GB, 8 * GB))
SMALL_CARD = GraphicsCard("Card", Room(2 * GB, 2 * GB))


def report(loaded: LoadedModel | None, engine: str = OLLAMA) -> EngineReport:
    return EngineReport(engine, ModelInfo("phi4-mini:latest", engine), loaded)


def loaded(gpu_bytes: int | None, size_bytes: int | None = 4 * GB) -> LoadedModel:
    return LoadedModel("phi4-mini:latest", 8192, size_bytes, gpu_bytes)


def place(model: LoadedModel | None, *cards: GraphicsCard, engine: str = OLLAMA, others: int = 0) -> Placement:
    everything = [LoadedModel(f"other-{number}", 4096, GB, GB) for number in range(others)]
    return place_model(report(model, engine), [*everything, *([model] if model else [])], cards)


def test_a_model_that_is_not_in_memory_runs_nowhere() -> None:
    assert place(None, CARD) == Placement(None, Cause.NOT_LOADED)


@pytest.mark.parametrize("model", [loaded(None), loaded(None, None), loaded(GB, None)])
def test_what_the_engine_does_not_tell_is_unknown(model: LoadedModel) -> None:
    assert place(model, CARD) == Placement(None, Cause.NOT_TOLD)


def test_all_of_it_on_the_card_is_good() -> None:
    assert place(loaded(4 * GB), CARD, others=1) == Placement(Place.GRAPHICS, Cause.FITS)


def test_a_part_outside_is_told_in_bytes() -> None:
    assert place(loaded(3 * GB), SMALL_CARD) == Placement(Place.PARTLY, Cause.TOO_LARGE, GB)


@pytest.mark.parametrize(("gpu_bytes", "where"), [(3 * GB, Place.PARTLY), (0, Place.COMPUTER)])
def test_another_model_on_the_card_is_named(gpu_bytes: int, where: Place) -> None:
    placement = place(loaded(gpu_bytes), CARD, others=1)

    assert (placement.place, placement.cause, placement.other_model) == (where, Cause.OTHER_MODEL, "other-0")


def test_without_a_card_the_processor_is_used() -> None:
    assert place(loaded(0)).cause is Cause.NO_CARD


def test_a_card_that_is_too_small_or_not_used_is_told_apart() -> None:
    assert place(loaded(0), SMALL_CARD).cause is Cause.TOO_LARGE
    assert place(loaded(0), CARD).cause is Cause.NOT_USED


def test_the_built_in_engine_uses_the_processor_whatever_card_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")

    assert place(loaded(0), CARD, engine=BUILTIN).cause is Cause.BUILTIN_ENGINE
