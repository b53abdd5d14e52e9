"""Facts about this computer. psutil is imported on first use: 17 ms that the first paint need not wait for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """How much there is of something, and how much of it can still be had."""

    total_bytes: int
    free_bytes: int


def computer_memory_bytes() -> int:
    """Return the memory that the computer has in all."""
    return computer_memory().total_bytes


def computer_memory() -> Room:
    """Return the computer's memory; free is what programs can get without others being pushed to the disk."""
    import psutil  # noqa: PLC0415 - see the module

    memory = psutil.virtual_memory()
    return Room(int(memory.total), int(memory.available))


def disk_room(folder: Path) -> Room:
    """Return the room on the disk that holds the folder, or will hold it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(there)
    return Room(usage.total, usage.free)
