"""Who wants to know what happened. Whoever publishes does not know who listens."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from phidesk.core.tasks import Post

Change = TypeVar("Change")


class Hub:
    """Delivers changes by their exact type, in order, on the thread that `post` leads to. Safe from every thread."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._receivers: defaultdict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[Change], receive: Callable[[Change], None]) -> Callable[[], None]:
        """Call `receive` with every later change of this type; return a function that ends it."""
        with self._lock:
            self._receivers[kind].append(receive)
        return lambda: self._unsubscribe(kind, receive)

    def publish(self, change: object) -> None:
        """Tell everyone who subscribed to this type, also those who subscribe before it is delivered."""
        self._post(lambda: self._deliver(change))

    def _deliver(self, change: object) -> None:
        with self._lock:
            receivers = tuple(self._receivers[type(change)])
        for receive in receivers:
            receive(change)

    def _unsubscribe(self, kind: type, receive: Callable[[Any], None]) -> None:
        with self._lock:
            if receive in self._receivers[kind]:
                self._receivers[kind].remove(receive)
