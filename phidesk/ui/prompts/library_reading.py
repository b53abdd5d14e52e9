"""Reading the library as it is now, one time after the other: an older list never replaces a newer one."""

from __future__ import annotations

from collections.abc import Callable

from phidesk.chat.prompt_library import PromptLibrary
from phidesk.core.prompts import Prompt
from phidesk.core.tasks import TaskRunner


class LibraryReading:
    """Used on the main thread."""

    def __init__(
        self,
        library: PromptLibrary,
        tasks: TaskRunner,
        *,
        done: Callable[[tuple[Prompt, ...]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._library = library
        self._tasks = tasks
        self._done = done
        self._failed = failed
        self._is_reading = self._is_stale = False

    def read(self) -> None:
        """Read the list; what changes meanwhile is read afterwards."""
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading, self._is_stale = True, False
        self._tasks.run(self._library.list, done=self._on_read, failed=self._on_failed)

    def _on_read(self, prompts: tuple[Prompt, ...]) -> None:
        self._is_reading = False
        self._done(prompts)
        if self._is_stale:
            self.read()

    def _on_failed(self, error: Exception) -> None:
        self._is_reading = False
        self._failed(error)
