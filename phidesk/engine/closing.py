"""What runs when an engine is closed must end: at once, and as the engine's death, not as the person's wish."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from phidesk.core.errors import EngineDied
from phidesk.core.tasks import Cancellation, Cancelled


class Closing:
    """Knows the running requests of one engine. Safe from every thread."""

    def __init__(self, engine: str) -> None:
        """`engine` is the name that errors carry."""
        self._engine = engine
        self._lock = threading.Lock()
        self._running: set[Cancellation] = set()
        self._is_closed = False

    @contextmanager
    def until_closed(self, cancel: Cancellation) -> Iterator[Cancellation]:
        """Give a wish to stop that comes from `cancel` or from closing.

        Raises:
            EngineDied: it came from closing.
        """
        either = Cancellation()
        withdraw = cancel.on_cancel(either.cancel)
        with self._lock:
            self._running.add(either)
            is_closed = self._is_closed
        try:
            if is_closed:
                raise Cancelled
            yield either
        except Cancelled:
            cancel.check()
            raise EngineDied(engine=self._engine, detail="the engine was closed") from None
        finally:
            withdraw()
            with self._lock:
                self._running.discard(either)

    def close(self) -> None:
        """End every request, and let no other begin."""
        with self._lock:
            self._is_closed = True
            running = tuple(self._running)
        for either in running:
            either.cancel()
