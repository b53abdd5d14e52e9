"""No exception of apsw is left without a decision: one of our errors, or a bug."""

from __future__ import annotations

import errno
import inspect
from pathlib import Path

import apsw
import pytest

from phidesk.core.errors import StorageError, StorageFull, StorageUnwritable
from phidesk.storage.faults import OURS, storage_faults_as_ours

PATH = Path("phidesk.sqlite")
BUGS_OF_OURS = {
    apsw.Error,
    apsw.AbortError,
    apsw.AuthError,
    apsw.BindingsError,
    apsw.ConnectionClosedError,
    apsw.ConnectionNotClosedError,
    apsw.ConstraintError,
    apsw.CursorClosedError,
    apsw.EmptyError,
    apsw.ExecTraceAbort,
    apsw.ExecutionCompleteError,
    apsw.ExtensionLoadingError,
    apsw.ForkingViolationError,
    apsw.IncompleteExecutionError,
    apsw.InternalError,
    apsw.InterruptError,
    apsw.InvalidContextError,
    apsw.LockedError,
    apsw.MismatchError,
    apsw.MisuseError,
    apsw.NoFTS5Error,
    apsw.NoMemError,
    apsw.NotFoundError,
    apsw.RangeError,
    apsw.SQLError,
    apsw.SchemaChangeError,
    apsw.ThreadingViolationError,
    apsw.TooBigError,
    apsw.VFSFileClosedError,
    apsw.VFSNotImplementedError,
}


def test_every_exception_of_apsw_is_in_the_table() -> None:
    exceptions = {value for value in vars(apsw).values() if inspect.isclass(value) and issubclass(value, Exception)}

    assert exceptions == set(OURS) | BUGS_OF_OURS


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: str(kind.__name__))
def test_a_block_raises_ours_from_theirs(kind: type[apsw.Error]) -> None:
    error = kind("why")

    with pytest.raises(StorageError) as raised, storage_faults_as_ours(PATH):
        raise error

    assert type(raised.value) is OURS[kind]
    assert raised.value.__cause__ is error
    assert raised.value.path == PATH
    assert "why" in raised.value.detail


@pytest.mark.parametrize("kind", sorted(BUGS_OF_OURS, key=str), ids=lambda kind: str(kind.__name__))
def test_bugs_pass(kind: type[apsw.Error]) -> None:
    with pytest.raises(kind), storage_faults_as_ours(PATH):
        raise kind("why")


def test_an_index_of_the_wal_that_cannot_grow_is_a_full_disk() -> None:
    error = apsw.exception_for(apsw.SQLITE_IOERR_SHMSIZE)

    with pytest.raises(StorageFull), storage_faults_as_ours(PATH):
        raise error


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EACCES, StorageUnwritable)],
)
def test_the_system_without_room_is_told_from_the_system_that_refuses(number: int, kind: type[StorageError]) -> None:
    with pytest.raises(kind), storage_faults_as_ours(PATH):
        raise OSError(number, "why")
