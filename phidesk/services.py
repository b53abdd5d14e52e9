"""What the window and the command line share: everything behind them, built and closed in one place.

Threads are made here and nowhere else; the rooms below get an executor or `start_loop`.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from phidesk.core.hub import Hub
from phidesk.core.paths import Paths
from phidesk.core.tasks import Post, TaskRunner
from phidesk.engine.network import Gate
from phidesk.storage.database import open_database
from phidesk.storage.profile_lock import ProfileLock
from phidesk.storage.program_state import (
    CACHE_PRECISION,
    FREE_ON_CLOSE,
    KEEP_READY,
    MODELS_FOLDER,
    OFFLINE,
    ON,
    ProgramState,
)
from phidesk.storage.records import Records
from phidesk.storage.secrets import Secrets

if TYPE_CHECKING:
    from phidesk.chat.diagnosis import FontFinding
    from phidesk.chat.doctor import Doctor
    from phidesk.chat.engine_choice import EngineDirectory
    from phidesk.core.model_info import CachePrecision
    from phidesk.engine.downloads import ModelDownloads
    from phidesk.engine.model_files import ModelFiles
    from phidesk.engine.model_stick import ModelSticks
    from phidesk.engine.ollama.daemon import OllamaDaemon
    from phidesk.engine.ollama.store import OllamaStore
    from phidesk.engine.protocol import Engine
    from phidesk.processes.sandbox.limits import Enforced
    from phidesk.profile import Profile
    from phidesk.tools.ask_person import AskPerson
    from phidesk.tools.tool import Tool
    from phidesk.tools.toolbox import Means

WORK_THREADS = 4
"""Probing and reading; answers have threads of their own."""


class Services:
    """Engines and the profile, each when it is first wanted; closed in reverse order, within seconds."""

    def __init__(self, paths: Paths, environment: Mapping[str, str], post: Post) -> None:
        """`post` hands a closure to the thread that shows things. Opens no file and no connection."""
        self.paths = paths
        self._closing = ExitStack()
        self.gate = Gate(now, is_offline_wanted=self._is_offline_wanted)
        self._closing.callback(self.gate.close)
        pool = ThreadPoolExecutor(WORK_THREADS, thread_name_prefix="work")
        self._closing.callback(pool.shutdown, cancel_futures=True)
        self.tasks = TaskRunner(pool, post)
        self.hub = Hub(post)
        self._closing.callback(self.gate.subscribe(self.hub.publish))
        self.secrets = Secrets()
        self._ollama: OllamaDaemon | None = None
        self._environment = environment
        self._lock = threading.Lock()
        self._records: Records | None = None
        self._profile: Profile | None = None
        self._downloads: ModelDownloads | None = None
        self._directory: EngineDirectory | None = None
        self._closing.callback(self._close_directory)

    @property
    def directory(self) -> EngineDirectory:
        """The engines that there are, each opened when it is first asked for."""
        with self._lock:
            if self._directory is None:
                from phidesk.chat.engine_choice import EngineDirectory  # noqa: PLC0415 - the first paint need not wait

                self._directory = EngineDirectory(self._open_local_engines, self._open_server, self.gate.forbid)
            return self._directory

    @cached_property
    def ollama_store(self) -> OllamaStore:
        """Where Ollama keeps its models on this computer."""
        from phidesk.engine.ollama.store import OllamaStore, store_folders  # noqa: PLC0415 - the first paint need not wait

        return OllamaStore(store_folders(self._environment))

    @cached_property
    def models_folder(self) -> Path:
        """Where new models of the built-in engine are put: our folder, or what the person chose in an earlier run."""
        chosen = self._peek(MODELS_FOLDER)
        return Path(chosen) if chosen else self.paths.models

    @cached_property
    def model_files(self) -> ModelFiles:
        """The files of models on this computer."""
        from phidesk.engine.model_files import ModelFiles  # noqa: PLC0415 - the first paint need not wait

        return ModelFiles(self.models_folder, self.ollama_store)

    @property
    def downloads(self) -> ModelDownloads:
        """Models on their way to the engines of this computer. Those of an earlier run are there, paused."""
        with self._lock:
            if self._downloads is None:
                self._downloads = self._make_downloads()
                self._closing.callback(self._downloads.close)
            return self._downloads

    @cached_property
    def model_sticks(self) -> ModelSticks:
        """Models on sticks, written and read."""
        from phidesk.engine.model_stick import ModelSticks  # noqa: PLC0415 - the first paint need not wait

        return ModelSticks(self.models_folder, self.ollama_store)

    @cached_property
    def builtin_tools(self) -> tuple[Tool, ...]:
        """The tools that come with the program."""
        from phidesk.chat.conversation_search import ConversationSearch  # noqa: PLC0415 - the first paint need not wait
        from phidesk.documents.file_reading import read_file  # noqa: PLC0415 - see above
        from phidesk.tools.builtin.catalogue import builtin_tools  # noqa: PLC0415 - see above
        from phidesk.tools.builtin.date_text import SystemZone  # noqa: PLC0415 - see above

        return (
            *builtin_tools(
                now=lambda: now().astimezone(SystemZone()),
                read_text=lambda path: read_file(path, follows_links=False).text,
                home=Path.home(),
                notes=self.paths.notes,
            ),
            ConversationSearch(self.paths.database),
        )

    @cached_property
    def enforced(self) -> Enforced:
        """From what this system keeps programs of the person; found out once, in about 0.1 s."""
        from phidesk.processes.sandbox.program_run import what_is_enforced  # noqa: PLC0415 - see above

        return what_is_enforced(start_loop=start_loop)

    def tool_means(self, ask: AskPerson) -> Means:
        """Return what the tools of the person work with; `ask` asks them. Blocks the first time."""
        from phidesk.engine.address_fetch import fetch_address  # noqa: PLC0415 - the first paint need not wait
        from phidesk.tools.toolbox import Means  # noqa: PLC0415 - see above

        return Means(
            fetch=partial(fetch_address, self.gate),
            ask=ask,
            start_loop=start_loop,
            enforced=self.enforced,
            builtin={tool.definition.name: tool for tool in self.builtin_tools},
        )

    def open_records(self) -> Records:
        """Take the person's data; once. Blocks while the database is opened.

        Raises:
            StorageError: in use by another process, too new, damaged, or not to be written.
        """
        if self._records is None:
            self._records = self._take_records()
        return self._records

    def open_profile(self) -> Profile:
        """Make what works with the person's data, which is taken if it is not yet; once.

        Raises:
            StorageError: as `open_records` does.
        """
        if self._profile is None:
            from phidesk.profile import make_profile  # noqa: PLC0415 - the first paint need not wait

            self._profile = make_profile(
                self.open_records(),
                directory=self.directory,
                hub=self.hub,
                gate=self.gate,
                secrets=self.secrets,
                builtin_tools=lambda: self.builtin_tools,
                tool_means=self.tool_means,
                start_loop=start_loop,
                now=now,
                new_id=new_id,
                closing=self._closing,
            )
        return self._profile

    def _take_records(self) -> Records:
        with ExitStack() as opening:  # Gives back what was taken, if something after it fails.
            opening.enter_context(ProfileLock(self.paths.lock))
            worker = ThreadPoolExecutor(1, thread_name_prefix="database")
            opening.callback(worker.shutdown)
            database = open_database(self.paths.database, worker)
            opening.callback(database.close)
            self._closing.push(opening.pop_all())
        return Records(database, ProgramState(database))

    def make_doctor(self, fonts: FontFinding) -> Doctor:
        """Make who looks at everything; `fonts` were found by the room that knows them."""
        from phidesk.chat.doctor import Doctor  # noqa: PLC0415 - the first paint need not wait

        return Doctor(
            directory=self.directory,
            paths=self.paths,
            models_folder=lambda: self.models_folder,
            gate=self.gate,
            secrets=self.secrets,
            fonts=fonts,
        )

    def on_close(self, action: Callable[[], object]) -> None:
        """Do this before anything that was built earlier is closed."""
        self._closing.callback(action)

    def close(self) -> None:
        """Stop answers (their text is saved), end engines that are ours, write the database out."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _is_offline_wanted(self) -> bool:
        """Read the switch without owning the profile: `ask` obeys it too, while the window is open or not."""
        return self._peek(OFFLINE) == ON

    def _close_directory(self) -> None:
        if self._directory is not None:
            self._directory.close()

    def _open_local_engines(self) -> list[Engine]:
        """Return the engines of this computer, the preferred first."""
        from phidesk.engine.builtin.engine import BuiltinEngine  # noqa: PLC0415 - the first paint need not wait
        from phidesk.engine.counting import CounterShelf  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.address import ollama_address  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.client import OllamaEngine  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.daemon import OllamaDaemon  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.places import may_be_started  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.probe import probe  # noqa: PLC0415 - see above

        environment = self._environment
        address = ollama_address(environment)
        self.gate.allow(address)  # OLLAMA_HOST is the person's own word.
        counters = CounterShelf(self.paths.vocabularies)
        folders = list(dict.fromkeys([self.models_folder, self.paths.models, *self.paths.shared_models]))
        builtin = BuiltinEngine(
            folders,
            self.gate,
            start_loop,
            ollama=self.ollama_store,
            counters=counters,
            cache_precision=self.cache_precision,
        )
        if may_be_started(address, environment):
            self._ollama = OllamaDaemon(
                address,
                environment=environment,
                start_loop=start_loop,
                look=lambda place, cancel: probe(place, self.gate, cancel),
            )
        ollama = OllamaEngine(
            address, self.gate, daemon=self._ollama, keep_ready_s=self.keep_ready_s, counters=counters
        )
        return [ollama, builtin]

    def _make_downloads(self) -> ModelDownloads:
        from phidesk.engine.downloads import ModelDownloads  # noqa: PLC0415 - the first paint need not wait
        from phidesk.engine.ollama.address import ollama_address  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.downloads import OllamaFetcher  # noqa: PLC0415 - see above
        from phidesk.engine.ollama.store import store_folders  # noqa: PLC0415 - see above
        from phidesk.engine.protocol import BUILTIN, OLLAMA  # noqa: PLC0415 - see above
        from phidesk.engine.registry import RegistryFetcher  # noqa: PLC0415 - see above

        address = ollama_address(self._environment)
        ollama = OllamaFetcher(
            lambda: self._ollama.address if self._ollama is not None else address,
            self.gate,
            folders=store_folders(self._environment),
        )
        builtin = RegistryFetcher(self.models_folder, self.gate)
        return ModelDownloads({OLLAMA: ollama, BUILTIN: builtin}, self.models_folder, self.hub.publish, start_loop)

    def keep_ready_s(self) -> int | None:
        """Read how long the person wants a model kept; `ask` obeys it too."""
        seconds = self._peek(KEEP_READY) or ""
        return int(seconds) if re.fullmatch(r"-1|\d+", seconds) else None

    def frees_on_close(self) -> bool:
        """Read whether models that answered are to leave Ollama's memory when the window closes."""
        return self._peek(FREE_ON_CLOSE) == ON

    def cache_precision(self) -> CachePrecision:
        """Read how exactly the built-in engine keeps its cache."""
        from phidesk.core.model_info import CachePrecision  # noqa: PLC0415 - the first paint need not wait

        name = self._peek(CACHE_PRECISION) or ""
        return CachePrecision.__members__.get(name, CachePrecision.F16)

    def _peek(self, key: str) -> str | None:
        """Read what the program remembers, also while another process of ours owns the profile."""
        from phidesk.storage.inspection import peek_state  # noqa: PLC0415 - the first paint need not wait

        return peek_state(self.paths.database, key)

    def _open_server(self, address: str) -> Engine:
        from phidesk.engine.openai.client import ServerEngine  # noqa: PLC0415 - the first paint need not wait

        self.gate.allow(address)
        return ServerEngine(address, lambda: self.secrets.key(address), self.gate)


def start_loop(name: str, function: Callable[[], None]) -> threading.Thread:
    """Start a named thread; whoever asks for it ends and joins it."""
    thread = threading.Thread(target=function, name=name)
    thread.start()
    return thread


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an id that nobody else has."""
    return os.urandom(16).hex()
