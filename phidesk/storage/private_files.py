"""Folders and files that only the person may read. Windows keeps other people out of the profile by itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def make_private_folder(folder: Path) -> None:
    """Create the folder where it is missing and close it to others.

    Raises:
        OSError: it cannot be created.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    _restrict(folder, FOLDER_MODE)


def make_private_file(path: Path) -> None:
    """Create the file, empty, where it is missing and close it to others. SQLite's files beside it get the same mode.

    Raises:
        OSError: it cannot be created.
    """
    path.touch(mode=FILE_MODE, exist_ok=True)
    _restrict(path, FILE_MODE)


def _restrict(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 == mode:
        return
    with suppress(PermissionError):  # A file system without owners (a USB stick) refuses.
        path.chmod(mode)
