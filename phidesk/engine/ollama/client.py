"""The Ollama daemon behind the protocol of engines.

Answers, lists and figures are read by ourselves: the `ollama` package can send neither `truncate` nor `shift`, drops
fields, and splits lines at U+0085. What changes the daemon's state goes through the package.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from typing_extensions import override

from phidesk.core.errors import (
    EngineBusy,
    EngineRefused,
    EngineStarting,
    EngineTooOld,
    EngineUnreachable,
    ModelError,
    ModelMissing,
    NoModel,
    NotAnEngine,
    PhiDeskError,
)
from phidesk.core.generation import EVERY_PARAMETER, Parameter
from phidesk.core.model_info import LoadedModel, ModelInfo, refuse_remote
from phidesk.core.tasks import Cancellation
from phidesk.engine.answer_stream import AnswerCall, AnswerInTheMaking, Chunk
from phidesk.engine.connection_log import is_loopback
from phidesk.engine.counting import CounterShelf, count_request
from phidesk.engine.network import READ_TIMEOUT_S, Gate
from phidesk.engine.ollama.address import DEFAULT_PORT
from phidesk.engine.ollama.connection import Connection, is_silence
from phidesk.engine.ollama.daemon import DaemonPhase, OllamaDaemon
from phidesk.engine.ollama.faults import fault_in_stream, fault_of_reply, package_faults_as_ours
from phidesk.engine.ollama.listings import Listing, read_loaded, read_tags, with_shown
from phidesk.engine.ollama.probe import OLDEST_VERSION, has_exact_figures, is_too_old, probe
from phidesk.engine.ollama.wire import answer_question, load_question, read_stream
from phidesk.engine.protocol import OLLAMA, AnswerEvent, AnswerRequest, EngineState, EngineStatus, TokenCount, Waiting
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import Vocabulary, read_vocabulary
from phidesk.processes.ports import port_holder

SHORT_PATIENCE_S = 2.0
"""For one that has been silent for long already."""
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

    def __init__(
        self,
        address: str,
        gate: Gate,
        *,
        daemon: OllamaDaemon | None = None,
        keep_ready_s: Callable[[], int | None] = lambda: None,
        reply_timeout_s: float = READ_TIMEOUT_S,
        counters: CounterShelf | None = None,
    ) -> None:
        """`address` as `ollama_address` gives it; `reply_timeout_s` limits every question but loads and answers.

        `daemon` is who starts one where none answers, and says where it is; the engine closes it. `keep_ready_s` says
        how long a model stays in memory after its last answer: -1 for ever, None as the daemon decides (5 minutes).
        Without `counters` those of this engine are kept for its lifetime only.
        """
        self._counters = counters or CounterShelf()
        self._daemon = daemon
        self._keep_ready_s = keep_ready_s
        self._connection = Connection(lambda: daemon.address if daemon else address, gate, reply_timeout_s)
        self._version: str | None = None
        self._listings: list[Listing] = []
        self._described: dict[str, ModelInfo] = {}

    @property
    def name(self) -> str:
        """OLLAMA."""
        return OLLAMA

    @property
    def connection(self) -> Connection:
        """The way to the daemon, for what changes its models (`uploads.py`)."""
        return self._connection

    @property
    def log_lines(self) -> list[str]:
        """The newest lines of the daemon that we started; empty where we started none."""
        return self._daemon.log_lines if self._daemon is not None else []

    @property
    def parameters(self) -> frozenset[Parameter]:
        """All of them."""
        return EVERY_PARAMETER

    def state(self) -> EngineState:
        """Ask for its version, with little patience: who accepts the connection and says nothing is starting.

        Nothing is started. ABSENT means that none answers and none is installed.
        """
        found = probe(self._connection.url, self._connection.gate)
        if self._daemon is None:
            return _with_holder(found)
        ours = self._daemon.state
        if found.status is EngineStatus.UNREACHABLE:
            if ours.phase is DaemonPhase.STARTING:
                found = replace(found, status=EngineStatus.STARTING)
            elif not self._daemon.is_installed:
                found = replace(found, status=EngineStatus.ABSENT)
            found = replace(found, detail=ours.detail or found.detail)
        elif found.status is EngineStatus.STARTING and ours.phase is DaemonPhase.SILENT:
            found = replace(found, status=EngineStatus.UNREACHABLE)
        found = _with_holder(replace(found, port_holder=ours.port_holder))
        return replace(found, is_ours=ours.phase is DaemonPhase.RUNNING)

    def prepare(self) -> None:
        """Have one started where none answers, and try again where that failed."""
        if self._daemon is not None:
            self._daemon.prepare()

    def models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List installed models, the most recently changed first; those on somebody else's computer are marked.

        Raises:
            EngineStarting: it is being started; `prepare` began it.
            EngineMissing: none answers and none is installed.
            EngineNotStarted: it is installed and does not come up.
            EngineTooOld: it would cut conversations in silence.
            Cancelled: `cancel` was used.
        """
        self._version = self._find_version(cancel)
        self._refuse_old()
        tags = self._connection.ask("/api/tags", purpose="models", cancel=cancel)
        listings = self._connection.read(read_tags, tags)
        self._listings = [replace(listing, info=self._describe(listing, cancel)) for listing in listings]
        return [listing.info for listing in self._listings]

    def why_missing(self, model_name: str | None) -> ModelError:
        """It is not there."""
        return ModelMissing(engine=OLLAMA, model=model_name) if model_name else NoModel(engine=OLLAMA)

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

    def count(self, request: AnswerRequest, cancel: Cancellation | None = None) -> TokenCount:
        """Count with the vocabulary that the daemon tells; exactly for phi4-mini, whose template is ours."""
        refuse_remote(request.model)
        return count_request(request, self._counter(request.model, cancel))

    def answer(self, request: AnswerRequest, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Stream one answer. The daemon is silent until the first token: loading and reading look like waiting.

        It allocates the window that it is asked for; how large that is in the end, only `loaded` tells.
        """
        started = time.monotonic()
        cancel.check()
        refuse_remote(request.model)
        counter = self._counter(request.model, cancel) if request.native_tools else None
        making = AnswerInTheMaking(time.monotonic, started, request.told_names, counter.count if counter else None)
        yield Waiting()
        path, body = answer_question(request, self._keep_ready_s())
        with self._connection.until_closed(cancel) as either:
            if self._version is None:
                self._version = self._find_version(either)
            self._refuse_old()
            call = OllamaCall(OLLAMA, self._connection.url, path, body, {})
            yield from call.follow(self._connection.gate, making, either)
        finished = making.finished(window_tokens=body["options"]["num_ctx"])
        is_estimated = not has_exact_figures(self._version)
        yield replace(finished, usage=replace(finished.usage, is_estimated=is_estimated), window_tokens=None)

    def load(self, model: ModelInfo, window_tokens: int) -> None:
        """Have the model loaded exactly as an answer would. Waits for as long as that takes."""
        refuse_remote(model)
        path, body = load_question(model, window_tokens, self._keep_ready_s())
        self._connection.wait_for(path, body, purpose="load")

    def unload(self, model: ModelInfo) -> None:
        """Free the model's memory as soon as no answer needs it; does not wait for that."""
        url = self._connection.url
        with package_faults_as_ours(url, model.name), self._connection.package_client("unload") as client:
            client.generate(model.name, keep_alive=0)

    def delete(self, model: ModelInfo) -> None:
        """Delete the model from the disk; files that other models are made of stay. It may still be in memory."""
        url = self._connection.url
        with package_faults_as_ours(url, model.name), self._connection.package_client("delete") as client:
            client.delete(model.name)

    def close(self) -> None:
        """Cut every connection; running answers end with `EngineDied`. A daemon that is not ours runs on."""
        self._connection.close()
        if self._daemon is not None:
            self._daemon.close()

    def _counter(self, model: ModelInfo, cancel: Cancellation | None) -> TokenCounter | None:
        """Return what counts with the vocabulary of a model; asked for once."""

        def read() -> Vocabulary | None:
            body = {"model": model.name, "verbose": True}
            shown = self._connection.ask("/api/show", body, purpose="vocabulary", cancel=cancel)
            return self._connection.read(lambda document: read_vocabulary(document["model_info"]), shown)

        return self._counters.find(model.digest or model.name, read)

    def _find_version(self, cancel: Cancellation | None) -> str:
        """Ask for the version; where nobody answers, tell why."""
        if self._daemon is None:
            return self._connection.ask_version(cancel=cancel)
        problem = self._daemon.error(cancel)
        if isinstance(problem, EngineStarting):
            raise problem
        has_been_silent = isinstance(problem, EngineUnreachable)
        try:
            return self._connection.ask_version(
                patience_s=SHORT_PATIENCE_S if has_been_silent else READ_TIMEOUT_S, cancel=cancel
            )
        except (EngineUnreachable, NotAnEngine) as error:
            self._daemon.note_silence()
            raise self._daemon.error(cancel) or error from error

    def _refuse_old(self) -> None:
        if is_too_old(self._version or ""):
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


def _with_holder(found: EngineState) -> EngineState:
    """Name who is there in place of a daemon, as far as the system tells."""
    parts = urlsplit(found.address)
    if found.status is not EngineStatus.NOT_AN_ENGINE or not is_loopback(parts.hostname or ""):
        return found
    return replace(found, port_holder=port_holder(parts.port or DEFAULT_PORT) or found.port_holder)
