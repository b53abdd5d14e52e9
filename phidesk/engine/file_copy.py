"""Copies of large files that are whole or not there at all: with progress, stopped at once, never overwriting."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from phidesk.core.errors import ModelFileDamaged, ModelFileUnreachable
from phidesk.core.tasks import Cancellation
from phidesk.engine.disk import disk_faults_as_ours

Progress = Callable[[int, int], None]
"""Told bytes done and bytes in all, many times a second, in the thread that works."""
PIECE_BYTES = 2**20
"""Read and written in one go: the time between two looks at the wish to stop stays below 0.1 s on a slow stick."""
PARTIAL_SUFFIX = ".partial"
"""Of files that are being written; nobody takes them for models."""

_FICLONE = 0x40049409
"""`ioctl` of Linux (btrfs, XFS, ZFS): share the blocks of another file until one of the two is changed."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass
class Steps:
    """How far a piece of work over several files is. Belongs to the thread that works."""

    total_bytes: int
    tell: Progress
    cancel: Cancellation
    done_bytes: int = field(default=0, init=False)

    def add(self, count: int) -> None:
        """Tell of so many more bytes.

        Raises:
            Cancelled: the person wants to stop.
        """
        self.cancel.check()
        self.done_bytes += count
        self.tell(self.done_bytes, self.total_bytes)


def read_pieces(path: Path, steps: Steps, *, engine: str) -> Iterator[bytes]:
    """Give the content of a file, piece by piece.

    Raises:
        ModelFileUnreachable: it may not be read.
        ModelFileDamaged: reading it fails: a stick that was pulled out, a dying disk.
        Cancelled: the person wants to stop.
    """
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
                steps.add(len(piece))
    except PermissionError as error:
        raise ModelFileUnreachable(engine=engine, model=path.stem, detail=str(error), path=path) from error
    except OSError as error:
        raise ModelFileDamaged(engine=engine, model=path.stem, detail=str(error), path=path) from error


def sha256_of(path: Path, steps: Steps, *, engine: str, is_from_disk: bool = False) -> str:
    """Return the checksum as 64 hexadecimal digits. Raises as `read_pieces` does.

    `is_from_disk` has the system forget what it still knows of the content, where it can (Linux): only then is it the
    disk that is checked.
    """
    if is_from_disk:
        _forget(path)
    checksum = hashlib.sha256()
    for piece in read_pieces(path, steps, engine=engine):
        checksum.update(piece)
    return checksum.hexdigest()


def copy_file(source: Path, target: Path, steps: Steps, *, engine: str) -> str:
    """Copy to a new file, bring it to the disk, and return the checksum of what was read.

    Whatever goes wrong, the caller removes `target`.

    Raises:
        StorageError: `target` cannot be written.
        ModelError: `source` cannot be read.
        Cancelled: the person wants to stop.
    """
    checksum = hashlib.sha256()
    with disk_faults_as_ours(target), target.open("xb") as file:
        for piece in read_pieces(source, steps, engine=engine):
            checksum.update(piece)
            file.write(piece)
        _bring_to_disk(file)
    return checksum.hexdigest()


def link_file(source: Path, target: Path) -> bool:
    """Give the file a second name without a copy; return False where the disk cannot do that.

    Shared blocks are preferred to a second name: with these, a change to one file is no change to the other.
    """
    return _share_blocks(source, target) or _give_second_name(source, target)


def put_in_place(partial: Path, target: Path) -> None:
    """Give a file that is complete its name.

    Raises:
        FileExistsError: something else has the name.
        StorageError: the disk refuses.
    """
    if _give_second_name(partial, target):
        partial.unlink()
        return
    if target.exists():  # Disks without hard links (FAT): the look and the renaming are two steps.
        raise FileExistsError(target)
    with disk_faults_as_ours(target):
        partial.rename(target)


@contextmanager
def being_written(target: Path) -> Iterator[Path]:
    """Give the path at which `target` is to be written; what is still there after the block is removed."""
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    with disk_faults_as_ours(partial):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
    try:
        yield partial
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _forget(path: Path) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError), path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _bring_to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _share_blocks(source: Path, target: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        with source.open("rb") as read, target.open("xb") as written:
            fcntl.ioctl(written.fileno(), _FICLONE, read.fileno())
    except FileExistsError:
        raise
    except OSError:
        target.unlink(missing_ok=True)
        return False
    return True


def _give_second_name(source: Path, target: Path) -> bool:
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True
