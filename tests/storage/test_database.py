"""The file: private, whole or untouched, and one transaction at a time."""

from __future__ import annotations

import shutil
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from pathlib import Path

import apsw
import pytest

from phidesk.core.errors import DatabaseDamaged, DatabaseTooNew, StorageFull, StorageUnwritable
from phidesk.core.tasks import Cancelled
from phidesk.storage.database import Database, open_database
from phidesk.storage.migrations import MIGRATIONS
from phidesk.storage.program_state import ProgramState, read_state, write_state
from tests.storage.conftest import Reader

BIG = "x" * 100_000


def set_room(database: Database, pages: int) -> None:
    """Let the file grow to so many pages only, as a full disk would."""
    database.run(lambda connection: connection.pragma("max_page_count", pages)).result()


def write_then_fail(connection: apsw.Connection) -> None:
    write_state(connection, "key", "half")
    raise KeyError


def test_what_was_written_is_there_after_reopening(path: Path, executor: ThreadPoolExecutor) -> None:
    first = open_database(path, executor)
    ProgramState(first).set("key", "value").result()
    first.close()

    second = open_database(path, executor)

    assert ProgramState(second).get("key").result() == "value"
    second.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps profiles apart by itself")
def test_only_the_person_can_read_the_folder_and_every_file(path: Path, database: Database) -> None:
    ProgramState(database).set("key", "value").result()

    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == {"phidesk.sqlite": 0o600, "phidesk.sqlite-wal": 0o600, "phidesk.sqlite-shm": 0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps profiles apart by itself")
def test_a_file_that_others_could_read_is_closed_to_them(path: Path, executor: ThreadPoolExecutor) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(mode=0o644)

    open_database(path, executor).close()

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_connection_keeps_the_rules(database: Database) -> None:
    names = ("journal_mode", "foreign_keys", "secure_delete", "synchronous", "trusted_schema")

    rules = database.run(lambda connection: [connection.pragma(name) for name in names]).result()

    assert rules == ["wal", 1, 1, 1, 0]


def test_work_that_fails_leaves_nothing_half_written(database: Database) -> None:
    future = database.run(write_then_fail)

    with pytest.raises(KeyError):
        future.result()
    assert ProgramState(database).get("key").result() is None


def test_work_runs_in_order_on_one_other_thread(database: Database) -> None:
    numbers = count()

    def take_number(_: apsw.Connection) -> tuple[int, int]:
        return next(numbers), threading.get_ident()

    futures = [database.run(take_number) for _ in range(50)]

    taken, threads = zip(*(future.result() for future in futures), strict=True)
    assert taken == tuple(range(50))
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_a_full_disk_is_told_and_takes_nothing_away(database: Database) -> None:
    state = ProgramState(database)
    state.set("before", "kept").result()
    set_room(database, 1)

    with pytest.raises(StorageFull) as raised:
        state.set("key", BIG).result()

    assert raised.value.path == database.path
    assert state.get("before").result() == "kept"
    set_room(database, 1_000_000)
    state.set("key", BIG).result()
    assert state.get("key").result() == BIG


def test_gathered_work_waits_for_more_and_goes_before_what_ends_the_wait(database: Database) -> None:
    gathered = database.run_gathered(lambda connection: write_state(connection, "key", "gathered"))
    assert not gathered.done()

    value = database.run(lambda connection: read_state(connection, "key")).result()

    assert value == "gathered"


def test_gathered_work_does_not_need_other_work(path: Path, executor: ThreadPoolExecutor, read: Reader) -> None:
    database = open_database(path, executor, gather_s=0.01)

    database.run_gathered(lambda connection: write_state(connection, "key", "gathered")).result()

    assert read("SELECT value FROM program_state") == "gathered"
    database.close()


def test_closing_does_the_work_that_waits_and_leaves_one_file(
    path: Path, executor: ThreadPoolExecutor, read: Reader
) -> None:
    database = open_database(path, executor, gather_s=3600)
    database.run_gathered(lambda connection: write_state(connection, "key", "gathered"))

    database.close()

    assert [entry.name for entry in path.parent.iterdir()] == ["phidesk.sqlite"]
    assert read("SELECT value FROM program_state") == "gathered"


def test_a_file_from_a_later_version_is_refused_and_untouched(path: Path, executor: ThreadPoolExecutor) -> None:
    newer = open_database(path, executor)
    newer.run(lambda connection: connection.pragma("user_version", 99)).result()
    killed = path.parent.with_name("killed")
    shutil.copytree(path.parent, killed)  # The version stands in the WAL only, as after a kill.
    newer.close()
    files = (killed / path.name, killed / f"{path.name}-wal")
    before = [file.read_bytes() for file in files]

    with pytest.raises(DatabaseTooNew) as raised:
        open_database(killed / path.name, executor)

    assert (raised.value.found, raised.value.supported) == (99, len(MIGRATIONS))
    assert [file.read_bytes() for file in files] == before


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_something_else_is_damaged_and_untouched(path: Path, executor: ThreadPoolExecutor, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(DatabaseDamaged):
        open_database(path, executor)

    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_untouched(path: Path, executor: ThreadPoolExecutor) -> None:
    path.parent.mkdir()
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseDamaged):
        open_database(path, executor)

    assert path.read_bytes() == before


def test_an_empty_file_left_by_a_killed_start_becomes_a_database(path: Path, executor: ThreadPoolExecutor) -> None:
    path.parent.mkdir()
    path.touch()

    database = open_database(path, executor)

    assert ProgramState(database).get("key").result() is None
    database.close()


@pytest.mark.parametrize("in_the_way", ["data", "data/phidesk.sqlite/"])
def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, path: Path, executor: ThreadPoolExecutor, in_the_way: str
) -> None:
    if in_the_way.endswith("/"):
        (tmp_path / in_the_way).mkdir(parents=True)
    else:
        (tmp_path / in_the_way).touch()

    with pytest.raises(StorageUnwritable):
        open_database(path, executor)


def test_a_place_can_be_opened_again_after_a_refusal(path: Path, executor: ThreadPoolExecutor) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseDamaged):
        open_database(path, executor)
    path.unlink()

    open_database(path, executor).close()

    assert path.stat().st_size > 0


def test_work_that_comes_while_it_ends_is_cancelled(path: Path, executor: ThreadPoolExecutor) -> None:
    database = open_database(path, executor)
    database.close()

    with pytest.raises(Cancelled):
        database.run(lambda connection: connection.changes()).result()


def test_work_that_comes_after_the_end_is_cancelled(path: Path) -> None:
    with ThreadPoolExecutor(1) as worker:
        database = open_database(path, worker)
        database.close()

    with pytest.raises(Cancelled):
        database.run(lambda _: None)


def test_a_file_that_another_program_holds_for_a_moment_is_waited_for(path: Path) -> None:
    with ThreadPoolExecutor(1) as worker, ThreadPoolExecutor(1) as opener:
        open_database(path, worker).close()
        other = apsw.Connection(str(path))
        other.pragma("journal_mode", "delete")  # In this mode whoever writes keeps readers out, as after a crash.
        other.execute("BEGIN EXCLUSIVE")

        opening = opener.submit(open_database, path, worker)
        done, _ = wait([opening], timeout=0.3)
        other.execute("ROLLBACK")

        assert not done
        opening.result().close()
        other.close()
