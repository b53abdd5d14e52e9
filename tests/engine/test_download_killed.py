"""`kill -9` and pauses while a model is downloaded: in the end it is right, and hardly a byte came twice."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from phidesk.core.downloads import Download, DownloadChanged, DownloadPhase
from phidesk.core.tasks import StartLoop
from phidesk.engine.downloads import MEMORY_FILE, ModelDownloads
from phidesk.engine.network import Gate
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.registry import RegistryFetcher
from tests.engine.download_process import NAME, PART_BYTES
from tests.fakes.model_registry import Blob, ModelRegistry, random_blob

SIZE_BYTES = 24_000_000
BYTES_PER_S = 30_000_000
FILE = f"{NAME}.gguf"
SEED = 7
END_S = 60.0
KILLS = [pytest.param(3, id="3"), pytest.param(20, id="20", marks=pytest.mark.endure)]


@pytest.fixture
def registry() -> Iterator[ModelRegistry]:
    with ModelRegistry() as registry:
        registry.bytes_per_s = BYTES_PER_S
        yield registry


@pytest.fixture
def blob(registry: ModelRegistry) -> Blob:
    return registry.offer("library/large", random_blob(SIZE_BYTES))


def start(registry: ModelRegistry, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.engine.download_process", registry.url, str(folder)]
    return subprocess.Popen(command)


def bytes_here(folder: Path) -> int:
    """What the killed process had written."""
    with suppress(FileNotFoundError):
        return (folder / f"{FILE}.part").stat().st_size
    return 0


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("kills", KILLS)
def test_a_download_that_is_killed_again_and_again_comes_right(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, kills: int
) -> None:
    chance = random.Random(SEED)
    here: list[int] = []
    for number in range(kills):
        with ExitStack() as ending, start(registry, tmp_path) as process:
            ending.callback(process.kill)
            share = (number + chance.random()) / (kills + 1)
            requests = len(registry.blob_requests)
            registry.wait_until(lambda count=requests: len(registry.blob_requests) > count, timeout_s=END_S)  # type: ignore[misc]
            reached = registry.blob_requests[-1].start
            sent = registry.sent_bytes + max(0, int(share * SIZE_BYTES) - reached)
            registry.wait_until(lambda goal=sent: registry.sent_bytes >= goal, timeout_s=END_S)  # type: ignore[misc]
            process.kill()
            process.wait()
        here.append(bytes_here(tmp_path))

    with ExitStack() as ending, start(registry, tmp_path) as process:
        ending.callback(process.kill)
        exit_code = process.wait(END_S)

    assert exit_code == 0
    assert sha256(tmp_path / FILE) == blob.sha256
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    resumed = [received.start for received in registry.blob_requests[1:]]
    assert len(resumed) == kills
    assert all(had - PART_BYTES <= begins <= had for had, begins in zip(here, resumed, strict=True)), (here, resumed)


def test_a_killed_download_comes_back_paused(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate, start_loop: StartLoop
) -> None:
    with start(registry, tmp_path) as process:
        registry.wait_until(lambda: registry.sent_bytes >= SIZE_BYTES // 2, timeout_s=END_S)
        process.kill()
    fetcher = RegistryFetcher(tmp_path, gate, registry=registry.url)

    downloads = ModelDownloads({BUILTIN: fetcher}, tmp_path, lambda _change: None, start_loop)

    [listed] = downloads.list()
    downloads.close()
    assert listed == Download(NAME, BUILTIN, DownloadPhase.PAUSED, listed.completed_bytes, SIZE_BYTES)
    assert bytes_here(tmp_path) - PART_BYTES <= listed.completed_bytes <= bytes_here(tmp_path)


@pytest.mark.parametrize("pauses", KILLS)
def test_a_download_that_is_paused_again_and_again_comes_right(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate, start_loop: StartLoop, pauses: int
) -> None:
    chance = random.Random(SEED)
    fetcher = RegistryFetcher(tmp_path, gate, registry=registry.url, part_bytes=PART_BYTES)
    is_done = threading.Event()

    def note(change: DownloadChanged) -> None:
        if change.download.phase is DownloadPhase.DONE:
            is_done.set()

    downloads = ModelDownloads({BUILTIN: fetcher}, tmp_path, note, start_loop)

    for number in range(pauses):
        requests = len(registry.blob_requests)
        downloads.start(NAME, BUILTIN)
        registry.wait_until(lambda count=requests: len(registry.blob_requests) > count)  # type: ignore[misc]
        goal = (number + chance.random()) / (pauses + 1) * SIZE_BYTES - registry.blob_requests[-1].start
        before = registry.sent_bytes
        registry.wait_until(lambda sent=before + goal: registry.sent_bytes >= sent)  # type: ignore[misc]
        downloads.pause(NAME, BUILTIN)
    downloads.start(NAME, BUILTIN)
    is_done.wait(END_S)
    downloads.close()

    starts = [received.start for received in registry.blob_requests]
    assert sha256(tmp_path / FILE) == blob.sha256
    assert starts == sorted(starts)
    assert len(starts) == pauses + 1
    assert not (tmp_path / MEMORY_FILE).exists()
