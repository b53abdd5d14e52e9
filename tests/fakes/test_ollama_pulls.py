"""Pulls of the recorded daemon that take time: their lines have the form of the recorded ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.fakes.ollama_pulls import BEAT_S, OfferedModel, layer
from tests.fakes.ollama_recordings import Exchange, recording, sent

SIZE_BYTES = 10_000_000
BODY = json.dumps({"model": "phi4-mini"}).encode()


@pytest.fixture
def offer() -> OfferedModel:
    return OfferedModel((layer(SIZE_BYTES), layer(655)), bytes_per_s=50_000_000)


@pytest.fixture
def daemon(offer: OfferedModel) -> Iterator[OllamaDaemon]:
    with OllamaDaemon([]) as daemon:
        daemon.library.offers["phi4-mini:latest"] = offer
        yield daemon


def pull(daemon: OllamaDaemon) -> list[dict[str, Any]]:
    with sent(daemon.url, "POST", "/api/pull", BODY) as exchange:
        return [json.loads(chunk) for chunk in exchange.reply().chunks]


def read_line(exchange: Exchange) -> dict[str, Any]:
    chunk = exchange.read_chunk()
    assert chunk
    line: dict[str, Any] = json.loads(chunk)
    return line


def shape(lines: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Keys and words of lines, without digests, and without repetitions."""
    shapes = [(line.get("status", "error").split(" ")[0], *line) for line in lines]
    return [one for index, one in enumerate(shapes) if index == 0 or one != shapes[index - 1]]


def test_a_pull_has_the_lines_of_the_recorded_one(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    offer.model = phi4_mini()

    lines = pull(daemon)

    completed = [line["completed"] for line in lines if "completed" in line]
    assert shape(lines) == shape(recording("pull_full").lines)
    assert completed == sorted(completed)
    assert len(completed) <= SIZE_BYTES / 50_000_000 / BEAT_S + 1
    assert [model.name for model in daemon.models] == [phi4_mini().name]


def test_a_wrong_checksum_comes_after_the_check(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    offer.damages = 1

    lines = pull(daemon)

    assert shape(lines) == shape(recording("pull_digest_mismatch").lines)
    assert pull(daemon)[-1] == {"status": "success"}


def test_a_full_disk_comes_in_the_middle(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    offer.layer_error, offer.fails_at_bytes = recording("pull_disk_full").lines[-1]["error"], 5_000_000

    lines = pull(daemon)

    assert shape(lines) == shape(recording("pull_disk_full").lines)
    assert lines[-1] == recording("pull_disk_full").lines[-1]


def test_a_client_who_leaves_stops_it_and_the_next_one_goes_on(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    offer.bytes_per_s = 20_000_000
    with sent(daemon.url, "POST", "/api/pull", BODY) as exchange:
        exchange.read_head()
        assert read_line(exchange) == {"status": "pulling manifest"}
        assert "completed" in read_line(exchange)
        came = read_line(exchange)["completed"]
    daemon.wait_until(lambda: daemon.library.pulls == 0)

    first = next(line for line in pull(daemon) if "completed" in line)

    assert first["completed"] >= came


def test_a_stall_repeats_the_same_line(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    offer.stalls_at_bytes = 3_000_000
    with sent(daemon.url, "POST", "/api/pull", BODY) as exchange:
        exchange.read_head()
        lines = [read_line(exchange) for _ in range(5)]

    assert lines[-1] == lines[-2]
    assert lines[-1]["completed"] == offer.stalls_at_bytes


def test_a_part_that_comes_again_falls_back(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    offer.stalls_at_bytes, offer.falls_back = 5_000_000, True
    with sent(daemon.url, "POST", "/api/pull", BODY) as exchange:
        exchange.read_head()
        completed = [read_line(exchange).get("completed", 0) for _ in range(6)]

    assert completed != sorted(completed)
