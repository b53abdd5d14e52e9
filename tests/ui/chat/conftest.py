"""A profile on a real disk with a real engine behind it, for tests of the page that does the main job."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.service import ChatService
from phidesk.chat.tool_desk import ToolDesk
from phidesk.chat.tool_loop import OfferedTools
from phidesk.core.errors import EngineMissing
from phidesk.core.hub import Hub
from phidesk.core.tasks import StartLoop, TaskRunner
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.protocol import Engine
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database, open_database
from phidesk.storage.tool_records import ToolRecords
from phidesk.tools.tool import Tool
from phidesk.ui.main_thread import MainThread

MEMORY_BYTES = 16 * 1024**3


@dataclass(frozen=True)
class Profile:
    """What a page needs, all of it real."""

    database: Database
    conversations: Conversations
    service: ChatService
    runner: TaskRunner
    main_thread: MainThread

    def close(self) -> None:
        """Stop answers, and let nothing reach the window any more."""
        self.service.stop_all()
        self.main_thread.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new profile's file."""
    worker = ThreadPoolExecutor(1, thread_name_prefix="database")
    database = open_database(tmp_path / "phidesk.sqlite", worker)
    yield database
    database.close()
    worker.shutdown()


@pytest.fixture
def tools() -> dict[str, Tool]:
    """The tools of every conversation, by their names; a test puts its own here."""
    return {}


@pytest.fixture
def profile(
    database: Database, tools: dict[str, Tool], builtin_engine: BuiltinEngine, start_loop: StartLoop, qapp: QApplication
) -> Iterator[Profile]:
    """Services over the file and the built-in engine with the practice model and the scripted one."""
    main_thread = MainThread()
    pool = ThreadPoolExecutor(1, thread_name_prefix="work")
    numbers = itertools.count(1)
    conversations = Conversations(database, _now, lambda: f"id{next(numbers)}")
    service = ChatService(
        directory=EngineDirectory(lambda: [builtin_engine], _no_server),
        conversations=conversations,
        database=database,
        hub=Hub(main_thread.post),
        start_loop=start_loop,
        computer_memory_bytes=lambda: MEMORY_BYTES,
        desk=ToolDesk(
            lambda _conversation, _ask_person, _cancel: OfferedTools(tools),
            ToolRecords(database, _now, lambda: f"r{next(numbers)}"),
            _now,
        ),
    )
    profile = Profile(database, conversations, service, TaskRunner(pool, main_thread.post), main_thread)
    yield profile
    profile.close()
    pool.shutdown()


def _now() -> datetime:
    return datetime.now(UTC)


def _no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)
