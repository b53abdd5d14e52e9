"""The one way from any thread to the thread that owns the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class MainThread(QObject):
    """Runs closures on the thread that made it, in the order in which they were posted.

    Made on the main thread and kept by app until every other thread is gone. An exception in a closure goes to
    `sys.excepthook`; the closures after it still run.
    """

    _posted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._closures: deque[Callable[[], None]] = deque()
        self._is_closed = False
        # Queued also when the main thread posts to itself, so that nothing overtakes.
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def post(self, closure: Callable[[], None]) -> None:
        """Run `closure` on the main thread soon, never at once. Safe from every thread; after `close` it is dropped."""
        if not self._is_closed:
            self._closures.append(closure)
            self._posted.emit()

    def close(self) -> None:
        """Deliver nothing from now on, not even what was posted before. For the main thread."""
        self._is_closed = True
        self._closures.clear()

    def _on_posted(self) -> None:
        """Run one closure: each was announced by a signal of its own."""
        if not self._is_closed and self._closures:
            self._closures.popleft()()
