"""What engines of ours and the program itself wrote while they ran: for the page Health and the support bundle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.engine.protocol import KeepsLog

PROGRAM = "phidesk"
"""The source of our own lines; an engine's are named by the engine."""
LOG_FILE = "phidesk.log"
MOST_LOG_BYTES = 200_000
"""Of our own log: the newest weeks of a quiet program."""


@dataclass(frozen=True)
class LogLine:
    """One line and who wrote it."""

    source: str
    text: str


def log_lines(directory: EngineDirectory, folder: Path) -> list[LogLine]:
    """Return the newest lines: of our own log, then of each engine's process, each from old to new."""
    lines = [LogLine(PROGRAM, text) for text in _newest_lines(folder / LOG_FILE)]
    for engine in directory.local_engines:
        if isinstance(engine, KeepsLog):
            lines += [LogLine(engine.name, text) for text in engine.log_lines]
    return lines


def _newest_lines(path: Path) -> list[str]:
    """Read the end of a file, without a line that begins before it; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - MOST_LOG_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[1:] if size > MOST_LOG_BYTES else lines
