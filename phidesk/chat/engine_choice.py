"""Which engine and model answer: the person's choice, or the best that is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phidesk.core.errors import EngineError, ModelMissing, NoModel, PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.model_info import LoadedModel, ModelInfo, choose_chat_model
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.protocol import Engine

WATCH_INTERVAL_S = 5.0
"""Often enough to notice a started Ollama, rare enough to cost nothing."""


@dataclass(frozen=True)
class EngineChoice:
    """An engine that is ready, and one of its models that can chat."""

    engine: Engine
    model: ModelInfo


@dataclass(frozen=True)
class EngineReport:
    """What a look at the engines found: a model that would answer, or the error that says why none would."""

    engine_name: str = ""
    model: ModelInfo | None = None
    loaded: LoadedModel | None = None
    error: PhiDeskError | None = None


class EngineDirectory:
    """All engines, the preferred first, opened when they are first asked for. Safe from every thread."""

    def __init__(self, open_local: Callable[[], Sequence[Engine]], open_server: Callable[[str], Engine]) -> None:
        """`open_local` gives the engines of this computer, the preferred first."""
        self._open_local = open_local
        self._open_server = open_server
        self._lock = threading.Lock()
        self._local: tuple[Engine, ...] | None = None
        self._servers: dict[str, Engine] = {}

    @property
    def local_engines(self) -> list[Engine]:
        """The engines of this computer, the preferred first."""
        with self._lock:
            if self._local is None:
                self._local = tuple(self._open_local())
            return list(self._local)

    @property
    def known_engines(self) -> list[Engine]:
        """The engines of this computer, and the servers that were opened so far."""
        return [*self.local_engines, *self._opened_servers()]

    def engine(self, name: str) -> Engine:
        """Return the engine of this name; any other name is taken as the address of a server."""
        local = next((engine for engine in self.local_engines if engine.name == name), None)
        if local is not None:
            return local
        with self._lock:
            if name not in self._servers:
                self._servers[name] = self._open_server(name)
            return self._servers[name]

    def choose(
        self, engine_name: str | None = None, model_name: str | None = None, cancel: Cancellation | None = None
    ) -> EngineChoice:
        """Find who answers. Blocks while engines are asked.

        Without an engine's name the preferred engine that is ready and has a fitting model is taken.

        Raises:
            NoModel: an engine is there, but without any model to chat with.
            ModelMissing: the wanted model is not there.
            EngineError: the named engine (or, unnamed, every engine) cannot be used; the first reason is raised.
            Cancelled: `cancel` was used.
        """
        if engine_name:
            return self._choose_from(self.engine(engine_name), model_name, cancel)
        problems: list[PhiDeskError] = []
        for engine in self.local_engines:
            try:
                return self._choose_from(engine, model_name, cancel)
            except PhiDeskError as problem:
                problems.append(problem)
        without_engine = [problem for problem in problems if isinstance(problem, EngineError)]
        raise next((problem for problem in problems if problem not in without_engine), problems[0])

    def chat_models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List the models of all engines that can be reached now and that can chat.

        Raises:
            Cancelled: `cancel` was used.
        """
        found: list[ModelInfo] = []
        for engine in self.known_engines:
            try:
                found += [model for model in engine.models(cancel) if model.can_chat]
            except PhiDeskError:
                continue
        return found

    def report(
        self, engine_name: str | None, model_name: str | None, cancel: Cancellation | None = None
    ) -> EngineReport:
        """Look who would answer now and what it has loaded; problems are part of the report.

        Raises:
            Cancelled: `cancel` was used.
        """
        try:
            choice = self.choose(engine_name, model_name, cancel)
            loaded = find_loaded(choice, cancel)
        except PhiDeskError as problem:
            return EngineReport(engine_name=engine_name or "", error=problem)
        return EngineReport(engine_name=choice.engine.name, model=choice.model, loaded=loaded)

    def close(self) -> None:
        """Close every engine that was opened."""
        for engine in [*(self._local or ()), *self._opened_servers()]:
            engine.close()

    def _opened_servers(self) -> list[Engine]:
        with self._lock:
            return list(self._servers.values())

    @staticmethod
    def _choose_from(engine: Engine, model_name: str | None, cancel: Cancellation | None) -> EngineChoice:
        models = engine.models(cancel)
        if model_name:
            wanted = (model_name, f"{model_name}:latest")
            model = next((model for model in models if model.name in wanted), None)
            if model is None:
                raise ModelMissing(engine=engine.name, model=model_name)
        else:
            model = choose_chat_model(models)
            if model is None:
                raise NoModel(engine=engine.name)
        return EngineChoice(engine, model)


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
        while not cancel.is_cancelled:
            try:
                report = self._directory.report(*self._wanted(), cancel)
            except Cancelled:
                return
            if known is None or _differs(report, known):
                known = report
                self._hub.publish(report)
            cancel.wait(WATCH_INTERVAL_S)


def _differs(report: EngineReport, known: EngineReport) -> bool:
    def shown(it: EngineReport) -> tuple[object, ...]:
        memory = (it.loaded.window_tokens, it.loaded.size_bytes, it.loaded.gpu_bytes) if it.loaded else None
        return it.engine_name, it.model, memory, str(it.error)

    return shown(report) != shown(known)
