"""Cancelling, and running work elsewhere with the outcome brought back. No Qt; executors are given by app."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TypeVar

Result = TypeVar("Result")
Post = Callable[[Callable[[], None]], None]
"""Hands a closure to the thread that owns the window (or runs it at once, without one)."""
StartLoop = Callable[[str, Callable[[], None]], threading.Thread]
"""Starts a named thread that runs the function; given by app and cli, nobody else creates threads."""

logger = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised by `Cancellation.check` in the thread that works."""


class Cancellation:
    """A wish to stop, and what has to be done at once when it comes. Safe from every thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._actions: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wants to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if somebody wants to stop."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, timeout_s: float) -> bool:
        """Wait up to `timeout_s`; return whether somebody wants to stop."""
        return self._event.wait(timeout_s)

    def cancel(self) -> None:
        """Set the wish and run the registered actions in this thread; a second call does nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            actions, self._actions = self._actions, []
        for action in actions:
            action()

    def on_cancel(self, action: Callable[[], None]) -> Callable[[], None]:
        """Run `action` (quick, must not raise) when the wish comes, at once if it already came.

        Returns a function that withdraws the action.
        """
        with self._lock:
            if not self._event.is_set():
                self._actions.append(action)
                return lambda: self._withdraw(action)
        action()
        return lambda: None

    def _withdraw(self, action: Callable[[], None]) -> None:
        with self._lock:
            if action in self._actions:
                self._actions.remove(action)


class TaskRunner:
    """Runs blocking functions in a pool and delivers what came out to the thread that asked.

    Every outcome is read: an exception without a `failed` receiver goes to the log, never into a void.
    """

    def __init__(self, executor: Executor, post: Post) -> None:
        self._executor = executor
        self._post = post

    def run(
        self,
        work: Callable[[], Result],
        *,
        done: Callable[[Result], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> Future[Result]:
        """Run `work` in the pool; call `done` or `failed` through `post`. Cancelled work calls neither."""
        future = self._executor.submit(work)
        self.watch(future, done=done, failed=failed)
        return future

    def watch(
        self,
        future: Future[Result],
        *,
        done: Callable[[Result], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Call `done` or `failed` through `post` when somebody else's future ends."""
        future.add_done_callback(lambda finished: self._deliver(finished, done, failed))

    def _deliver(
        self,
        future: Future[Result],
        done: Callable[[Result], None] | None,
        failed: Callable[[Exception], None] | None,
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            result = future.result()
            if done is not None:
                receive_result = done
                self._post(lambda: receive_result(result))
        elif isinstance(error, Cancelled):
            return
        elif isinstance(error, Exception) and failed is not None:
            receive_error, problem = failed, error
            self._post(lambda: receive_error(problem))
        else:
            logger.error("work failed and nobody asked for its error", exc_info=error)
