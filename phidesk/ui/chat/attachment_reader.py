"""Files on their way into a question: read elsewhere, so that no slow disk holds up the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from phidesk.core.errors import FileError
from phidesk.core.parts import FilePart
from phidesk.core.tasks import TaskRunner
from phidesk.documents.file_reading import read_file

MOST_FILES = 10
"""So many go along with one question at most."""


@dataclass(frozen=True)
class FilesRead:
    """What came of files that were given together."""

    conversation_id: str | None
    files: tuple[FilePart, ...]
    refused: tuple[FileError, ...]
    left_out: int = 0
    """How many were not even looked at, because there were too many."""


class AttachmentReader(QObject):
    """Reads files for conversations, in view or not; each group arrives as a whole."""

    files_read = Signal(object)
    """Carries `FilesRead`."""

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._being_read: list[str | None] = []

    def is_reading(self, conversation_id: str | None) -> bool:
        """Whether files for this conversation are on their way."""
        return conversation_id in self._being_read

    def read(self, conversation_id: str | None, paths: Sequence[Path], *, room: int = MOST_FILES) -> None:
        """Read the first `room` files for the question of this conversation."""
        self._being_read.append(conversation_id)
        self._runner.run(
            partial(_read_all, conversation_id, tuple(paths), room),
            done=self._on_read,
            failed=partial(self._on_failed, conversation_id),
        )

    def _on_read(self, outcome: FilesRead) -> None:
        self._being_read.remove(outcome.conversation_id)
        self.files_read.emit(outcome)

    def _on_failed(self, conversation_id: str | None, error: Exception) -> None:
        """What a file may do wrong is told with the outcome; anything else is a bug and goes to the crash dialog."""
        self._being_read.remove(conversation_id)
        raise error


def _read_all(conversation_id: str | None, paths: tuple[Path, ...], room: int) -> FilesRead:
    files: list[FilePart] = []
    refused: list[FileError] = []
    for path in paths[:room]:
        try:
            files.append(read_file(path))
        except FileError as error:
            refused.append(error)
    return FilesRead(conversation_id, tuple(files), tuple(refused), max(0, len(paths) - room))
