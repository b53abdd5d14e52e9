"""Downloads as the program builds them: what the person is told when one fails, and what a restart finds."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from phidesk.core.downloads import Download, DownloadChanged, DownloadPhase
from phidesk.core.paths import find_paths
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.services import Services
from phidesk.ui.messages import NoticeAction, notice_for_error
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.fakes.ollama_pulls import OfferedModel, layer
from tests.fakes.ollama_recordings import recording

NAME = "phi4-mini"
SIZE_BYTES = 1_000_000
WAIT_S = 10.0


@dataclass(frozen=True)
class Row:
    """One of the failures 28 to 32 of the daemon's reference, and what the person is told."""

    number: int
    name: str
    provoke: Callable[[OfferedModel], object]
    error: str
    sentence: str
    action_label: str


def manifest_fails(name: str) -> Callable[[OfferedModel], object]:
    return lambda offer: setattr(offer, "manifest_error", recording(name).lines[-1]["error"])


def layer_fails(words: str) -> Callable[[OfferedModel], object]:
    return lambda offer: setattr(offer, "layer_error", words)


NO_ANSWER = "The library of models does not answer."
SOMETHING_ELSE = "Something else answers in place of the library of models."
NOT_GIVEN = "The library of models does not give out Phi-4-mini."
BROKEN = "The download of Phi-4-mini broke off again and again."
UNTRUSTED = 'pull model manifest: Get "https://r/v2/": tls: failed to verify certificate: x509: unknown authority'
FORBIDDEN = "open /models/blobs/sha256-1-partial: permission denied"
ROWS = [
    Row(28, "offline", manifest_fails("pull_offline"), "RegistryUnreachable", NO_ANSWER, "Try again"),
    Row(28, "a virus scanner", layer_fails(UNTRUSTED), "RegistryForeign", SOMETHING_ELSE, "Try again"),
    Row(28, "a login page", manifest_fails("pull_err_mbad"), "RegistryForeign", SOMETHING_ELSE, "Try again"),
    Row(28, "the storage host", layer_fails("max retries exceeded: EOF"), "DownloadBroken", BROKEN, "Go on"),
    Row(
        29,
        "an unknown tag",
        manifest_fails("pull_err_404_tag"),
        "ModelNotOffered",
        "Ollama cannot get Phi-4-mini from the library of models.",
        "Try again",
    ),
    Row(
        29,
        "too old a daemon",
        manifest_fails("pull_err_m412"),
        "ModelTooNew",
        "Ollama and Phi-4-mini do not fit together.",
        "Use another model",
    ),
    Row(29, "a private model", manifest_fails("pull_err_m401auth"), "DownloadRefused", NOT_GIVEN, "Try again"),
    Row(
        30,
        "a full disk",
        layer_fails(recording("pull_disk_full").lines[-1]["error"]),
        "StorageFull",
        "The disk is full.",
        "Try again",
    ),
    Row(
        30,
        "no right to write",
        layer_fails(FORBIDDEN),
        "DownloadUnwritable",
        "Ollama cannot write into its folder of models.",
        "Try again",
    ),
    Row(
        31,
        "a wrong checksum",
        lambda offer: setattr(offer, "damages", 2),
        "DownloadDamaged",
        "What was downloaded is damaged, so nothing of it is kept.",
        "Download again",
    ),
]


class Program:
    """The services with a daemon behind them, and what they tell of downloads."""

    def __init__(self, home: Path, daemon: OllamaDaemon) -> None:
        environment = {
            "PHIDESK_HOME": str(home),
            "HOME": str(home),
            "OLLAMA_HOST": daemon.url,
            "PHIDESK_OLLAMA": "none",
        }
        self.services = Services(find_paths(environment), environment, post=lambda closure: closure())
        self._told: queue.Queue[Download] = queue.Queue()
        self.services.hub.subscribe(DownloadChanged, lambda change: self._told.put(change.download))

    def wait_for(self, *phases: DownloadPhase) -> Download:
        while (download := self._told.get(timeout=WAIT_S)).phase not in phases:
            continue
        return download


@pytest.fixture
def offer() -> OfferedModel:
    return OfferedModel((layer(SIZE_BYTES), layer(655)), phi4_mini(), bytes_per_s=10_000_000)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number} {row.name}")
def test_the_person_is_told_why_a_download_failed(tmp_path: Path, offer: OfferedModel, row: Row) -> None:
    row.provoke(offer)
    with OllamaDaemon([]) as daemon:
        daemon.library.offers["phi4-mini:latest"] = offer
        program = Program(tmp_path, daemon)
        with program.services as services:
            services.downloads.start(NAME, OLLAMA)
            failed = program.wait_for(DownloadPhase.FAILED, DownloadPhase.DONE)

    assert failed.error is not None
    notice = notice_for_error(type(failed.error).__name__, failed.error.facts())
    assert type(failed.error).__name__ == row.error
    assert (notice.sentence, notice.action_label) == (row.sentence, row.action_label)
    assert isinstance(notice.action, NoticeAction)


def test_without_ollama_the_person_is_told_that_it_does_not_run(tmp_path: Path) -> None:
    with OllamaDaemon([]) as daemon:
        program = Program(tmp_path, daemon)
    with program.services as services:
        services.downloads.start(NAME, OLLAMA)
        failed = program.wait_for(DownloadPhase.FAILED)

    assert failed.error is not None
    assert notice_for_error(type(failed.error).__name__, failed.error.facts()).sentence == "Ollama is not running."


def test_after_a_restart_a_download_goes_on(tmp_path: Path, offer: OfferedModel) -> None:
    offer.stalls_at_bytes = SIZE_BYTES // 2
    with OllamaDaemon([]) as daemon:
        daemon.library.offers["phi4-mini:latest"] = offer
        first = Program(tmp_path, daemon)
        with first.services as services:
            services.downloads.start(NAME, OLLAMA)
            first.wait_for(DownloadPhase.RUNNING)
        offer.stalls_at_bytes = None
        second = Program(tmp_path, daemon)
        with second.services as services:
            [listed] = services.downloads.list()
            services.downloads.resume(listed.name, listed.engine)
            done = second.wait_for(DownloadPhase.DONE)

        assert listed.phase is DownloadPhase.PAUSED
        assert done.completed_bytes == done.total_bytes
        assert [model.name for model in daemon.models] == [phi4_mini().name]


def test_nothing_is_made_for_downloads_before_somebody_asks(tmp_path: Path) -> None:
    with OllamaDaemon([]) as daemon, Program(tmp_path, daemon).services:
        pass

    assert list(tmp_path.iterdir()) == []


def test_the_offline_switch_holds_for_both_engines(tmp_path: Path, offer: OfferedModel) -> None:
    with OllamaDaemon([]) as daemon:
        daemon.library.offers["phi4-mini:latest"] = offer
        program = Program(tmp_path, daemon)
        with program.services as services:
            services.gate.set_offline(True)
            for engine in (OLLAMA, BUILTIN):
                services.downloads.start(NAME, engine)
            failed = [program.wait_for(DownloadPhase.FAILED) for _ in range(2)]

        assert {type(download.error).__name__ for download in failed} == {"SwitchedOffline"}
        assert daemon.requests == []
