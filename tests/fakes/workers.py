"""A pool of workers whose work is done when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from typing_extensions import override


class Workers(Executor):
    """Work when they are told to."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    @override
    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append(lambda: self._do(future, lambda: work(*arguments, **named)))
        return future

    @staticmethod
    def _do(future: Future[Any], work: Callable[[], Any]) -> None:
        if future.set_running_or_notify_cancel():
            future.set_result(work())

    def work(self) -> int:
        """Do all that waits; return how much that was."""
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            do()
        return len(waiting)
