"""Measurements survive a restart, the newest come first, and old ones go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from phidesk.storage.database import Database, open_database
from phidesk.storage.measurements import KEPT_COUNT, Measurements
from tests.storage.saved_database import MEASUREMENT


@pytest.fixture
def measurements(database: Database) -> Measurements:
    return Measurements(database)


def test_what_was_measured_is_read_back_the_newest_first(measurements: Measurements) -> None:
    newer = replace(
        MEASUREMENT,
        load_ms=None,
        gpu_bytes=None,
        window_tokens=None,
        model_digest="sha256:1",
        engine_version="0.13",
        cache_precision="Q8_0",
    )

    for measurement in (MEASUREMENT, newer):
        measurements.add(measurement).result()

    assert measurements.recent("builtin", "phi4-mini").result() == [newer, MEASUREMENT]


def test_each_model_on_each_engine_has_its_own_past(measurements: Measurements) -> None:
    others = [replace(MEASUREMENT, engine="ollama"), replace(MEASUREMENT, model="phi4")]

    for measurement in (MEASUREMENT, *others):
        measurements.add(measurement).result()

    assert measurements.recent("builtin", "phi4-mini").result() == [MEASUREMENT]


def test_only_the_newest_are_kept_and_others_are_left_alone(measurements: Measurements) -> None:
    other = replace(MEASUREMENT, model="phi4")
    measurements.add(other).result()

    for number in range(KEPT_COUNT + 3):
        measurements.add(replace(MEASUREMENT, answer_tokens=number)).result()

    kept = [it.answer_tokens for it in measurements.recent("builtin", "phi4-mini").result()]
    assert kept == list(range(KEPT_COUNT + 2, 2, -1))
    assert measurements.recent("builtin", "phi4").result() == [other]


def test_the_past_survives_a_restart(path: Path, executor: ThreadPoolExecutor) -> None:
    database = open_database(path, executor)
    Measurements(database).add(MEASUREMENT).result()
    database.close()

    database = open_database(path, executor)

    assert Measurements(database).recent("builtin", "phi4-mini").result() == [MEASUREMENT]
    database.close()
