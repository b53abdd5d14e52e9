"""One process owns a profile."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from phidesk.core.errors import ProfileInUse
from phidesk.storage.faults import storage_faults_as_ours
from phidesk.storage.private_files import make_private_file, make_private_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_HELD_BY_OTHER = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class ProfileLock:
    """Holds a profile while the `with` block runs. The system itself releases it when the process is killed.

    The file stays: removing it would let two processes lock two files of the same name. Children that we start do
    not inherit it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    def __enter__(self) -> Self:
        """Take the profile, at once or not at all.

        Raises:
            ProfileInUse: another process (or another lock of this one) holds it.
            StorageFull, StorageUnwritable: the file cannot be created.
        """
        with storage_faults_as_ours(self._path):
            make_private_folder(self._path.parent)
            make_private_file(self._path)
            self._file = os.open(self._path, os.O_RDWR)
            try:
                _lock(self._file)
            except OSError as error:
                os.close(self._file)
                if error.errno in _HELD_BY_OTHER:
                    raise ProfileInUse(self._path) from error
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the profile back."""
        os.close(self._file)


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
