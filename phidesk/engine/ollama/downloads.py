"""Downloads by the daemon: it fetches, keeps and checks the parts itself; we watch, add up, and stop it.

`POST /api/pull` writes a line every 60 ms: one layer after the other, each with its own total. What it says is not
quite what happened: a layer that was quick gives no line, the last line of a layer is often missing, `completed` is
missing while it is zero and falls when a part has to come again. Closing the connection stops the download; pulling
again goes on where it was. Failures come as a sentence after the first line. The first row of `_SENTENCES` that fits
decides; the sentences are those of recorded daemons and of its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from phidesk.core.errors import (
    DownloadBroken,
    DownloadDamaged,
    DownloadError,
    DownloadRefused,
    DownloadUnwritable,
    ModelNotOffered,
    ModelTooNew,
    PhiDeskError,
    RegistryBusy,
    RegistryForeign,
    RegistryUnreachable,
    StorageError,
    StorageFull,
    SwitchedOffline,
)
from phidesk.core.model_info import is_remote_name
from phidesk.core.tasks import Cancellation
from phidesk.engine.connection_log import is_loopback
from phidesk.engine.disk import LookAtDisk, look_at_disk, require_room
from phidesk.engine.fetching import FetchProgress, Tell
from phidesk.engine.network import READ_TIMEOUT_S, Gate
from phidesk.engine.ollama.connection import Connection
from phidesk.engine.ollama.faults import LONGEST_DETAIL, package_faults_as_ours
from phidesk.engine.protocol import OLLAMA

if TYPE_CHECKING:
    import ollama

REGISTRY_HOST = "registry.ollama.ai"
OWN_STATUSES = (-1, 400, 500)
"""Of failures of the download itself: a line of the stream has none. Others are of the daemon, or of a proxy."""


class OllamaFetcher:
    """Has the daemon fetch models. Safe from every thread; one fetch of a name at a time."""

    def __init__(
        self,
        find_address: Callable[[], str],
        gate: Gate,
        *,
        folders: Sequence[Path] = (),
        look_at_disk: LookAtDisk = look_at_disk,
    ) -> None:
        """`find_address` says where the daemon is now; `folders` are those where it may keep models."""
        self._gate = gate
        self._connection = Connection(find_address, gate, READ_TIMEOUT_S)
        self._folders = tuple(folders)
        self._look_at_disk = look_at_disk

    def fetch(self, name: str, cancel: Cancellation, tell: Tell) -> None:
        """Have the model fetched, or what is missing of it. A wrong checksum is answered with one more try.

        Raises:
            Cancelled: `cancel` was used; the daemon keeps what came, for an hour at least.
            DownloadError, StorageError, ModelTooNew: the daemon could not fetch it, or has no room for it.
            EngineError: the daemon itself cannot be asked.
            SwitchedOffline: the person lets nothing leave this computer, so nothing comes either.
        """
        if is_remote_name(name):
            raise ModelNotOffered(engine=OLLAMA, model=name, detail="it runs on somebody else's computer")
        try:
            self._pull(name, cancel, tell)
        except DownloadDamaged:
            tell(FetchProgress(0, begins_anew=True))
            self._pull(name, cancel, tell)

    def kept(self, name: str) -> FetchProgress | None:  # noqa: ARG002 - only the daemon knows
        """Return None: the daemon does not tell before it is asked to go on."""
        return None

    def forget(self, name: str) -> None:
        """Do nothing: the daemon itself deletes parts that nobody fetches, when it starts an hour later."""

    def _pull(self, name: str, cancel: Cancellation, tell: Tell) -> None:
        layers = _Layers()
        with (
            self._gate.made_by(OLLAMA, _registry_of(name), purpose="pull"),
            package_faults_as_ours(self._connection.url, name),
            self._connection.patient_package_client("pull", cancel) as client,
            _faults_of_pull_as_ours(name),
        ):
            for line in client.pull(name, stream=True):
                cancel.check()
                self._require_online()
                if layers.add(line):
                    self._require_room(layers)
                    tell(layers.progress)
            if not layers.is_done:
                raise DownloadBroken(engine=OLLAMA, model=name, detail="the daemon ended without a word")

    def _require_online(self) -> None:
        """Refuse what the gate cannot see: it is the daemon that connects."""
        if self._gate.is_offline:
            raise SwitchedOffline(host=REGISTRY_HOST, purpose="pull")

    def _require_room(self, layers: _Layers) -> None:
        """Look at the disk as soon as a layer tells its size: the daemon itself only notices when the disk is full.

        Raises:
            NotEnoughRoom, FileTooLargeForDisk: no folder that it may use takes what is missing.
        """
        missing_bytes = layers.take_new_bytes()
        folders = [folder for folder in self._folders if folder.is_dir()]
        if not missing_bytes or not is_loopback(urlsplit(self._connection.url).hostname or ""):
            return
        problems = []
        for folder in folders:
            try:
                require_room(folder, [missing_bytes], self._look_at_disk(folder))
            except StorageError as problem:
                problems.append(problem)
        if folders and len(problems) == len(folders):
            raise problems[0]


def _registry_of(name: str) -> str:
    """Return the host that a name stands for: the one before its first slash, if that is one."""
    host, slash, _ = name.partition("/")
    return host if slash and ("." in host or ":" in host) else REGISTRY_HOST


class _Layers:
    """Adds up what the lines say of single layers."""

    def __init__(self) -> None:
        self._totals: dict[str, int] = {}
        self._completed: dict[str, int] = {}
        self._new_bytes = 0
        self._is_checking = False
        self.is_done = False

    def add(self, line: ollama.ProgressResponse) -> bool:
        """Take a line; return whether it says something about the download."""
        if line.digest and line.total:
            if line.digest not in self._totals:
                self._completed = dict(self._totals)  # Whatever came before is here, said or not.
                self._new_bytes += line.total - (line.completed or 0)
            self._totals[line.digest] = line.total
            self._completed[line.digest] = min(line.completed or 0, line.total)
            return True
        self.is_done = line.status == "success"
        if line.status == "verifying sha256 digest":
            self._completed = dict(self._totals)
            self._is_checking = True
        return self._is_checking

    def take_new_bytes(self) -> int:
        """Return what is missing of layers that were first heard of since the last call."""
        new_bytes, self._new_bytes = self._new_bytes, 0
        return new_bytes

    @property
    def progress(self) -> FetchProgress:
        """All layers that were heard of; the large one comes first, so that the total hardly grows."""
        total = sum(self._totals.values()) or None
        return FetchProgress(sum(self._completed.values()), total, self._is_checking)


def fault_of_pull(text: str, name: str) -> PhiDeskError:
    """Return our error for what the daemon says when a download fails."""
    detail = text[:LONGEST_DETAIL]
    if _NO_ROOM.search(text):
        path = re.search(r"(?:write|open|mkdir|truncate|rename) (.+?):? ", text)
        return StorageFull(Path(path[1]).parent if path else Path(), detail=detail)
    if _TOO_NEW.search(text):
        return ModelTooNew(engine=OLLAMA, model=name, detail=detail)
    kind = next((kind for sentence, kind in _SENTENCES if sentence.search(text)), DownloadRefused)
    return kind(engine=OLLAMA, model=name, detail=detail)


@contextmanager
def _faults_of_pull_as_ours(name: str) -> Iterator[None]:
    from ollama import ResponseError  # noqa: PLC0415 - 180 ms that the first paint need not wait for

    try:
        yield
    except ResponseError as error:
        if error.status_code not in OWN_STATUSES:
            raise
        raise fault_of_pull(error.error, name) from error


_NO_ROOM = re.compile(r"no space left on device|not enough space on the disk|disk quota exceeded", re.IGNORECASE)
_TOO_NEW = re.compile(r"^pull model manifest: 412|newer version of Ollama")
_SENTENCES: tuple[tuple[re.Pattern[str], type[DownloadError]], ...] = (
    (
        re.compile(r": (permission|access is) denied|read-only file system|elements are traversable", re.IGNORECASE),
        DownloadUnwritable,
    ),
    (re.compile(r"^digest mismatch"), DownloadDamaged),
    (re.compile(r"x509|certificate|tls: |server gave HTTP response to HTTPS client"), RegistryForeign),
    (re.compile(r"^pull model manifest: (invalid character|unexpected end of JSON|json: )"), RegistryForeign),
    (re.compile(r"file does not exist$|^pull model manifest: 404|^invalid model name$"), ModelNotOffered),
    (re.compile(r"^pull model manifest: (408|429|5\d\d)"), RegistryBusy),
    (
        re.compile(
            r"no such host|dial tcp|i/o timeout|network is unreachable|no route to host|proxyconnect|connection refused"
            r"|TLS handshake timeout|Client\.Timeout|deadline exceeded"
        ),
        RegistryUnreachable,
    ),
    (re.compile(r"^max retries exceeded|EOF$|connection reset|broken pipe|stream error|http2: "), DownloadBroken),
)
"""What fits no row was refused: 401, 403, an account that is wanted."""
