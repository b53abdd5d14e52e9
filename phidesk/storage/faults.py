"""What apsw and the file system can raise, as our errors.

FullError; ENOSPC and EDQUOT of the system                                     → StorageFull
NotADBError, CorruptError, FormatError                                         → DatabaseDamaged
IOError, ReadOnlyError, CantOpenError, PermissionsError, NoLFSError; OSError   → StorageUnwritable
BusyError, ProtocolError: another program holds the file                       → StorageUnwritable
every other apsw.Error (wrong SQL, a broken rule of the schema, misuse)        → a bug of ours, passes
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from phidesk.core.errors import DatabaseDamaged, StorageError, StorageFull, StorageUnwritable

OURS: dict[type[apsw.Error], type[StorageError]] = {
    apsw.FullError: StorageFull,
    apsw.NotADBError: DatabaseDamaged,
    apsw.CorruptError: DatabaseDamaged,
    apsw.FormatError: DatabaseDamaged,
    apsw.IOError: StorageUnwritable,
    apsw.ReadOnlyError: StorageUnwritable,
    apsw.CantOpenError: StorageUnwritable,
    apsw.PermissionsError: StorageUnwritable,
    apsw.NoLFSError: StorageUnwritable,
    apsw.BusyError: StorageUnwritable,
    apsw.ProtocolError: StorageUnwritable,
}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def storage_faults_as_ours(path: Path) -> Iterator[None]:
    """Turn what apsw and the system raise in the block into our errors about `path`; bugs pass."""
    try:
        yield
    except apsw.Error as error:
        kind = _kind_of(error)
        if kind is None:
            raise
        raise kind(path, detail=f"{type(error).__name__}: {error}") from error
    except OSError as error:
        kind = StorageFull if error.errno in _NO_ROOM else StorageUnwritable
        raise kind(path, detail=f"{type(error).__name__}: {error}") from error


def _kind_of(error: apsw.Error) -> type[StorageError] | None:
    if getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE:
        return StorageFull  # The index of the WAL could not grow: SQLite says no more of a full disk.
    return OURS.get(type(error))
