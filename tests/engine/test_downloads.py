"""All downloads together: one after the other, paused, resumed, given up, and there again after a restart."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from phidesk.core.downloads import Download, DownloadChanged, DownloadPhase
from phidesk.core.errors import ModelNotOffered, RegistryUnreachable
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.downloads import CLOSE_S, MEMORY_FILE, ModelDownloads
from phidesk.engine.fetching import FetchProgress, ModelFetcher, Tell
from phidesk.engine.network import Gate
from phidesk.engine.ollama.downloads import OllamaFetcher
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.engine.registry import RegistryFetcher
from tests.fakes.model_registry import Blob, ModelRegistry, random_blob
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_pulls import OfferedModel, layer

SIZE_BYTES = 2_000_000
PART_BYTES = 100_000
NAME = "phi4-mini"
FILE = "phi4-mini.gguf"
WAIT_S = 10.0
MOST_PER_S = 8


class HeldFetcher:
    """Fetches at the pace of a test, and ends only when it may."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.runs = 0

    def fetch(self, name: str, cancel: Cancellation, tell: Tell) -> None:
        self.runs += 1
        tell(FetchProgress(self.runs, 10))
        self.may_end.wait(WAIT_S)
        cancel.check()

    def kept(self, name: str) -> FetchProgress | None:
        return None

    def forget(self, name: str) -> None:
        """Keep nothing."""


class Told:
    """What was published, and waiting for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.downloads: list[Download] = []
        self.times: list[float] = []

    def __call__(self, change: DownloadChanged) -> None:
        with self._changed:
            self.downloads.append(change.download)
            self.times.append(time.monotonic())
            self._changed.notify_all()

    def wait_for(self, is_it: Callable[[Download], bool]) -> Download:
        """Wait for a change, of those that came since the last one that was waited for."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(is_it, self.downloads)), WAIT_S), self.downloads[-3:]
            index = next(index for index, download in enumerate(self.downloads) if is_it(download))
            found = self.downloads[index]
            del self.downloads[: index + 1]
            return found

    def wait_for_phase(self, phase: DownloadPhase, name: str = NAME) -> Download:
        return self.wait_for(lambda download: download.phase is phase and download.name == name)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def registry() -> Iterator[ModelRegistry]:
    with ModelRegistry() as registry:
        yield registry


@pytest.fixture
def blob(registry: ModelRegistry) -> Blob:
    return registry.offer("library/phi4-mini", random_blob(SIZE_BYTES))


@pytest.fixture
def offer() -> OfferedModel:
    return OfferedModel((layer(SIZE_BYTES), layer(655)), bytes_per_s=10_000_000)


@pytest.fixture
def daemon(offer: OfferedModel) -> Iterator[OllamaDaemon]:
    with OllamaDaemon([]) as daemon:
        daemon.library.offers |= {"phi4-mini:latest": offer, "other:latest": replace(offer)}
        yield daemon


Open = Callable[[], ModelDownloads]


@pytest.fixture
def open_downloads(
    registry: ModelRegistry, daemon: OllamaDaemon, tmp_path: Path, gate: Gate, start_loop: StartLoop, told: Told
) -> Iterator[Open]:
    """Open the downloads as a start of the program does; closed at the end."""
    opened: list[ModelDownloads] = []

    def open_again() -> ModelDownloads:
        fetchers: dict[str, ModelFetcher] = {
            BUILTIN: RegistryFetcher(
                tmp_path, gate, registry=registry.url, part_bytes=PART_BYTES, pauses_s=(0.0,), silence_s=5.0
            ),
            OLLAMA: OllamaFetcher(lambda: daemon.url, gate),
        }
        opened.append(ModelDownloads(fetchers, tmp_path, told, start_loop, stall_s=0.5))
        return opened[-1]

    yield open_again
    for downloads in opened:
        downloads.close()


@pytest.fixture
def downloads(open_downloads: Open) -> ModelDownloads:
    return open_downloads()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began_s = time.monotonic()
    yield
    assert time.monotonic() - began_s < seconds


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("engine", [BUILTIN, OLLAMA])
def test_a_download_is_told_from_beginning_to_end(
    downloads: ModelDownloads, told: Told, blob: Blob, registry: ModelRegistry, engine: str
) -> None:
    registry.bytes_per_s = 4_000_000

    downloads.start(NAME, engine)
    waiting = told.wait_for_phase(DownloadPhase.WAITING)
    running = told.wait_for_phase(DownloadPhase.RUNNING)
    done = told.wait_for_phase(DownloadPhase.DONE)

    assert waiting == Download(NAME, engine)
    assert running.total_bytes == SIZE_BYTES
    assert 0 < running.completed_bytes < SIZE_BYTES
    assert done.completed_bytes == done.total_bytes == SIZE_BYTES
    assert done.error is None
    assert downloads.list() == [done]


def test_the_file_of_the_built_in_engine_is_there_when_it_is_done(
    downloads: ModelDownloads, told: Told, blob: Blob, tmp_path: Path
) -> None:
    downloads.start(NAME, BUILTIN)
    told.wait_for_phase(DownloadPhase.DONE)

    assert sha256(tmp_path / FILE) == blob.sha256


def test_speed_and_remaining_time_are_told_and_not_too_often(
    downloads: ModelDownloads, told: Told, offer: OfferedModel
) -> None:
    offer.bytes_per_s = 1_000_000

    downloads.start(NAME, OLLAMA)
    running = told.wait_for(lambda download: download.remaining_s is not None)
    told.wait_for_phase(DownloadPhase.DONE)

    assert running.bytes_per_s == pytest.approx(1_000_000, rel=0.3)
    assert running.remaining_s is not None
    assert 0 < running.remaining_s < 2
    assert all(later - earlier >= 1 for earlier, later in zip(told.times, told.times[MOST_PER_S:], strict=False))


@pytest.mark.parametrize("engine", [BUILTIN, OLLAMA])
def test_a_paused_download_goes_on(
    downloads: ModelDownloads,
    told: Told,
    blob: Blob,
    registry: ModelRegistry,
    offer: OfferedModel,
    daemon: OllamaDaemon,
    engine: str,
) -> None:
    registry.stalls_after_bytes = offer.stalls_at_bytes = 1_000_000
    downloads.start(NAME, engine)
    told.wait_for(lambda download: download.completed_bytes == 1_000_000)

    downloads.pause(NAME, engine)
    paused = told.wait_for_phase(DownloadPhase.PAUSED)
    daemon.wait_until(lambda: daemon.library.pulls == 0)
    registry.stalls_after_bytes = offer.stalls_at_bytes = None
    downloads.resume(NAME, engine)
    told.wait_for_phase(DownloadPhase.DONE)

    assert paused.completed_bytes == 1_000_000
    assert paused.bytes_per_s is None
    if engine == BUILTIN:
        assert [received.start for received in registry.blob_requests] == [0, 1_000_000]


def test_what_stands_still_is_told_and_goes_on_by_itself(
    downloads: ModelDownloads, told: Told, offer: OfferedModel
) -> None:
    offer.stalls_at_bytes = 1_000_000
    downloads.start(NAME, OLLAMA)

    stalled = told.wait_for_phase(DownloadPhase.STALLED)
    offer.stalls_at_bytes = None
    told.wait_for_phase(DownloadPhase.DONE)

    assert stalled.completed_bytes == 1_000_000
    assert stalled.remaining_s is None


def test_a_silent_registry_stands_still_too(downloads: ModelDownloads, told: Told, offer: OfferedModel) -> None:
    offer.hangs = True
    downloads.start(NAME, OLLAMA)

    assert told.wait_for_phase(DownloadPhase.STALLED).completed_bytes == 0


def test_one_after_the_other_for_one_engine(
    downloads: ModelDownloads, told: Told, offer: OfferedModel, daemon: OllamaDaemon
) -> None:
    offer.stalls_at_bytes = 1_000_000
    downloads.start(NAME, OLLAMA)
    downloads.start("other", OLLAMA)
    told.wait_for(lambda download: download.completed_bytes == 1_000_000)

    phases = {download.name: download.phase for download in downloads.list()}
    downloads.pause(NAME, OLLAMA)
    told.wait_for_phase(DownloadPhase.DONE, "other")

    assert phases["other"] is DownloadPhase.WAITING
    daemon.wait_until(lambda: daemon.library.pulls == 0)


def test_two_engines_at_the_same_time(downloads: ModelDownloads, told: Told, offer: OfferedModel, blob: Blob) -> None:
    offer.stalls_at_bytes = 1_000_000
    downloads.start(NAME, OLLAMA)

    downloads.start(NAME, BUILTIN)

    assert told.wait_for_phase(DownloadPhase.DONE).engine == BUILTIN


def test_a_second_start_changes_nothing(
    downloads: ModelDownloads, told: Told, offer: OfferedModel, daemon: OllamaDaemon
) -> None:
    offer.stalls_at_bytes = 1_000_000
    downloads.start(NAME, OLLAMA)
    told.wait_for(lambda download: download.completed_bytes > 0)

    downloads.start(NAME, OLLAMA)

    assert len(downloads.list()) == 1
    assert len(daemon.requests) == 1


def test_what_is_given_up_is_deleted_and_no_longer_told(
    downloads: ModelDownloads, told: Told, blob: Blob, registry: ModelRegistry, tmp_path: Path
) -> None:
    registry.stalls_after_bytes = 1_000_000
    downloads.start(NAME, BUILTIN)
    told.wait_for(lambda download: download.completed_bytes == 1_000_000)

    downloads.cancel(NAME, BUILTIN)
    downloads.close()

    assert told.downloads[-1].phase is DownloadPhase.CANCELLED
    assert downloads.list() == []
    assert list(tmp_path.iterdir()) == []


def test_what_was_given_up_can_be_started_again(
    downloads: ModelDownloads, told: Told, blob: Blob, registry: ModelRegistry
) -> None:
    registry.stalls_after_bytes, registry.stalls = 1_000_000, 1
    downloads.start(NAME, BUILTIN)
    told.wait_for(lambda download: download.completed_bytes == 1_000_000)

    downloads.cancel(NAME, BUILTIN)
    downloads.start(NAME, BUILTIN)
    told.wait_for_phase(DownloadPhase.DONE)

    assert [received.start for received in registry.blob_requests] == [0, 0]


def test_a_failure_is_told_and_the_next_one_comes(
    downloads: ModelDownloads, told: Told, daemon: OllamaDaemon, offer: OfferedModel
) -> None:
    downloads.start("nobody-has-this", OLLAMA)
    downloads.start(NAME, OLLAMA)

    failed = told.wait_for_phase(DownloadPhase.FAILED, "nobody-has-this")
    told.wait_for_phase(DownloadPhase.DONE)

    assert isinstance(failed.error, ModelNotOffered)


def test_a_failed_download_can_be_tried_again(
    downloads: ModelDownloads, told: Told, daemon: OllamaDaemon, offer: OfferedModel
) -> None:
    daemon.library.offers.clear()
    downloads.start(NAME, OLLAMA)
    failed = told.wait_for_phase(DownloadPhase.FAILED)
    daemon.library.offers["phi4-mini:latest"] = offer

    downloads.resume(NAME, OLLAMA)
    done = told.wait_for_phase(DownloadPhase.DONE)

    assert isinstance(failed.error, RegistryUnreachable)
    assert done.error is None


@pytest.mark.parametrize("engine", [BUILTIN, OLLAMA])
def test_after_a_restart_it_is_there_paused_and_goes_on(
    open_downloads: Open, told: Told, blob: Blob, registry: ModelRegistry, offer: OfferedModel, engine: str
) -> None:
    registry.stalls_after_bytes = offer.stalls_at_bytes = 1_000_000
    downloads = open_downloads()
    downloads.start(NAME, engine)
    told.wait_for(lambda download: download.completed_bytes == 1_000_000)
    downloads.close()
    registry.stalls_after_bytes = offer.stalls_at_bytes = None

    later = open_downloads()
    [listed] = later.list()
    later.resume(NAME, engine)
    told.wait_for_phase(DownloadPhase.DONE)

    assert listed == Download(NAME, engine, DownloadPhase.PAUSED, 1_000_000, SIZE_BYTES)
    assert registry.sent_bytes in (0, SIZE_BYTES)


def test_closing_ends_within_seconds_also_while_nothing_comes(
    downloads: ModelDownloads, told: Told, offer: OfferedModel, blob: Blob, registry: ModelRegistry
) -> None:
    registry.stalls_after_bytes = 1_000_000
    offer.hangs = True
    downloads.start(NAME, OLLAMA)
    downloads.start(NAME, BUILTIN)
    downloads.start("other", BUILTIN)
    told.wait_for(lambda download: download.completed_bytes == 1_000_000)

    with at_most(CLOSE_S):
        downloads.close()
    downloads.start("too-late", OLLAMA)

    assert {download.phase for download in downloads.list()} == {DownloadPhase.PAUSED}
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("download")]


def test_what_is_done_is_not_remembered(open_downloads: Open, told: Told, tmp_path: Path, daemon: OllamaDaemon) -> None:
    downloads = open_downloads()
    downloads.start(NAME, OLLAMA)
    told.wait_for_phase(DownloadPhase.DONE)
    downloads.close()

    assert open_downloads().list() == []
    assert not (tmp_path / MEMORY_FILE).exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[3]", b'[{"name": "x"}]', b'{"a": 1}'])
def test_a_damaged_memory_is_none(open_downloads: Open, tmp_path: Path, content: bytes) -> None:
    (tmp_path / MEMORY_FILE).write_bytes(content)

    assert open_downloads().list() == []


def test_an_engine_that_is_gone_is_left_out_of_the_memory(open_downloads: Open, tmp_path: Path) -> None:
    rows = [
        {"name": name, "engine": engine, "completed_bytes": 5, "total_bytes": None}
        for name, engine in ((NAME, "http://gone"), ("../x", BUILTIN))
    ]
    (tmp_path / MEMORY_FILE).write_text(json.dumps(rows))

    assert [(download.name, download.completed_bytes) for download in open_downloads().list()] == [("../x", 5)]


def test_nobody_fetches_for_other_engines(downloads: ModelDownloads) -> None:
    with pytest.raises(ValueError, match="http://server"):
        downloads.start(NAME, "http://server")


def test_what_is_resumed_before_it_has_stopped_is_fetched_again(
    tmp_path: Path, start_loop: StartLoop, told: Told
) -> None:
    slow, other = HeldFetcher(), HeldFetcher()
    downloads = ModelDownloads({OLLAMA: slow, BUILTIN: other}, tmp_path, told, start_loop)
    downloads.start(NAME, OLLAMA)
    told.wait_for_phase(DownloadPhase.RUNNING)

    downloads.pause(NAME, OLLAMA)
    downloads.resume(NAME, OLLAMA)
    downloads.start("other", BUILTIN)
    told.wait_for_phase(DownloadPhase.RUNNING, "other")  # So it was looked at in between.
    phase = downloads.list()[0].phase
    slow.may_end.set()
    other.may_end.set()
    told.wait_for_phase(DownloadPhase.DONE, NAME)
    downloads.close()

    assert phase is DownloadPhase.WAITING
    assert slow.runs == 2


def test_wishes_for_what_is_not_there_do_nothing(downloads: ModelDownloads, told: Told) -> None:
    downloads.pause(NAME, OLLAMA)
    downloads.cancel(NAME, OLLAMA)

    assert told.downloads == []
