"""Which engine and model answer: the person's choice, or the best that is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from phidesk.core.errors import (
    AddressUnusable,
    EngineError,
    EngineStarting,
    PhiDeskError,
    ServerNotAdded,
)
from phidesk.core.generation import Parameter
from phidesk.core.hub import Hub
from phidesk.core.model_info import LoadedModel, ModelInfo, choose_chat_model
from phidesk.core.servers import normalised_address
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.protocol import Engine

WATCH_INTERVAL_S = 5.0
"""Often enough to notice a started Ollama, rare enough to cost nothing."""
STARTING_INTERVAL_S = 0.25
"""The same while an engine starts: a question may be waiting for it."""
STARTING_PATIENCE_S = 15.0
"""For the preferred engine to start before another one answers: usually it takes one second."""
STARTING_LIMIT_S = 150.0
"""Longer than Ollama's own start may take; a server that still loads then is not waited for."""


@dataclass(frozen=True)
class EngineChoice:
    """An engine that is ready, and one of its models that can chat."""

    engine: Engine
    model: ModelInfo
    passed_over: tuple[PhiDeskError, ...] = ()
    """Why engines that are preferred to this one do not answer."""


@dataclass(frozen=True)
class EngineReport:
    """What a look at the engines found: a model that would answer, or the error that says why none would."""

    engine_name: str = ""
    model: ModelInfo | None = None
    loaded: LoadedModel | None = None
    error: PhiDeskError | None = None
    passed_over: tuple[PhiDeskError, ...] = ()
    """Why engines that are preferred to this one do not answer."""
    parameters: frozenset[Parameter] = frozenset()
    """What can be set of how the model chooses its words; nothing where none would answer."""


class EngineDirectory:
    """All engines, the preferred first, opened when they are first asked for. Safe from every thread."""

    def __init__(
        self,
        open_local: Callable[[], Sequence[Engine]],
        open_server: Callable[[str], Engine],
        give_up_server: Callable[[str], None] = lambda _address: None,
    ) -> None:
        """`open_local` gives the engines of this computer, the preferred first; the others get an address.

        `give_up_server` takes back what `open_server` did.
        """
        self._open_local = open_local
        self._open_server = open_server
        self._give_up_server = give_up_server
        self._lock = threading.Lock()
        self._local: tuple[Engine, ...] | None = None
        self._servers: dict[str, Engine | None] = {}

    @property
    def local_engines(self) -> list[Engine]:
        """The engines of this computer, the preferred first."""
        with self._lock:
            if self._local is None:
                self._local = tuple(self._open_local())
            return list(self._local)

    @property
    def known_engines(self) -> list[Engine]:
        """The engines of this computer, and the servers that were added."""
        return [*self.local_engines, *self.servers]

    @property
    def servers(self) -> list[Engine]:
        """The servers that were added, in that order. They answer only where the person chose one."""
        with self._lock:
            return [self._opened_server(address) for address in self._servers]

    def add_server(self, address: str) -> None:
        """Let conversations choose the server at this address. Nothing is asked of it yet; twice is no error.

        Raises:
            AddressUnusable: it is no address.
        """
        with self._lock:
            self._servers.setdefault(normalised_address(address), None)

    def remove_server(self, address: str) -> None:
        """End what this server is doing for us, and let nobody choose it any more; twice is no error."""
        with self._lock:
            engine = self._servers.pop(normalised_address(address), None)
        if engine is not None:
            engine.close()
            self._give_up_server(engine.name)

    def engine(self, name: str) -> Engine:
        """Return the engine of this name; any other name is the address of a server that was added.

        Raises:
            ServerNotAdded: it was not, or not any more.
        """
        local = next((engine for engine in self.local_engines if engine.name == name), None)
        if local is not None:
            return local
        try:
            address = normalised_address(name)
        except AddressUnusable:
            raise ServerNotAdded(engine=name) from None
        with self._lock:
            if address not in self._servers:
                raise ServerNotAdded(engine=name)
            return self._opened_server(address)

    def prepare(self) -> None:
        """Let the engines of this computer begin whatever must run before questions can be asked."""
        for engine in self.local_engines:
            engine.prepare()

    def choose(
        self,
        engine_name: str | None = None,
        model_name: str | None = None,
        cancel: Cancellation | None = None,
        *,
        note_starting: Callable[[str], None] = lambda _engine: None,
    ) -> EngineChoice:
        """Find who answers, because a question is there. Blocks while engines are asked.

        Without an engine's name the preferred engine that is ready and has a fitting model is taken. One that is
        starting is waited for, but not for long where another one could answer; `note_starting` is called once then,
        with its name.

        Raises:
            NoModel: an engine is there, but without any model to chat with.
            ModelMissing: the wanted model is not there.
            EngineError: the named engine (or, unnamed, every engine) cannot be used; the first reason is raised.
            Cancelled: `cancel` was used.
        """
        cancel = cancel or Cancellation()
        for engine in [self.engine(engine_name)] if engine_name else self.local_engines:
            engine.prepare()
        begun_s = time.monotonic()
        is_noted = False
        while True:
            waited_s = time.monotonic() - begun_s
            try:
                return self._look(engine_name, model_name, cancel, is_patient=waited_s < STARTING_PATIENCE_S)
            except EngineStarting as starting:
                if waited_s > STARTING_LIMIT_S:
                    raise
                if not is_noted:
                    is_noted = True
                    note_starting(starting.engine)
            cancel.wait(STARTING_INTERVAL_S)
            cancel.check()

    def local_chat_models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List the models of this computer that can chat, of every engine that can be reached now.

        Raises:
            Cancelled: `cancel` was used.
        """
        return _chat_models(self.local_engines, cancel)

    def server_chat_models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List the same of the servers that were added. One that is switched off costs seconds.

        Raises:
            Cancelled: `cancel` was used.
        """
        return _chat_models(self.servers, cancel)

    def report(
        self, engine_name: str | None, model_name: str | None, cancel: Cancellation | None = None
    ) -> EngineReport:
        """Look who would answer now and what it has loaded; problems are part of the report.

        Raises:
            Cancelled: `cancel` was used.
        """
        try:
            choice = self._look(engine_name, model_name, cancel, is_patient=True)
            loaded = find_loaded(choice, cancel)
        except PhiDeskError as problem:
            named = problem.engine if isinstance(problem, EngineError) else ""
            return EngineReport(engine_name=engine_name or named, error=problem)
        return EngineReport(
            choice.engine.name,
            choice.model,
            loaded,
            passed_over=choice.passed_over,
            parameters=choice.engine.parameters,
        )

    def close(self) -> None:
        """Close every engine that was opened."""
        with self._lock:
            opened = [*(self._local or ()), *(engine for engine in self._servers.values() if engine is not None)]
        for engine in opened:
            engine.close()

    def _opened_server(self, address: str) -> Engine:
        """Open it when it is first wanted. The lock is held."""
        engine = self._servers[address] or self._open_server(address)
        self._servers[address] = engine
        return engine

    def _look(
        self, engine_name: str | None, model_name: str | None, cancel: Cancellation | None, *, is_patient: bool
    ) -> EngineChoice:
        """Choose among what can be used now; raises as `choose` does. Starts nothing.

        Raises:
            EngineStarting: it would be preferred; where nobody is patient, only if no other engine can answer.
        """
        if engine_name:
            return self._choose_from(self.engine(engine_name), model_name, cancel)
        problems: list[PhiDeskError] = []
        for engine in self.local_engines:
            try:
                choice = self._choose_from(engine, model_name, cancel)
            except PhiDeskError as problem:
                if is_patient and isinstance(problem, EngineStarting):
                    raise
                problems.append(problem)
            else:
                return replace(choice, passed_over=tuple(problems))
        starting = next((problem for problem in problems if isinstance(problem, EngineStarting)), None)
        with_engine = next((problem for problem in problems if not isinstance(problem, EngineError)), problems[0])
        raise starting or with_engine

    @staticmethod
    def _choose_from(engine: Engine, model_name: str | None, cancel: Cancellation | None) -> EngineChoice:
        models = engine.models(cancel)
        if model_name:
            wanted = (model_name, f"{model_name}:latest")
            model = next((model for model in models if model.name in wanted), None)
            if model is None:
                raise engine.why_missing(model_name)
        else:
            model = choose_chat_model(models)
            if model is None:
                raise engine.why_missing(None)
        return EngineChoice(engine, model)


def _chat_models(engines: Sequence[Engine], cancel: Cancellation | None) -> list[ModelInfo]:
    found: list[ModelInfo] = []
    for engine in engines:
        try:
            found += [model for model in engine.models(cancel) if model.can_chat]
        except PhiDeskError:
            continue
    return found


def find_loaded(choice: EngineChoice, cancel: Cancellation | None = None) -> LoadedModel | None:
    """Ask the engine what it allocated for the chosen model; None while it is not in memory.

    Raises:
        Cancelled: `cancel` was used.
    """
    return next((loaded for loaded in choice.engine.loaded(cancel) if loaded.name == choice.model.name), None)


class EngineWatch:
    """Looks at the engines again and again, and publishes an `EngineReport` whenever something changed."""

    def __init__(
        self, directory: EngineDirectory, hub: Hub, wanted: Callable[[], tuple[str | None, str | None]]
    ) -> None:
        self._directory = directory
        self._hub = hub
        self._wanted = wanted

    def run(self, cancel: Cancellation) -> None:
        """Watch until cancelled, also while an engine is being asked. Runs in a loop thread given by app."""
        known: EngineReport | None = None
        self._directory.prepare()
        while not cancel.is_cancelled:
            try:
                report = self._directory.report(*self._wanted(), cancel)
            except Cancelled:
                return
            if known is None or _differs(report, known):
                known = report
                self._hub.publish(report)
            cancel.wait(STARTING_INTERVAL_S if isinstance(report.error, EngineStarting) else WATCH_INTERVAL_S)


def _differs(report: EngineReport, known: EngineReport) -> bool:
    def shown(it: EngineReport) -> tuple[object, ...]:
        memory = (it.loaded.window_tokens, it.loaded.size_bytes, it.loaded.gpu_bytes) if it.loaded else None
        return it.engine_name, it.model, memory, str(it.error), tuple(map(str, it.passed_over))

    return shown(report) != shown(known)
