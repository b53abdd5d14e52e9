"""Files and folders opened where they really are: a link on the way, put there after somebody looked, is not followed.

Where a system cannot open one name after the other (Windows), the whole path is looked at once more right before.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPENS_STEP_BY_STEP = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_PASSING = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
"""For a folder on the way, which a person may be allowed to pass and not to list."""
READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe that nobody writes into is opened without waiting."""


def open_unlinked(path: Path) -> int:
    """Open a file for reading and return its descriptor, which the caller closes.

    Args:
        path: absolute, with every link resolved.

    Raises:
        OSError: there is none, or a link stands on the way.
    """
    if not _OPENS_STEP_BY_STEP:
        _refuse_links(path)
        return os.open(path, READING)
    with unlinked_folder(path.parent) as folder:
        return os.open(path.name, READING | os.O_NOFOLLOW, dir_fd=folder)


@contextmanager
def scan_unlinked(path: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Give what stands in a folder. Arguments and errors as of `open_unlinked`."""
    if not _OPENS_STEP_BY_STEP:
        _refuse_links(path)
        with os.scandir(path) as entries:
            yield entries
        return
    folder = open_unlinked(path)
    try:
        with os.scandir(folder) as entries:
            yield entries
    finally:
        os.close(folder)


@contextmanager
def unlinked_folder(path: Path) -> Iterator[int | None]:
    """Hold a folder open, for what takes `dir_fd`; None where the system cannot do that and `path` must be used.

    Arguments and errors as of `open_unlinked`.
    """
    if not _OPENS_STEP_BY_STEP:
        _refuse_links(path)
        yield None
        return
    if not path.is_absolute():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    folder = os.open(path.anchor, _PASSING)
    try:
        for name in path.parts[1:]:
            inner = os.open(name, _PASSING | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _refuse_links(path: Path) -> None:
    if path.resolve(strict=True) != path:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
