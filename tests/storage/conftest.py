"""A real database in a folder of the test, on a worker thread as in the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database, open_database
from tests.storage.saved_database import Clock, count_ids

Reader = Callable[[str], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of the test is, or will be."""
    return tmp_path / "data" / "phidesk.sqlite"


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    """The one worker."""
    with ThreadPoolExecutor(1, thread_name_prefix="database") as executor:
        yield executor


@pytest.fixture
def database(path: Path, executor: ThreadPoolExecutor) -> Iterator[Database]:
    """A new database in which streamed text gathers until other work comes."""
    database = open_database(path, executor, gather_s=3600)
    yield database
    database.close()


@pytest.fixture
def conversations(database: Database) -> Conversations:
    return Conversations(database, Clock(), count_ids())


@pytest.fixture
def read(path: Path) -> Reader:
    """Look into the file from outside: only what is on disk is seen."""

    def read(sql: str) -> object:
        reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            return reader.execute(sql).get
        finally:
            reader.close()

    return read
