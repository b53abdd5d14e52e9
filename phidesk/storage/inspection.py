"""Looking at a profile without owning it, also while another process of ours does: reading only, nothing is changed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from phidesk.core.answers import COUNTED_TOKENS, ROUGH_COUNT
from phidesk.core.errors import DatabaseDamaged, StorageError
from phidesk.storage.faults import storage_faults_as_ours
from phidesk.storage.program_state import read_state

BUSY_TIMEOUT_MS = 2_000
SOUND = "ok"
LOOKED_AT_ANSWERS = 50
_NEWEST_ANSWERS = """
    SELECT prompt_tokens, facts FROM messages
    WHERE prompt_tokens IS NOT NULL AND facts IS NOT NULL ORDER BY created_at_us DESC LIMIT ?
"""
_ANSWERS = """
    SELECT group_concat(content, '')
    FROM (SELECT message_id, position, content FROM parts ORDER BY message_id, position, piece)
    GROUP BY message_id, position
"""
"""A streamed answer lies there in pieces."""
_TEXTS = (
    ("conversations", "SELECT title FROM conversations"),
    ("conversations", "SELECT draft FROM conversations"),
    ("conversations", "SELECT instructions FROM conversations"),
    ("prompt_versions", "SELECT value FROM conversations, json_each(variables)"),
    ("prompt_versions", "SELECT text FROM prompt_versions"),
    ("parts", _ANSWERS),
    ("queued_messages", "SELECT text FROM queued_messages"),
    ("unsaved_edits", "SELECT text FROM unsaved_edits"),
    ("unsent_files", "SELECT content FROM unsent_files"),
    ("program_state", "SELECT value FROM program_state WHERE key LIKE '%draft%'"),
)
"""Everything that the person or a model wrote: the table, which an older file may lack, and the query."""


@dataclass(frozen=True)
class DatabaseLook:
    """What is seen of the file: its size with its WAL; None where there is no file yet. `error`: it is not sound."""

    path: Path
    size_bytes: int | None = None
    error: StorageError | None = None


@contextmanager
def open_for_reading(path: Path) -> Iterator[apsw.Connection | None]:
    """Open the file for reading; None where it does not exist, or is empty still."""
    with storage_faults_as_ours(path):
        if not path.exists():
            yield None
            return
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.set_busy_timeout(BUSY_TIMEOUT_MS)
            yield connection if connection.pragma("user_version") else None
        finally:
            connection.close()


def peek_state(path: Path, key: str) -> str | None:
    """Read what the program remembers under `key`; None where there is no such value, or no file yet.

    Raises:
        StorageError: the file cannot be read.
    """
    with open_for_reading(path) as connection:
        return read_state(connection, key) if connection is not None else None


def look_at_database(path: Path) -> DatabaseLook:
    """Have SQLite check the file quickly (`quick_check`: every page, no index); a gigabyte takes seconds."""
    try:
        with open_for_reading(path) as connection:
            if connection is None:
                return DatabaseLook(path)
            found = connection.pragma("quick_check")
            if found != SOUND:
                raise DatabaseDamaged(path, detail=str(found))
        parts = (path.with_name(path.name + ending) for ending in ("", "-wal"))
        return DatabaseLook(path, sum(part.stat().st_size for part in parts if part.exists()))
    except StorageError as error:
        return DatabaseLook(path, error=error)


@dataclass(frozen=True)
class MiscountLook:
    """A prompt that was longer or shorter than we had counted; 0 of 0 where none is known."""

    counted_tokens: int = 0
    prompt_tokens: int = 0

    @property
    def share(self) -> float:
        """How far off the count was, as a share of what was read."""
        return abs(self.counted_tokens - self.prompt_tokens) / self.prompt_tokens if self.prompt_tokens else 0.0


def look_at_counts(path: Path) -> MiscountLook:
    """Find the newest answers' count that was furthest from what the engine read.

    Raises:
        StorageError: the file cannot be read.
    """
    with open_for_reading(path) as connection:
        if connection is None:
            return MiscountLook()
        rows = connection.execute(_NEWEST_ANSWERS, (LOOKED_AT_ANSWERS,)).fetchall()
    looks = [_miscount(int(prompt_tokens or 0), dict(json.loads(str(facts)))) for prompt_tokens, facts in rows]
    return max(looks, key=lambda look: look.share, default=MiscountLook())


def _miscount(prompt_tokens: int, facts: dict[str, str | int | None]) -> MiscountLook:
    """Compare the two; where the engine itself counts roughly, its figure proves nothing."""
    counted = facts.get(COUNTED_TOKENS)
    is_rough = ROUGH_COUNT[0] in facts
    return MiscountLook() if counted is None or is_rough else MiscountLook(int(counted), prompt_tokens)


def texts_of_person(path: Path) -> Iterator[str]:
    """Give every text that the person or a model wrote; for making sure that something holds none of them.

    Raises:
        StorageError: the file cannot be read.
    """
    with open_for_reading(path) as connection:
        if connection is None:
            return
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table, query in _TEXTS:
            if table in tables:
                yield from (text for (text,) in connection.execute(query) if text)


def folder_problem(folder: Path) -> StorageError | None:
    """Return why the folder (or, where it does not exist yet, the one above it) cannot be written; None if it can."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        with storage_faults_as_ours(folder), tempfile.TemporaryFile(dir=there) as file:
            file.write(b"PhiDesk")
    except StorageError as error:
        return error
    return None
