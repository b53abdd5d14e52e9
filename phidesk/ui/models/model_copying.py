"""Copies models from and to files and sticks: one at a time, with its progress on the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from phidesk.core.hub import Hub
from phidesk.core.tasks import Cancellation, Cancelled, TaskRunner
from phidesk.ui.models.model_work import Progress
from phidesk.ui.models.models_page import ModelsPage

TELL_INTERVAL_S = 0.1
"""The page is told no more often than this."""

Result = TypeVar("Result")
CopyingWork = Callable[[Cancellation, Progress], Result]


@dataclass(frozen=True)
class CopyingProgressed:
    """Copying got so far."""

    done_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class _Copied(Generic[Result]):
    result: Result


class ModelCopying(QObject):
    """Lives as long as its page, on the main thread."""

    def __init__(self, page: ModelsPage, *, tasks: TaskRunner, hub: Hub) -> None:
        super().__init__(page)
        self._page = page
        self._tasks = tasks
        self._hub = hub
        self._cancel = Cancellation()
        page.transfer_cancel_requested.connect(self.stop)
        self.forget = hub.subscribe(CopyingProgressed, self._on_progressed)
        """Ends listening."""

    def copy(
        self,
        title: str,
        work: CopyingWork[Result],
        *,
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run work that copies; call `done` or `failed`, or nothing where the person stopped it."""
        self._cancel = Cancellation()
        self._page.begin_transfer(title)
        run = partial(_run, work, self._cancel, _Teller(self._hub))
        self._tasks.run(run, done=partial(self._on_ended, done), failed=partial(self._on_failed, failed))

    def stop(self) -> None:
        """Stop copying; nothing half is left behind."""
        self._cancel.cancel()

    def _on_ended(self, done: Callable[[Result], None], copied: _Copied[Result] | None) -> None:
        self._page.end_transfer()
        if copied is not None:
            done(copied.result)

    def _on_failed(self, failed: Callable[[Exception], None], error: Exception) -> None:
        self._page.end_transfer()
        failed(error)

    def _on_progressed(self, progress: CopyingProgressed) -> None:
        self._page.show_transfer(progress.done_bytes, progress.total_bytes)


class _Teller:
    """Publishes progress, but not more often than eyes can follow. Called on one worker thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._last_s = 0.0

    def __call__(self, done_bytes: int, total_bytes: int) -> None:
        now_s = time.monotonic()
        if now_s - self._last_s >= TELL_INTERVAL_S or done_bytes == total_bytes:
            self._last_s = now_s
            self._hub.publish(CopyingProgressed(done_bytes, total_bytes))


def _run(work: CopyingWork[Result], cancel: Cancellation, progress: Progress) -> _Copied[Result] | None:
    """Run the work; None where it was stopped, so that the page is told of that end too."""
    try:
        return _Copied(work(cancel, progress))
    except Cancelled:
        return None
