"""Disks that hold model files: their room, the largest file that they take, and what they say when they fail."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from phidesk.core.errors import FileTooLargeForDisk, NotEnoughRoom, StorageFull, StorageUnwritable
from phidesk.engine.hardware import disk_room

LARGEST_FILE_OF_FAT32_BYTES = 2**32 - 1
KEPT_FREE_BYTES = 64 * 2**20
"""Left for everybody else: a disk that is full to the last byte breaks more than a copy."""

_FAT32 = {"vfat", "msdos", "fat", "fat32"}
"""As Linux, macOS and Windows call it. exFAT is another format and knows no such limit."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class DiskFacts:
    """What a disk can take. `largest_file_bytes` None means: whatever there is room for."""

    free_bytes: int
    largest_file_bytes: int | None = None


LookAtDisk = Callable[[Path], DiskFacts]


def look_at_disk(folder: Path) -> DiskFacts:
    """Look at the disk that holds the folder, or will hold it."""
    is_fat32 = _format_of_disk(folder).lower() in _FAT32
    return DiskFacts(disk_room(folder).free_bytes, LARGEST_FILE_OF_FAT32_BYTES if is_fat32 else None)


def require_room(folder: Path, sizes: list[int], disk: DiskFacts) -> None:
    """See that files of these sizes (bytes) can be written.

    Raises:
        FileTooLargeForDisk: the disk's format cannot hold one of them.
        NotEnoughRoom: all together are too much.
    """
    largest, limit = max(sizes, default=0), disk.largest_file_bytes
    if limit is not None and largest > limit:
        raise FileTooLargeForDisk(folder, size_bytes=largest, limit_bytes=limit)
    needed = sum(sizes) + KEPT_FREE_BYTES
    if needed > disk.free_bytes:
        raise NotEnoughRoom(folder, needed_bytes=needed, free_bytes=disk.free_bytes)


@contextmanager
def disk_faults_as_ours(path: Path) -> Iterator[None]:
    """Turn what the system raises while the block writes into our errors about `path`."""
    try:
        yield
    except OSError as error:
        detail = f"{type(error).__name__}: {error}"
        if error.errno == errno.EFBIG:
            raise FileTooLargeForDisk(path, detail=detail, limit_bytes=LARGEST_FILE_OF_FAT32_BYTES) from error
        kind = StorageFull if error.errno in _NO_ROOM else StorageUnwritable
        raise kind(path, detail=detail) from error


def _format_of_disk(folder: Path) -> str:
    """Return the system's word for the format; empty where it does not say."""
    import psutil  # noqa: PLC0415 - 17 ms that the first paint need not wait for

    place = next(path for path in (folder, *folder.parents) if path.exists()).resolve()
    disks = {Path(disk.mountpoint): disk.fstype for disk in psutil.disk_partitions(all=True)}
    return next((disks[path] for path in (place, *place.parents) if path in disks), "")
