"""A file that is on its way: what is here survives a crash of the program or of the computer, and is never mistaken.

Beside the file-to-be lie `NAME.part`, which grows, and `NAME.part.json`, which says what it will become and how much of
it has surely reached the disk. That is noted for every part of 16 MiB. What came after the last note is fetched
again: after a power cut the file system may have zeros there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from phidesk.core.tasks import Cancellation
from phidesk.engine.disk import disk_faults_as_ours
from phidesk.engine.file_copy import put_in_place

PART_BYTES = 16 * 1024**2
"""Fetched again at most after a crash: seconds on a slow line. Smaller ones would wait for the disk more often."""
BLOCK_BYTES = 1024**2
"""Read at once when the beginning is hashed again; looks for a wish to stop are a millisecond apart."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What a file is to become: the digest is the SHA-256 of the whole, in hexadecimal."""

    sha256: str
    size_bytes: int


class PartialFile:
    """The growing file beside `path`. To be used by one thread, in a `with` block that closes it."""

    def __init__(self, path: Path, wanted: Wanted, *, part_bytes: int = PART_BYTES) -> None:
        """Nothing is touched before the block begins."""
        self.path = path
        self.wanted = wanted
        self.size_bytes = 0
        self._part_bytes = part_bytes
        self._noted_bytes = 0
        self._hash = hashlib.sha256()

    def __enter__(self) -> Self:
        """Open it, at the length of which the disk is sure if it is on its way to the same file, else empty.

        Raises:
            StorageError: the folder or the file cannot be written.
        """
        note = read_note(self.path)
        with disk_faults_as_ours(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _part(self.path).open("r+b" if _part(self.path).exists() else "w+b")
            try:
                sure_bytes = note.kept_bytes if note is not None and note.wanted == self.wanted else 0
                self.size_bytes = min(sure_bytes, os.fstat(self._file.fileno()).st_size)
                self._file.truncate(self.size_bytes)
                self._file.seek(self.size_bytes)
                self._note()
            except BaseException:
                self._file.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; what is here is kept, as far as the disk takes it (a full one was told already)."""
        with suppress(OSError):
            self._note()
        with suppress(OSError):
            self._file.close()

    @property
    def is_complete(self) -> bool:
        """Whether every byte is here; whether they are the right ones, `finish` tells."""
        return self.size_bytes == self.wanted.size_bytes

    @property
    def missing_bytes(self) -> int:
        """How much is still to come."""
        return self.wanted.size_bytes - self.size_bytes

    def hash_again(self, cancel: Cancellation) -> None:
        """Hash what an earlier time left: about 2 s for each GB."""
        with disk_faults_as_ours(self.path):
            self._file.seek(0)
            self._hash = _hash_of(self._file, cancel)

    def append(self, data: bytes) -> None:
        """Add what came; before there is more than a part of which the disk is not sure, have it taken there.

        Raises:
            StorageError: it does not take it.
        """
        with disk_faults_as_ours(self.path):
            if self.size_bytes + len(data) - self._noted_bytes > self._part_bytes:
                self._note()
            self._file.write(data)
            self._hash.update(data)
            self.size_bytes += len(data)

    def empty(self) -> None:
        """Begin anew: what is here is of no use."""
        with disk_faults_as_ours(self.path):
            self.size_bytes = 0
            self._hash = hashlib.sha256()
            self._file.seek(0)
            self._file.truncate()
            self._note()

    @property
    def sha256(self) -> str:
        """The digest of what is here."""
        return self._hash.hexdigest()

    def finish(self, path: Path) -> None:
        """Give the complete file its name, in the same folder.

        Raises:
            StorageError: something else has that name by now, or the disk refuses.
        """
        with disk_faults_as_ours(self.path):
            self._note()
            self._file.close()
            put_in_place(_part(self.path), path)
            _note(self.path).unlink(missing_ok=True)
            _sync_folder(path.parent)

    def _note(self) -> None:
        """Write down how much of the file the disk has for sure, once it has. Does nothing for a closed file."""
        if self._file.closed:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._noted_bytes = self.size_bytes
        document = {**asdict(self.wanted), "kept_bytes": self.size_bytes}
        write_whole(_note(self.path), json.dumps(document).encode())


@dataclass(frozen=True)
class Note:
    """What stands beside a growing file."""

    wanted: Wanted
    kept_bytes: int


def read_note(path: Path) -> Note | None:
    """Read what is kept of `path`; None where there is nothing, or nothing that can be understood."""
    try:
        document = json.loads(_note(path).read_bytes())
        wanted = Wanted(str(document["sha256"]), int(document["size_bytes"]))
        return Note(wanted, int(document["kept_bytes"])) if _part(path).is_file() else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        logger.info("no use of the note of a partial file: %s", problem)
        return None


def delete_partial(path: Path) -> None:
    """Delete what is here of `path` while it is not complete."""
    with disk_faults_as_ours(path):
        _part(path).unlink(missing_ok=True)
        _note(path).unlink(missing_ok=True)


def file_sha256(path: Path, cancel: Cancellation) -> str:
    """Return the SHA-256 of a whole file, in hexadecimal."""
    with disk_faults_as_ours(path), path.open("rb") as file:
        return _hash_of(file, cancel).hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small file so that it is the old or the new one at any moment.

    Raises:
        OSError: it cannot be written.
    """
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def _hash_of(file: BinaryIO, cancel: Cancellation) -> hashlib._Hash:
    """Read to the end."""
    digest = hashlib.sha256()
    while block := file.read(BLOCK_BYTES):
        cancel.check()
        digest.update(block)
    return digest


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.part.json")


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too; Windows does that by itself."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
