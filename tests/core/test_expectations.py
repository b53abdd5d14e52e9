"""Expectations come from the past of this computer alone: the newest count, and no past means no number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phidesk.core.answers import AnswerOutcome, FinishReason, Timings, Usage
from phidesk.core.expectations import (
    Measurement,
    expected_load_s,
    expected_reading_s,
    known_load,
    measure,
    times_slower_when_spilled,
)
from phidesk.core.memory_fit import RealLoad
from phidesk.core.model_info import CachePrecision

WARM = Measurement("ollama", "phi4-mini:latest", 8192, load_ms=2.0, reading_ms=500.0, prompt_tokens=1000)
COLD = replace(WARM, load_ms=6000.0, reading_ms=2000.0, prompt_characters=4000)


def loads(*milliseconds: float, window_tokens: int = 8192) -> list[Measurement]:
    return [replace(COLD, load_ms=load_ms, window_tokens=window_tokens) for load_ms in milliseconds]


def test_without_a_past_nothing_is_expected() -> None:
    assert expected_load_s([], 8192) is None
    assert expected_reading_s([], 1000) is None


def test_an_answer_that_loaded_nothing_says_nothing_about_loads() -> None:
    assert expected_load_s([WARM, replace(WARM, load_ms=None)], 8192) is None


def test_one_slow_load_does_not_move_the_expectation() -> None:
    assert expected_load_s(loads(6000, 60_000, 6200, 5800), 8192) == pytest.approx(6.1)


def test_the_newest_loads_outvote_the_older_ones() -> None:
    assert expected_load_s(loads(*[2000.0] * 9, *[9000.0] * 50), 8192) == 2.0


def test_loads_with_the_same_window_count_first() -> None:
    past = [*loads(9000, window_tokens=32768), *loads(3000)]

    assert expected_load_s(past, 8192) == 3.0
    assert expected_load_s(past, 32768) == 9.0
    assert expected_load_s(past, 4096) == 6.0


def test_reading_is_expected_at_the_speed_of_what_was_really_read() -> None:
    cached = replace(WARM, cached_tokens=900, prompt_characters=4000, reading_ms=200.0)

    assert expected_reading_s([COLD], 8000) == pytest.approx(4.0)
    assert expected_reading_s([cached], 8000) == pytest.approx(4.0)


def test_a_prompt_that_may_have_come_from_the_cache_says_nothing_about_speed() -> None:
    assert expected_reading_s([replace(WARM, prompt_characters=4000)], 8000) is None


def test_a_short_prompt_says_nothing_about_speed() -> None:
    assert expected_reading_s([replace(COLD, prompt_characters=20)], 8000) is None


def test_an_answer_is_measured_with_everything_it_tells() -> None:
    outcome = AnswerOutcome(
        FinishReason.STOP, Usage(21, 9, 16), Timings(120.5, 30.25, 88.0), window_tokens=4096, gpu_bytes=3, total_bytes=5
    )

    measurement = measure(outcome, engine="builtin", model="phi4-mini", prompt_characters=80)

    assert measurement == Measurement("builtin", "phi4-mini", 4096, 120.5, 30.25, 88.0, 21, 16, 9, 80, 3, 5)


@pytest.mark.parametrize("finish", [FinishReason.STOPPED, FinishReason.ERROR])
def test_an_answer_without_figures_is_not_measured(finish: FinishReason) -> None:
    assert measure(AnswerOutcome(finish), engine="ollama", model="x", prompt_characters=80) is None


def test_the_load_with_the_nearest_window_is_known_and_of_these_the_newest() -> None:
    past = [replace(WARM, window_tokens=window, total_bytes=size) for window, size in ((8192, 3), (4096, 2), (8192, 1))]

    assert known_load(past, replace(WARM, window_tokens=16384)) == RealLoad(8192, 3)
    assert known_load(past, replace(WARM, window_tokens=4096)) == RealLoad(4096, 2)


@pytest.mark.parametrize(
    "other",
    [replace(WARM, model_digest="a"), replace(WARM, engine_version="0.13"), replace(WARM, cache_precision="Q8_0")],
)
def test_a_load_of_another_file_engine_or_cache_is_not_known(other: Measurement) -> None:
    loaded = replace(WARM, total_bytes=3)

    assert known_load([loaded], other) is None


def test_a_load_keeps_its_kind_of_cache() -> None:
    loaded = replace(WARM, total_bytes=3, cache_precision="Q8_0")

    assert known_load([loaded], loaded) == RealLoad(8192, 3, CachePrecision.Q8_0)


def test_how_much_slower_a_spill_is_comes_from_answers_of_both_kinds() -> None:
    on_card = replace(WARM, answer_tokens=100, writing_ms=1000.0, gpu_bytes=4, total_bytes=4)
    spilled = replace(on_card, writing_ms=5000.0, gpu_bytes=3)

    assert times_slower_when_spilled([on_card, on_card]) is None
    assert times_slower_when_spilled([spilled]) is None
    assert times_slower_when_spilled([spilled, on_card]) == pytest.approx(5.0)
