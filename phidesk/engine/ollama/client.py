"""The Ollama daemon behind the protocol of engines.

Answers, lists and figures are read by ourselves: the `ollama` package can send neither `truncate` nor `shift`, drops
fields, and splits lines at U+0085. What changes the daemon's state goes through the package.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from typing_extensions import override

from phidesk.core.errors import (
    EngineBusy,
    EngineForbidden,
    EngineRefused,
    EngineTooOld,
    EngineUnreachable,
    KeyRequired,
    ModelCannotChat,
    ModelError,
    NotAnEngine,
    PhiDeskError,
)
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.answer_stream import AnswerCall, AnswerInTheMaking, Chunk
from phidesk.engine.network import READ_TIMEOUT_S, Gate
from phidesk.engine.ollama.connection import Connection, is_silence
from phidesk.engine.ollama.faults import fault_in_stream, fault_of_reply, package_faults_as_ours
from phidesk.engine.ollama.listings import Listing, is_remote_name, read_loaded, read_tags, with_shown
from phidesk.engine.ollama.wire import answer_question, load_question, read_stream
from phidesk.engine.protocol import OLLAMA, AnswerEvent, AnswerRequest, EngineState, EngineStatus, Waiting

OLDEST_VERSION = (0, 12, 4)
"""The first that obeys `truncate` and `shift`; an older one would cut conversations in silence."""
SELF_BUILT = (0, 0, 0)
PROBE_PATIENCE_S = 2.0
"""For a look at the state. A daemon that starts accepts connections and is silent until it knows the graphics cards."""
MEMORY_PATIENCE_S = 5.0
"""`/api/ps` waits for a runner that does not react, for 18 s or longer; its figures are not worth that."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OllamaCall(AnswerCall):
    """A request of `/api/chat` or `/api/generate`."""

    @override
    def read_stream(self, lines: Iterable[bytes]) -> Iterator[Chunk]:
        return read_stream(lines)

    @override
    def fault_of_reply(self, status: int, content: bytes) -> PhiDeskError:
        return fault_of_reply(status, content, address=self.url, model=self.model)

    @override
    def fault_in_stream(self, error: dict[str, Any]) -> PhiDeskError:
        return fault_in_stream(error, address=self.url, model=self.model)


class OllamaEngine:
    """The daemon at one address. Safe from every thread. The gate must have been told to allow the address."""

    def __init__(self, address: str, gate: Gate, *, reply_timeout_s: float = READ_TIMEOUT_S) -> None:
        """`address` as `ollama_address` gives it; `reply_timeout_s` limits every question but loads and answers."""
        self._connection = Connection(address, gate, reply_timeout_s)
        self._version: str | None = None
        self._listings: list[Listing] = []
        self._described: dict[str, ModelInfo] = {}

    @property
    def name(self) -> str:
        """OLLAMA."""
        return OLLAMA

    def state(self) -> EngineState:
        """Ask for its version, with little patience: who accepts the connection and says nothing is starting."""
        try:
            version = self._ask_version(patience_s=PROBE_PATIENCE_S)
        except (EngineForbidden, KeyRequired) as error:
            return self._state(EngineStatus.FORBIDDEN, detail=error.detail)
        except NotAnEngine as error:
            return self._state(EngineStatus.NOT_AN_ENGINE, detail=error.detail)
        except PhiDeskError as error:
            status = EngineStatus.STARTING if is_silence(error) else EngineStatus.UNREACHABLE
            return self._state(status, detail=str(error))
        return self._state(EngineStatus.READY, version=version)

    def models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List installed models, the most recently changed first; those on somebody else's computer are marked.

        Raises:
            EngineTooOld: it would cut conversations in silence.
            Cancelled: `cancel` was used.
        """
        self._version = self._ask_version(cancel=cancel)
        self._refuse_old()
        tags = self._connection.ask("/api/tags", purpose="models", cancel=cancel)
        listings = self._connection.read(read_tags, tags)
        self._listings = [replace(listing, info=self._describe(listing, cancel)) for listing in listings]
        return [listing.info for listing in self._listings]

    def loaded(self, cancel: Cancellation | None = None) -> list[LoadedModel]:
        """List models in memory, under every name by which they can be asked.

        Raises:
            EngineBusy: it does not say within a few seconds.
            Cancelled: `cancel` was used.
        """
        try:
            memory = self._connection.ask("/api/ps", purpose="memory", patience_s=MEMORY_PATIENCE_S, cancel=cancel)
        except EngineUnreachable as error:
            if is_silence(error):
                raise EngineBusy(engine=OLLAMA, detail=error.detail) from error
            raise
        return self._connection.read(lambda document: read_loaded(document, self._listings), memory)

    def answer(self, request: AnswerRequest, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Stream one answer. The daemon is silent until the first token: loading and reading look like waiting.

        It allocates the window that it is asked for; how large that is in the end, only `loaded` tells.
        """
        making = AnswerInTheMaking(time.monotonic, time.monotonic())
        cancel.check()
        _refuse_remote(request.model)
        yield Waiting()
        path, body = answer_question(request)
        with self._connection.until_closed(cancel) as either:
            if self._version is None:
                self._version = self._ask_version(cancel=either)
            self._refuse_old()
            call = OllamaCall(OLLAMA, self._connection.url, path, body, {})
            yield from call.follow(self._connection.gate, making, either)
        yield replace(making.finished(window_tokens=body["options"]["num_ctx"]), window_tokens=None)

    def load(self, model: ModelInfo, window_tokens: int) -> None:
        """Have the model loaded exactly as an answer would. Waits for as long as that takes."""
        _refuse_remote(model)
        path, body = load_question(model, window_tokens)
        self._connection.wait_for(path, body, purpose="load")

    def unload(self, model: ModelInfo) -> None:
        """Free the model's memory as soon as no answer needs it; does not wait for that."""
        url = self._connection.url
        with package_faults_as_ours(url, model.name), self._connection.package_client("unload") as client:
            client.generate(model.name, keep_alive=0)

    def close(self) -> None:
        """Cut every connection; running answers end with `EngineDied`. The daemon is not ours and runs on."""
        self._connection.close()

    def _ask_version(self, *, patience_s: float = READ_TIMEOUT_S, cancel: Cancellation | None = None) -> str:
        document = self._connection.ask("/api/version", purpose="state", patience_s=patience_s, cancel=cancel)
        return self._connection.read(lambda said: str(said["version"]), document)

    def _refuse_old(self) -> None:
        numbers = _version_numbers(self._version or "")
        if numbers is not None and SELF_BUILT < numbers < OLDEST_VERSION:
            needed = ".".join(str(number) for number in OLDEST_VERSION)
            raise EngineTooOld(engine=OLLAMA, version=self._version or "", needed=needed)

    def _describe(self, listing: Listing, cancel: Cancellation | None) -> ModelInfo:
        """Complete what the list says, once for each digest. A model that cannot be shown stays as it is listed."""
        if not listing.is_to_be_shown:
            return listing.info
        key = listing.info.digest or listing.info.name
        if key not in self._described:
            try:
                shown = self._connection.ask("/api/show", {"model": listing.info.name}, purpose="models", cancel=cancel)
            except (ModelError, EngineRefused) as problem:
                logger.info("not shown: %s", problem)
                return listing.info
            self._described[key] = self._connection.read(lambda said: with_shown(listing.info, said), shown)
        return replace(self._described[key], name=listing.info.name)

    def _state(self, status: EngineStatus, *, version: str = "", detail: str = "") -> EngineState:
        return EngineState(status, version=version, address=self._connection.url, detail=detail)


def _refuse_remote(model: ModelInfo) -> None:
    """Let no conversation leave this computer by way of the daemon."""
    if model.is_remote or is_remote_name(model.name):
        raise ModelCannotChat(engine=OLLAMA, model=model.name, detail="remote")


def _version_numbers(version: str) -> tuple[int, ...] | None:
    """Return the numbers of a version; None for one without: nobody can call it old."""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", version)
    return tuple(int(number) for number in match.groups()) if match else None
