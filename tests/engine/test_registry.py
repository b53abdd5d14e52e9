"""Fetching a GGUF file from a registry: what comes is right, nothing comes twice, and every failure has its error."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from phidesk.core.errors import (
    BlockedByOfflineRule,
    DownloadBroken,
    DownloadDamaged,
    DownloadRefused,
    ModelNotOffered,
    NotEnoughRoom,
    PhiDeskError,
    RegistryBusy,
    RegistryForeign,
    RegistryUnreachable,
    StorageError,
    StorageUnwritable,
)
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.builtin.model_folder import ModelFolders
from phidesk.engine.disk import DiskFacts
from phidesk.engine.fetching import FetchProgress
from phidesk.engine.network import Gate
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.registry import REGISTRY, RegistryFetcher, read_name
from phidesk.engine.registry_faults import Asked, fault_of_transport
from tests.fakes.model_registry import Blob, ModelRegistry, random_blob
from tests.fakes.openai_server import Reply, scripted_server

SIZE_BYTES = 1_000_000
PART_BYTES = 100_000
CERTIFICATES = Path(__file__).parent.parent / "data" / "tls"
NAME = "phi4-mini"
FILE = "phi4-mini.gguf"
WAIT_S = 10.0


@pytest.fixture
def registry() -> Iterator[ModelRegistry]:
    with ModelRegistry() as registry:
        yield registry


@pytest.fixture
def blob(registry: ModelRegistry) -> Blob:
    return registry.offer("library/phi4-mini", random_blob(SIZE_BYTES))


def fetcher_for(registry: ModelRegistry, folder: Path, gate: Gate, **changes: Any) -> RegistryFetcher:
    settings = {"registry": registry.url, "pauses_s": (0.0, 0.0), "part_bytes": PART_BYTES, **changes}
    return RegistryFetcher(folder, gate, **settings)


def fetch(
    registry: ModelRegistry, folder: Path, gate: Gate, *, cancel: Cancellation | None = None, **changes: Any
) -> list[FetchProgress]:
    told: list[FetchProgress] = []
    fetcher_for(registry, folder, gate, **changes).fetch(NAME, cancel or Cancellation(), told.append)
    return told


@contextmanager
def largest_file(limit_bytes: int) -> Iterator[None]:
    """Have the system refuse longer files, as a full disk does."""
    import resource  # noqa: PLC0415 - not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def cancel_after(event: threading.Event, cancel: Cancellation) -> None:
    event.wait(WAIT_S)
    cancel.cancel()


def recover(registry: ModelRegistry) -> None:
    """Answer well again after the second request."""
    registry.wait_until(lambda: len(registry.requests) >= 2)
    registry.manifest_status = 200


def stop_after_a_request(registry: ModelRegistry, cancel: Cancellation) -> None:
    registry.wait_until(lambda: bool(registry.requests))
    cancel.cancel()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_comes_under_its_name_and_nothing_else_is_left(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    told = fetch(registry, tmp_path / "models", gate)

    assert sha256(tmp_path / "models" / FILE) == blob.sha256
    assert names(tmp_path / "models") == [FILE]
    assert told[0] == FetchProgress(0, SIZE_BYTES)
    assert told[-1] == FetchProgress(SIZE_BYTES, SIZE_BYTES, is_checking=True)
    completed = [progress.completed_bytes for progress in told]
    assert completed == sorted(completed)


def test_no_key_and_no_cookie_is_sent(registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate) -> None:
    fetch(registry, tmp_path, gate)

    requests = registry.requests + registry.blob_requests
    sent = {name.lower() for received in requests for name in received.headers}
    assert sent <= {"host", "connection", "accept", "accept-encoding", "range", "user-agent"}
    assert len(requests) == 3


def test_the_registry_is_allowed_only_while_it_is_asked(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    fetch(registry, tmp_path, gate)

    with pytest.raises(BlockedByOfflineRule), gate.download(REGISTRY, cancel=Cancellation()):
        pytest.fail("it was let through")


def test_a_redirect_to_plain_http_elsewhere_is_not_followed(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.storage_url = "http://storage.invalid"

    with pytest.raises(BlockedByOfflineRule) as raised:
        fetch(registry, tmp_path, gate)

    assert raised.value.host == "storage.invalid"


def test_a_stopped_fetch_goes_on_where_it_was(registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate) -> None:
    registry.stalls_after_bytes, registry.stalls = 500_000, 1
    cancel, is_silent = Cancellation(), threading.Event()
    stopper = threading.Thread(target=cancel_after, args=(is_silent, cancel))
    stopper.start()
    with pytest.raises(Cancelled):
        fetcher_for(registry, tmp_path, gate).fetch(
            NAME, cancel, lambda progress: is_silent.set() if progress.completed_bytes == 500_000 else None
        )
    stopper.join()
    kept = fetcher_for(registry, tmp_path, gate).kept(NAME)

    fetch(registry, tmp_path, gate)

    assert kept == FetchProgress(500_000, SIZE_BYTES)
    assert [received.start for received in registry.blob_requests] == [0, 500_000]
    assert sha256(tmp_path / FILE) == blob.sha256


def test_a_cut_connection_is_opened_again_with_the_rest(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.cuts_after_bytes = 300_000

    fetch(registry, tmp_path, gate)

    assert [received.start for received in registry.blob_requests] == [0, 300_000, 600_000, 900_000]
    assert registry.sent_bytes == SIZE_BYTES
    assert sha256(tmp_path / FILE) == blob.sha256


def test_a_silent_connection_is_given_up(registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate) -> None:
    registry.stalls_after_bytes, registry.stalls = 400_000, 1

    fetch(registry, tmp_path, gate, silence_s=0.2)

    assert [received.start for received in registry.blob_requests] == [0, 400_000]
    assert sha256(tmp_path / FILE) == blob.sha256


def test_it_gives_up_when_nothing_comes_any_more(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.cuts_after_bytes = 0

    with pytest.raises(DownloadBroken):
        fetch(registry, tmp_path, gate)

    assert len(registry.blob_requests) == 3


def test_a_storage_host_that_ignores_ranges_begins_anew(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.ignores_ranges = True
    registry.stalls_after_bytes, registry.stalls = 300_000, 1

    told = fetch(registry, tmp_path, gate, silence_s=0.2)

    assert sha256(tmp_path / FILE) == blob.sha256
    assert FetchProgress(0, SIZE_BYTES, begins_anew=True) in told


def test_wrong_bytes_are_fetched_once_more(registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate) -> None:
    registry.damages = 1

    fetch(registry, tmp_path, gate)

    assert sha256(tmp_path / FILE) == blob.sha256
    assert registry.sent_bytes == 2 * SIZE_BYTES


def test_wrong_bytes_twice_are_an_error_and_not_kept(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.damages = 2

    with pytest.raises(DownloadDamaged):
        fetch(registry, tmp_path, gate)

    assert not (tmp_path / FILE).exists()
    assert fetcher_for(registry, tmp_path, gate).kept(NAME) == FetchProgress(0, SIZE_BYTES)


def test_a_damaged_beginning_on_the_disk_is_noticed(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.cuts_after_bytes = 500_000
    with pytest.raises(DownloadBroken):
        fetch(registry, tmp_path, gate, pauses_s=())
    with (tmp_path / f"{FILE}.part").open("r+b") as file:
        file.write(b"\0\0\0\0")
    registry.cuts_after_bytes = None

    fetch(registry, tmp_path, gate)

    assert sha256(tmp_path / FILE) == blob.sha256


def test_what_the_disk_may_not_have_is_fetched_again(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.cuts_after_bytes = 450_000
    with pytest.raises(DownloadBroken):
        fetch(registry, tmp_path, gate, pauses_s=())
    with (tmp_path / f"{FILE}.part").open("ab") as file:
        file.write(bytes(70_000))  # As a power cut may leave it: longer than was noted, with zeros.
    registry.cuts_after_bytes = None

    fetch(registry, tmp_path, gate)

    assert [received.start for received in registry.blob_requests] == [0, 450_000]
    assert sha256(tmp_path / FILE) == blob.sha256


def test_another_version_in_the_registry_begins_anew(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.cuts_after_bytes = 500_000
    with pytest.raises(DownloadBroken):
        fetch(registry, tmp_path, gate, pauses_s=())
    registry.cuts_after_bytes = None
    newer = registry.offer("library/phi4-mini", random_blob(SIZE_BYTES, seed=2))

    fetch(registry, tmp_path, gate)

    assert sha256(tmp_path / FILE) == newer.sha256
    assert registry.blob_requests[-1].start == 0


def test_a_model_that_is_here_is_not_fetched_again(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    fetch(registry, tmp_path, gate)

    told = fetch(registry, tmp_path, gate)

    assert registry.sent_bytes == SIZE_BYTES
    assert told == [FetchProgress(SIZE_BYTES, SIZE_BYTES, is_checking=True)]


def test_a_file_of_the_person_with_that_name_stays(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    (tmp_path / FILE).write_bytes(b"mine")

    fetch(registry, tmp_path, gate)

    assert (tmp_path / FILE).read_bytes() == b"mine"
    assert sha256(tmp_path / f"phi4-mini-{blob.sha256[:12]}.gguf") == blob.sha256


def test_forgetting_deletes_what_is_not_complete(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    registry.cuts_after_bytes = 500_000
    with pytest.raises(DownloadBroken):
        fetch(registry, tmp_path, gate, pauses_s=())
    fetcher = fetcher_for(registry, tmp_path, gate)

    fetcher.forget(NAME)

    assert names(tmp_path) == []
    assert fetcher.kept(NAME) is None


def test_too_small_a_disk_is_told_before_the_first_byte(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    with pytest.raises(NotEnoughRoom) as raised:
        fetch(registry, tmp_path, gate, look_at_disk=lambda _folder: DiskFacts(SIZE_BYTES))

    assert raised.value.needed_bytes > SIZE_BYTES
    assert raised.value.free_bytes == SIZE_BYTES
    assert registry.blob_requests == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_disk_that_gets_full_is_told_and_the_rest_comes_later(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    with largest_file(450_000), pytest.raises(StorageError):
        fetch(registry, tmp_path, gate)

    fetch(registry, tmp_path, gate)

    assert registry.blob_requests[-1].start >= 450_000 - PART_BYTES
    assert sha256(tmp_path / FILE) == blob.sha256


def test_the_built_in_engine_finds_what_came(
    registry: ModelRegistry, scripted_folder: Path, tmp_path: Path, gate: Gate
) -> None:
    registry.offer("library/phi4-mini", Blob((scripted_folder / "scripted.gguf").read_bytes()))

    fetch(registry, tmp_path, gate)

    assert [file.info.name for file in ModelFolders([tmp_path]).list()] == [NAME]


def test_a_folder_that_cannot_be_written_is_told(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate
) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StorageUnwritable):
        fetch(registry, tmp_path / "file" / "models", gate)


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, DownloadRefused), (403, DownloadRefused), (404, ModelNotOffered), (412, DownloadRefused)],
)
def test_a_refusing_registry_is_told_at_once(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate, status: int, error: type[PhiDeskError]
) -> None:
    registry.manifest_status = status

    with pytest.raises(error):
        fetch(registry, tmp_path, gate)

    assert len(registry.requests) == 1


@pytest.mark.parametrize("place", ["manifest_status", "blob_status", "storage_status"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_that_is_overloaded_is_asked_again_and_then_told(
    registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate, place: str, status: int
) -> None:
    setattr(registry, place, status)

    with pytest.raises(RegistryBusy):
        fetch(registry, tmp_path, gate, pauses_s=(0.0, 0.0))

    asked = registry.blob_requests if place == "storage_status" else registry.requests
    assert len(asked) == (3 if place != "blob_status" else 4)


def test_a_registry_that_recovers_is_not_told(registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate) -> None:
    registry.manifest_status = 503
    recovery = threading.Thread(target=recover, args=(registry,))
    recovery.start()

    fetch(registry, tmp_path, gate, pauses_s=(0.01,) * 500)
    recovery.join()

    assert names(tmp_path) == [FILE]


def test_waiting_for_a_registry_can_be_stopped(registry: ModelRegistry, blob: Blob, tmp_path: Path, gate: Gate) -> None:
    registry.manifest_status = 503
    cancel = Cancellation()
    stopping = threading.Thread(target=stop_after_a_request, args=(registry, cancel))
    stopping.start()

    with pytest.raises(Cancelled):
        fetch(registry, tmp_path, gate, cancel=cancel, pauses_s=(WAIT_S,))
    stopping.join()


def test_an_unknown_model_is_not_offered(registry: ModelRegistry, tmp_path: Path, gate: Gate) -> None:
    with pytest.raises(ModelNotOffered):
        fetch(registry, tmp_path, gate)

    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "body", [b"<html>Please log in</html>", b"[]", b'{"layers": 3}', b'{"layers": [{}]}', b"x" * 2_000_000]
)
def test_a_login_page_is_not_taken_for_the_registry(
    registry: ModelRegistry, tmp_path: Path, gate: Gate, body: bytes
) -> None:
    registry.manifest_body = body

    with pytest.raises(RegistryForeign):
        fetch(registry, tmp_path, gate)


def test_a_model_without_a_file_of_weights_is_not_offered(registry: ModelRegistry, tmp_path: Path, gate: Gate) -> None:
    registry.offer("library/phi4-mini", random_blob(10), media_type="application/vnd.ollama.image.tensor")

    with pytest.raises(ModelNotOffered):
        fetch(registry, tmp_path, gate)


def test_an_absent_registry_is_told_at_once(tmp_path: Path, gate: Gate) -> None:
    with ModelRegistry() as registry:
        url = registry.url

    with pytest.raises(RegistryUnreachable) as raised:
        RegistryFetcher(tmp_path, gate, registry=url).fetch(NAME, Cancellation(), lambda _progress: None)

    assert raised.value.engine == BUILTIN
    assert raised.value.address.startswith(url)


def test_a_silent_registry_is_given_up(tmp_path: Path, gate: Gate) -> None:
    with scripted_server() as server, pytest.raises(RegistryUnreachable):
        server.replies["/v2/library/phi4-mini/manifests/latest"] = Reply([None])
        fetcher = RegistryFetcher(tmp_path, gate, registry=server.address, silence_s=0.2)
        fetcher.fetch(NAME, Cancellation(), lambda _progress: None)


def test_an_authority_that_this_computer_adds_is_trusted(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))
    with ModelRegistry(certificate=CERTIFICATES / "server.pem") as registry:
        blob = registry.offer("library/phi4-mini", random_blob(SIZE_BYTES))

        fetch(registry, tmp_path, gate)

    assert registry.url.startswith("https:")
    assert sha256(tmp_path / FILE) == blob.sha256


def test_somebody_whom_nobody_vouches_for_is_not_the_registry(tmp_path: Path, gate: Gate) -> None:
    with ModelRegistry(certificate=CERTIFICATES / "server.pem") as registry, pytest.raises(RegistryForeign) as raised:
        fetch(registry, tmp_path, gate)

    assert "CERTIFICATE_VERIFY_FAILED" in raised.value.detail
    assert registry.requests == []


def test_every_error_of_httpx_has_one_of_ours() -> None:
    kinds = {kind for kind in vars(httpx).values() if isinstance(kind, type) and issubclass(kind, httpx.HTTPError)}

    ours = {kind: fault_of_transport(kind.__new__(kind), Asked(NAME, REGISTRY)) for kind in kinds}

    assert all(isinstance(error, RegistryUnreachable | RegistryForeign | DownloadBroken) for error in ours.values())
    assert isinstance(ours[httpx.ConnectError], RegistryUnreachable)
    assert isinstance(ours[httpx.ReadError], DownloadBroken)


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("phi4-mini", "phi4-mini.gguf"),
        ("phi4-mini:latest", "phi4-mini.gguf"),
        ("library/phi4-mini:3.8b-q8_0", "phi4-mini-3.8b-q8_0.gguf"),
        ("someone/model", "someone-model-latest.gguf"),
    ],
)
def test_a_file_is_called_like_its_model(name: str, file_name: str) -> None:
    assert read_name(name).file_name == file_name


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/../b", "x:", "a/b/c", "phi4-mini:../..", ".x", "http://x/y"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ModelNotOffered):
        read_name(name)
