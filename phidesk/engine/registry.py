"""Fetches a model's GGUF file from the registry that Ollama uses, for the built-in engine. No daemon is needed.

The registry speaks the OCI distribution protocol (https://github.com/opencontainers/distribution-spec, "pull"):
`/v2/NAMESPACE/REPOSITORY/manifests/TAG` is a JSON list of layers, `/v2/…/blobs/sha256:…` redirects to the host that
stores the layer. The layer with the media type of a model is the GGUF file itself. Nothing is sent but the names;
public models need no account. A redirect is valid for some minutes only, so each try begins at the registry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phidesk.core.errors import (
    DownloadBroken,
    DownloadDamaged,
    ModelNotOffered,
    PhiDeskError,
    RegistryBusy,
    RegistryForeign,
)
from phidesk.core.tasks import Cancellation
from phidesk.engine.disk import LookAtDisk, disk_faults_as_ours, look_at_disk, require_room
from phidesk.engine.fetching import FetchProgress, Tell
from phidesk.engine.network import READ_TIMEOUT_S, Gate
from phidesk.engine.partial_file import (
    PART_BYTES,
    PartialFile,
    Wanted,
    delete_partial,
    file_sha256,
    read_note,
)
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.registry_faults import Asked, fault_of_status, fault_of_transport, is_passing

if TYPE_CHECKING:
    import httpx

REGISTRY = "https://registry.ollama.ai"
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
MODEL_LAYER = "application/vnd.ollama.image.model"
WHO_ASKS = {"User-Agent": "PhiDesk"}
"""Some hosts turn away who gives no name. No version, no system: nobody needs to know."""
LONGEST_MANIFEST_BYTES = 1_000_000
SILENCE_S = 60.0
"""A connection that brings nothing for so long is given up and opened anew."""
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Between tries; the count begins anew whenever something came. Ollama's own are the same."""

_NAME = re.compile(r"(?:([a-z0-9][\w.-]*)/)?([a-z0-9][\w.-]*)(?::(\w[\w.-]*))?", re.ASCII | re.IGNORECASE)
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class RegistryName:
    """A model as the registry finds it."""

    namespace: str
    repository: str
    tag: str

    @property
    def file_name(self) -> str:
        """What its file is called: "phi4-mini.gguf", "phi4-mini-3.8b-q8_0.gguf", "someone-model-latest.gguf"."""
        is_official, is_latest = self.namespace == "library", self.tag == "latest"
        parts = [self.namespace] * (not is_official) + [self.repository]
        return "-".join(parts + [self.tag] * (not (is_official and is_latest))) + ".gguf"


def read_name(name: str) -> RegistryName:
    """Read a name as people and Ollama write it; namespace and tag may be left out.

    Raises:
        ModelNotOffered: it cannot be the name of a model.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ModelNotOffered(engine=BUILTIN, model=name, detail="not a name")
    namespace, repository, tag = match.groups()
    return RegistryName(namespace or "library", repository, tag or "latest")


class RegistryFetcher:
    """Brings GGUF files into one folder. Safe from every thread, but for one fetch of a name at a time."""

    def __init__(
        self,
        folder: Path,
        gate: Gate,
        *,
        registry: str = REGISTRY,
        silence_s: float = SILENCE_S,
        pauses_s: Sequence[float] = PAUSES_S,
        part_bytes: int = PART_BYTES,
        look_at_disk: LookAtDisk = look_at_disk,
    ) -> None:
        """`folder` is created when it is first needed."""
        self._folder = folder
        self._gate = gate
        self._registry = registry
        self._silence_s = silence_s
        self._pauses_s = tuple(pauses_s)
        self._part_bytes = part_bytes
        self._look_at_disk = look_at_disk

    def fetch(self, name: str, cancel: Cancellation, tell: Tell) -> None:
        """Fetch the file of this model, or what is missing of it, and check it; only then it gets its name.

        Raises:
            Cancelled: `cancel` was used; what came is kept.
            DownloadError: see core/errors.py.
            StorageError: the disk cannot take it.
            BlockedByOfflineRule: redirected to where nobody may go, or switched offline.
        """
        wanted_name = read_name(name)
        with self._gate.allow_during(self._registry):
            wanted = self._ask_patiently(name, wanted_name, cancel)
            partial = self._folder / wanted_name.file_name
            path = _free_path(partial, wanted, cancel, tell)
            if path is None:
                delete_partial(partial)
                return
            with PartialFile(partial, wanted, part_bytes=self._part_bytes) as file:
                if not file.is_complete:
                    require_room(self._folder, [file.missing_bytes], self._look_at_disk(self._folder))
                _Fetch(self._gate, self._blob_url(wanted_name, wanted), name, file, cancel, tell).run(
                    silence_s=self._silence_s, pauses_s=self._pauses_s
                )
                file.finish(path)

    def kept(self, name: str) -> FetchProgress | None:
        """Tell how much is here of a model that is on its way."""
        note = read_note(self._folder / read_name(name).file_name)
        return None if note is None else FetchProgress(note.kept_bytes, note.wanted.size_bytes)

    def forget(self, name: str) -> None:
        """Delete what is here of a model that is on its way."""
        delete_partial(self._folder / read_name(name).file_name)

    def _ask_patiently(self, name: str, wanted: RegistryName, cancel: Cancellation) -> Wanted:
        """Ask for the manifest, and again later while the registry cannot answer. Nobody at all is told at once."""
        for pause_s in self._pauses_s:
            try:
                return self._ask_manifest(name, wanted, cancel)
            except RegistryBusy:
                cancel.wait(pause_s)
                cancel.check()
        return self._ask_manifest(name, wanted, cancel)

    def _ask_manifest(self, name: str, wanted: RegistryName, cancel: Cancellation) -> Wanted:
        url = f"{self._registry}/v2/{wanted.namespace}/{wanted.repository}/manifests/{wanted.tag}"
        asked = Asked(name, url)
        with _faults_as_ours(asked):
            headers = {**WHO_ASKS, "Accept": MANIFEST_TYPE}
            timeout_s = min(READ_TIMEOUT_S, self._silence_s)
            with self._gate.download(url, cancel=cancel, headers=headers, read_timeout_s=timeout_s) as response:
                if response.status_code != 200:
                    raise fault_of_status(response.status_code, asked)
                content = b"".join(_at_most(response, LONGEST_MANIFEST_BYTES))
        return _model_layer(content, asked)

    def _blob_url(self, name: RegistryName, wanted: Wanted) -> str:
        return f"{self._registry}/v2/{name.namespace}/{name.repository}/blobs/sha256:{wanted.sha256}"


class _Fetch:
    """One run at one file: tries, pauses between them, and the check at the end."""

    def __init__(self, gate: Gate, url: str, model: str, file: PartialFile, cancel: Cancellation, tell: Tell) -> None:
        self._gate = gate
        self._asked = Asked(model, url)
        self._file = file
        self._cancel = cancel
        self._tell = tell

    def run(self, *, silence_s: float, pauses_s: Sequence[float]) -> None:
        """Fetch until the file is complete and right; a wrong one is fetched once more from the beginning.

        Raises:
            DownloadDamaged: it was wrong twice.
        """
        self._progress()
        self._file.hash_again(self._cancel)
        for _ in range(2):
            self._fetch_rest(silence_s, pauses_s)
            self._progress(is_checking=True)
            found = self._file.sha256
            if found == self._file.wanted.sha256:
                return
            self._file.empty()
            self._progress(begins_anew=True)
        detail = f"wanted {self._file.wanted.sha256}, found {found}"
        raise DownloadDamaged(engine=BUILTIN, model=self._asked.model, detail=detail)

    def _fetch_rest(self, silence_s: float, pauses_s: Sequence[float]) -> None:
        failures = 0
        while not self._file.is_complete:
            before_bytes = self._file.size_bytes
            try:
                self._fetch_once(silence_s)
            except PhiDeskError as problem:
                failures = 0 if self._file.size_bytes > before_bytes else failures
                if not is_passing(problem) or failures == len(pauses_s):
                    raise
                self._cancel.wait(pauses_s[failures])
                self._cancel.check()
                failures += 1

    def _fetch_once(self, silence_s: float) -> None:
        """Fetch from where the file ends.

        Raises:
            DownloadBroken: it ended before it was complete.
        """
        file = self._file
        headers = WHO_ASKS | ({"Range": f"bytes={file.size_bytes}-"} if file.size_bytes else {})
        with (
            _faults_as_ours(self._asked),
            self._gate.download(
                self._asked.address, cancel=self._cancel, headers=headers, read_timeout_s=silence_s
            ) as response,
        ):
            self._begin(response)
            for data in response.iter_raw():
                self._cancel.check()
                file.append(data[: file.missing_bytes])
                self._progress()
        if not file.is_complete:
            raise DownloadBroken(engine=BUILTIN, model=self._asked.model, detail="ended early")

    def _begin(self, response: httpx.Response) -> None:
        """See what the storage host is going to send; one that ignores ranges begins at the beginning."""
        file, status = self._file, response.status_code
        if status == 416 or (status == 200 and file.size_bytes):
            file.empty()
            self._progress(begins_anew=True)
        if status == 416:
            raise DownloadBroken(engine=BUILTIN, model=self._asked.model, detail="the range was refused")
        if status not in (200, 206):
            raise fault_of_status(status, self._asked)
        begins_at = f"bytes {file.size_bytes}-"
        is_right_part = status == 200 or response.headers.get("Content-Range", "").startswith(begins_at)
        length = response.headers.get("Content-Length", "")
        if not is_right_part or (length and length != str(file.missing_bytes)):
            detail = f"something else came: {response.headers.get('Content-Range', '')} {length}"
            raise RegistryForeign(BUILTIN, self._asked.model, detail, address=str(response.url))

    def _progress(self, *, is_checking: bool = False, begins_anew: bool = False) -> None:
        file = self._file
        self._tell(FetchProgress(file.size_bytes, file.wanted.size_bytes, is_checking, begins_anew))


def _free_path(path: Path, wanted: Wanted, cancel: Cancellation, tell: Tell) -> Path | None:
    """Return how the file will be called; None when the very same one is here already.

    Another file of that name stays as it is: it may be the person's own, or an earlier version.
    """
    for candidate in (path, path.with_stem(f"{path.stem}-{wanted.sha256[:12]}")):
        with disk_faults_as_ours(candidate):
            if not candidate.exists():
                return candidate
            size_bytes = candidate.stat().st_size
        if size_bytes == wanted.size_bytes:
            tell(FetchProgress(wanted.size_bytes, wanted.size_bytes, is_checking=True))
            if file_sha256(candidate, cancel) == wanted.sha256:
                return None
    return path.with_stem(f"{path.stem}-{wanted.sha256}")


def _model_layer(content: bytes, asked: Asked) -> Wanted:
    """Find the GGUF file among the layers of a manifest.

    Raises:
        RegistryForeign: it is no manifest.
        ModelNotOffered: the model is in another form, or in several files.
    """
    try:
        layers = [layer for layer in json.loads(content)["layers"] if layer["mediaType"] == MODEL_LAYER]
        found = [(_DIGEST.fullmatch(layer["digest"]), int(layer["size"])) for layer in layers]
    except (ValueError, KeyError, TypeError) as error:
        detail = f"no manifest: {content[:100].decode('utf-8', 'replace')}"
        raise RegistryForeign(BUILTIN, asked.model, detail, address=asked.address) from error
    match found:
        case [(re.Match() as digest, size)] if size > 0:
            return Wanted(digest[1], size)
        case _:
            raise ModelNotOffered(engine=BUILTIN, model=asked.model, detail=f"{len(found)} layers with a model")


def _at_most(response: httpx.Response, limit_bytes: int) -> Iterator[bytes]:
    """Give what comes, but no more than that: whoever sends more is not the registry."""
    for data in response.iter_bytes():
        yield data[:limit_bytes]
        limit_bytes -= len(data)
        if limit_bytes <= 0:
            return


@contextmanager
def _faults_as_ours(asked: Asked) -> Iterator[None]:
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise fault_of_transport(error, asked) from error
