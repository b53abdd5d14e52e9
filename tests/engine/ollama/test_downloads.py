"""Downloads by the daemon: what is added up, how they stop and go on, and what each failure means."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.core.errors import (
    DownloadBroken,
    DownloadDamaged,
    DownloadRefused,
    DownloadUnwritable,
    EngineForbidden,
    EngineUnreachable,
    ModelNotOffered,
    ModelTooNew,
    NotAnEngine,
    NotEnoughRoom,
    PhiDeskError,
    RegistryBusy,
    RegistryForeign,
    RegistryUnreachable,
    StorageFull,
    SwitchedOffline,
)
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.disk import DiskFacts
from phidesk.engine.fetching import FetchProgress
from phidesk.engine.network import Gate
from phidesk.engine.ollama.downloads import OllamaFetcher, fault_of_pull
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_pulls import OfferedModel, layer
from tests.fakes.ollama_recordings import recording
from tests.fakes.openai_server import Reply, scripted_server

NAME = "phi4-mini"
LARGE, SMALL = layer(20_000_000), layer(655)
TOTAL = LARGE.size_bytes + SMALL.size_bytes
AT_ONCE_S = 1.0


@pytest.fixture
def offer() -> OfferedModel:
    return OfferedModel((LARGE, SMALL), bytes_per_s=100_000_000)


@pytest.fixture
def daemon(offer: OfferedModel) -> Iterator[OllamaDaemon]:
    with OllamaDaemon([]) as daemon:
        daemon.library.offers["phi4-mini:latest"] = offer
        yield daemon


@pytest.fixture
def fetcher(daemon: OllamaDaemon, gate: Gate) -> OllamaFetcher:
    return OllamaFetcher(lambda: daemon.url, gate)


def fetch(fetcher: OllamaFetcher, name: str = NAME) -> list[FetchProgress]:
    told: list[FetchProgress] = []
    fetcher.fetch(name, Cancellation(), told.append)
    return told


def test_layers_are_added_up_to_one_total(fetcher: OllamaFetcher) -> None:
    told = fetch(fetcher)

    assert told[0].total_bytes == LARGE.size_bytes
    assert told[-1] == FetchProgress(LARGE.size_bytes, LARGE.size_bytes, is_checking=True)
    assert [one.completed_bytes for one in told] == sorted(one.completed_bytes for one in told)


def test_layers_that_are_here_count(fetcher: OllamaFetcher, daemon: OllamaDaemon) -> None:
    fetch(fetcher)

    told = fetch(fetcher)

    assert told[1] == FetchProgress(TOTAL, TOTAL)
    assert told[-1].is_checking


def test_it_goes_on_where_it_was_stopped(fetcher: OllamaFetcher, daemon: OllamaDaemon) -> None:
    cancel, told = Cancellation(), list[FetchProgress]()

    def stop_at_third(progress: FetchProgress) -> None:
        told.append(progress)
        if len(told) == 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        fetcher.fetch(NAME, cancel, stop_at_third)
    daemon.wait_until(lambda: daemon.library.pulls == 0)

    assert fetch(fetcher)[0].completed_bytes >= told[-1].completed_bytes > 0


@pytest.mark.parametrize("silence", ["before the first layer", "in the middle"])
def test_it_stops_at_once_while_nothing_comes(
    fetcher: OllamaFetcher, daemon: OllamaDaemon, offer: OfferedModel, silence: str
) -> None:
    offer.hangs = silence == "before the first layer"
    offer.stalls_at_bytes = 1_000_000
    cancel = Cancellation()
    stopped_s: list[float] = []

    def stop() -> None:
        daemon.wait_until(lambda: daemon.library.pulls == 1)
        stopped_s.append(time.monotonic())
        cancel.cancel()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(Cancelled):
        fetcher.fetch(NAME, cancel, lambda _progress: None)
    ended_s = time.monotonic()
    stopper.join()

    assert ended_s - stopped_s[0] < AT_ONCE_S
    daemon.wait_until(lambda: daemon.library.pulls == 0)


def test_a_fall_back_is_told_as_it_is(fetcher: OllamaFetcher, offer: OfferedModel) -> None:
    offer.stalls_at_bytes, offer.falls_back = 15_000_000, True
    cancel, completed = Cancellation(), list[int]()

    def note(progress: FetchProgress) -> None:
        completed.append(progress.completed_bytes)
        if completed != sorted(completed):
            cancel.cancel()

    with pytest.raises(Cancelled):
        fetcher.fetch(NAME, cancel, note)

    assert completed[-1] < completed[-2]


def test_a_wrong_checksum_is_answered_with_one_more_try(fetcher: OllamaFetcher, offer: OfferedModel) -> None:
    offer.damages = 1

    told = fetch(fetcher)

    assert FetchProgress(0, begins_anew=True) in told
    assert told[-1].is_checking


def test_a_wrong_checksum_twice_is_an_error(fetcher: OllamaFetcher, offer: OfferedModel) -> None:
    offer.damages = 2

    with pytest.raises(DownloadDamaged):
        fetch(fetcher)


def test_a_full_disk_is_told_as_soon_as_the_size_is_known(
    daemon: OllamaDaemon, gate: Gate, offer: OfferedModel, tmp_path: Path
) -> None:
    fetcher = OllamaFetcher(
        lambda: daemon.url,
        gate,
        folders=[tmp_path / "absent", tmp_path],
        look_at_disk=lambda _folder: DiskFacts(LARGE.size_bytes // 2),
    )

    with pytest.raises(NotEnoughRoom) as raised:
        fetch(fetcher)

    assert raised.value.path == tmp_path
    daemon.wait_until(lambda: daemon.library.pulls == 0)


def test_room_in_one_of_the_possible_folders_is_enough(daemon: OllamaDaemon, gate: Gate, tmp_path: Path) -> None:
    folders = [tmp_path / "full", tmp_path / "empty"]
    for folder in folders:
        folder.mkdir()
    room = {folders[0]: DiskFacts(0), folders[1]: DiskFacts(10**12)}

    told = fetch(OllamaFetcher(lambda: daemon.url, gate, folders=folders, look_at_disk=room.__getitem__))

    assert told[-1].is_checking


def test_a_model_on_somebody_elses_computer_is_not_fetched(fetcher: OllamaFetcher, daemon: OllamaDaemon) -> None:
    with pytest.raises(ModelNotOffered):
        fetch(fetcher, "phi4:cloud")

    assert daemon.requests == []


def test_the_offline_switch_holds_for_what_the_daemon_would_fetch(daemon: OllamaDaemon, offer: OfferedModel) -> None:
    gate = Gate(lambda: datetime.now(UTC))
    fetcher = OllamaFetcher(lambda: daemon.url, gate)
    offer.stalls_at_bytes = 1_000_000

    with pytest.raises(SwitchedOffline):
        fetcher.fetch(NAME, Cancellation(), lambda _progress: gate.set_offline(True))
    daemon.wait_until(lambda: daemon.library.pulls == 0)
    with pytest.raises(SwitchedOffline):
        fetch(fetcher)

    assert len(daemon.requests) == 1
    gate.close()


def test_an_absent_daemon_is_unreachable(gate: Gate) -> None:
    with OllamaDaemon([]) as daemon:
        url = daemon.url

    with pytest.raises(EngineUnreachable):
        fetch(OllamaFetcher(lambda: url, gate))


def test_a_daemon_that_dies_meanwhile_is_unreachable(
    fetcher: OllamaFetcher, daemon: OllamaDaemon, offer: OfferedModel
) -> None:
    offer.stalls_at_bytes = 1_000_000

    with pytest.raises(EngineUnreachable):
        fetcher.fetch(NAME, Cancellation(), lambda _progress: daemon.kill())


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply([b'{"status":"pulling manifest"}\n']), DownloadBroken),
        (Reply([b"<html>no</html>\n"]), NotAnEngine),
        (Reply([b""], status=403), EngineForbidden),
    ],
    ids=["ends early", "a page", "refuses us"],
)
def test_what_no_daemon_says_is_an_error(gate: Gate, reply: Reply, error: type[PhiDeskError]) -> None:
    with scripted_server() as server, pytest.raises(error):
        server.replies["/api/pull"] = reply
        fetch(OllamaFetcher(lambda: server.address, gate))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("pull_offline", RegistryUnreachable),
        ("pull_refused", RegistryUnreachable),
        ("pull_insecure_refused", RegistryUnreachable),
        ("pull_unknown_host", RegistryUnreachable),
        ("pull_err_404_model", ModelNotOffered),
        ("pull_bad_name", ModelNotOffered),
        ("pull_err_m401", DownloadRefused),
        ("pull_err_m401auth", DownloadRefused),
        ("pull_err_m403", DownloadRefused),
        ("pull_err_m412", ModelTooNew),
        ("pull_err_m500", RegistryBusy),
        ("pull_err_mbad", RegistryForeign),
        ("pull_digest_mismatch", DownloadDamaged),
        ("pull_disk_full", StorageFull),
    ],
)
def test_every_recorded_failure_has_its_error(name: str, error: type[PhiDeskError]) -> None:
    text = recording(name).lines[-1]["error"] if recording(name).lines else ""

    ours = fault_of_pull(text, NAME)

    assert type(ours) is error
    assert text in str(ours.facts()["detail"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("max retries exceeded: EOF", DownloadBroken),
        ("max retries exceeded: unexpected EOF", DownloadBroken),
        ("max retries exceeded: write C:\\m\\blobs\\x-partial: There is not enough space on the disk.", StorageFull),
        (
            'max retries exceeded: Get "https://x.r2.cloudflarestorage.com/y": dial tcp: i/o timeout',
            RegistryUnreachable,
        ),
        ('pull model manifest: Get "https://r/v2/": tls: failed to verify certificate: x509: unknown', RegistryForeign),
        ("open /usr/share/ollama/.ollama/models/blobs/sha256-1-partial: permission denied", DownloadUnwritable),
        ("mkdir /m: ensure path elements are traversable", DownloadUnwritable),
        ("pull model manifest: 429: too many requests", RegistryBusy),
        ("pull model manifest: 403: access denied", DownloadRefused),
        ("insecure protocol http", DownloadRefused),
        ("something new", DownloadRefused),
    ],
)
def test_every_sentence_of_its_source_has_its_error(text: str, error: type[PhiDeskError]) -> None:
    assert type(fault_of_pull(text, NAME)) is error


def test_a_full_disk_names_the_folder() -> None:
    fault = fault_of_pull("write /var/lib/ollama/models/blobs/sha256-9-partial: no space left on device", NAME)

    assert isinstance(fault, StorageFull)
    assert fault.path == Path("/var/lib/ollama/models/blobs")
