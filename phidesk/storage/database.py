"""The one file of a profile: opened with care, written by one connection on one thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TypeVar

import apsw

from phidesk.core.errors import DatabaseDamaged, DatabaseTooNew
from phidesk.core.tasks import Cancelled
from phidesk.storage.faults import storage_faults_as_ours
from phidesk.storage.migrations import APPLICATION_ID, MIGRATIONS, Migration, migrate
from phidesk.storage.private_files import make_private_file, make_private_folder
from phidesk.storage.transaction import transaction

Result = TypeVar("Result")

BUSY_TIMEOUT_MS = 5_000
"""How long another program (a backup, a curious person's SQLite browser) may hold the file."""
GATHER_S = 0.1
"""How long streamed text may gather. It may be 250 ms behind, and a transaction takes well under 10 ms.

At 1000 tokens/s ten writes a second cost no measurable processor time and 0.1 MB/s; a write for each token cost
6 % of a processor and 9 MB/s.
"""


class Database:
    """Owns the only writing connection. Its methods may be called from every thread; work runs on the worker."""

    def __init__(self, path: Path, connection: apsw.Connection, executor: Executor, *, gather_s: float) -> None:
        """Made by `open_database`. `executor` has exactly one worker."""
        self.path = path
        self._gather_s = gather_s
        self._connection = connection
        self._executor = executor
        self._condition = threading.Condition()
        self._urgent = 0

    def run(self, work: Callable[[apsw.Connection], Result]) -> Future[Result]:
        """Run `work` on the worker in one transaction: all of it is on disk, or nothing.

        Work runs in the order in which it was given. The future carries what `work` raises, and:

        Raises:
            StorageError: full, unwritable or damaged.
            Cancelled: the program ends; at once where the worker is gone.
        """
        with self._condition:
            self._urgent += 1
            self._condition.notify()
        try:
            future = self._executor.submit(self._transact, work)
        except RuntimeError:
            raise Cancelled from None
        future.add_done_callback(self._on_urgent_done)
        return future

    def run_gathered(self, work: Callable[[apsw.Connection], Result]) -> Future[Result]:
        """Do as `run` does, but up to `GATHER_S` later, so that one write takes more; `run` ends the wait."""
        due_s = time.monotonic() + self._gather_s
        return self._executor.submit(self._transact_when_due, work, due_s)

    def close(self) -> None:
        """Wait for all work, write the WAL into the file and close it. Called once; blocks.

        Where the disk is full, SQLite leaves the WAL beside the file and takes it in at the next start.
        """
        with self._condition:
            self._urgent += 1
            self._condition.notify()
        self._executor.submit(self._connection.close).result()

    def _transact(self, work: Callable[[apsw.Connection], Result]) -> Result:
        try:
            with storage_faults_as_ours(self.path), transaction(self._connection):
                return work(self._connection)
        except apsw.ConnectionClosedError:
            raise Cancelled from None

    def _transact_when_due(self, work: Callable[[apsw.Connection], Result], due_s: float) -> Result:
        with self._condition:
            self._condition.wait_for(lambda: self._urgent > 0, timeout=max(0.0, due_s - time.monotonic()))
        return self._transact(work)

    def _on_urgent_done(self, _future: Future[Result]) -> None:
        with self._condition:
            self._urgent -= 1


def open_database(
    path: Path, executor: Executor, *, migrations: Sequence[Migration] = MIGRATIONS, gather_s: float = GATHER_S
) -> Database:
    """Open the file on the worker, creating or migrating it where needed. Blocks.

    `executor` has exactly one worker; whoever made it shuts it down after `Database.close`.

    Raises:
        DatabaseTooNew: a later version wrote it. It was not touched.
        DatabaseDamaged: it is no database, or not one of ours.
        StorageFull: there is no room to create or migrate it.
        StorageUnwritable: the folder or file cannot be created or written.
    """
    connection = executor.submit(_open, path, migrations).result()
    return Database(path, connection, executor, gather_s=gather_s)


def _open(path: Path, migrations: Sequence[Migration]) -> apsw.Connection:
    with storage_faults_as_ours(path):
        make_private_folder(path.parent)
        make_private_file(path)
        _refuse_foreign(path, supported=len(migrations))
        connection = apsw.Connection(str(path))
        try:
            _configure(connection)
            migrate(connection, path, migrations)
            connection.pragma("foreign_keys", True)
        except BaseException:
            connection.close()
            raise
        return connection


def _refuse_foreign(path: Path, *, supported: int) -> None:
    """Look before touching: a connection that only reads takes the WAL into account, but changes neither."""
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        reader.set_busy_timeout(BUSY_TIMEOUT_MS)
        version = reader.pragma("user_version")
        is_empty = reader.execute("SELECT count(*) FROM sqlite_schema").get == 0
        is_ours = reader.pragma("application_id") == APPLICATION_ID
    finally:
        reader.close()
    if not is_ours and not is_empty:
        raise DatabaseDamaged(path, detail="not a database of PhiDesk")
    if version > supported:
        raise DatabaseTooNew(path, found=version, supported=supported)


def _configure(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.pragma("journal_mode", "WAL")
    # With a WAL this survives the death of the program whole. A power cut may cost the last moments, never the file;
    # FULL would wait for the disk at every transaction, ten times a second while an answer streams.
    connection.pragma("synchronous", "NORMAL")
    # Deleted text is overwritten with zeros, not only forgotten.
    connection.pragma("secure_delete", True)
    # A file that somebody else made must not run functions through its views and triggers.
    connection.pragma("trusted_schema", False)
    # Migrations rebuild tables, which dropping children would spoil; switched on when they are done.
    connection.pragma("foreign_keys", False)
