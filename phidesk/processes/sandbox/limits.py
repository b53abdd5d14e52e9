"""How much a program may take, where it may go, what of that this system enforces, and how a run ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """The most that one run may take; the run is ended when it takes more.

    `processor_s` holds for each process. `memory_bytes` holds for each process at once, and for all together as they
    are looked at ten times a second (Linux). `process_count` counts threads too where the system counts them.
    `file_bytes` is the size of one file, and where there are namespaces of everything in the folder it is given.
    """

    wall_s: float = 30.0
    processor_s: int = 20
    memory_bytes: int = 1024**3
    output_bytes: int = 1024**2
    file_bytes: int = 64 * 1024**2
    process_count: int = 64


class Limit(Enum):
    """The limit that ended a run."""

    WALL = "wall"
    PROCESSOR = "processor"
    MEMORY = "memory"
    OUTPUT = "output"
    FILE = "file"
    PROCESSES = "processes"


@dataclass(frozen=True)
class Enforced:
    """What the system made sure of; False means that it cannot be promised here.

    `network`: no connection, to this computer's own services neither. `folders`: nothing read or written outside the
    allowed ones. `processes`: other programs are neither seen nor ended, and nothing it starts outlives it.
    """

    network: bool = False
    folders: bool = False
    processes: bool = False


@dataclass(frozen=True)
class Program:
    """What is run, as a list that no shell sees, with all that it is given.

    `folder` is where it stands, and readable; None is one of its own that is thrown away. The system's own programs
    and libraries are readable always; what is writable is readable too. `environment` comes on top of a minimal one.
    """

    command: tuple[str, ...]
    folder: Path | None = None
    input: bytes = b""
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `exit_code` is minus the number of a signal; `reached` the limit that ended it, if one did."""

    output: bytes
    error_lines: tuple[str, ...]
    exit_code: int
    reached: Limit | None
    enforced: Enforced
