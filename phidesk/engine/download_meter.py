"""How fast a download is, how long it will take, and whether it stands still. Pure: the caller tells the time."""

from __future__ import annotations

from collections import deque

WINDOW_S = 10.0
"""Over so long the speed is averaged: it follows a changing line, and does not jump with every packet."""
SHORTEST_S = 1.0
"""Before that nobody can say how fast it is."""


class DownloadMeter:
    """Watches one run of a download. Seconds are monotonic.

    It stands still when it has not got further than ever before: a part that comes again and again is no progress.
    """

    def __init__(self, now_s: float) -> None:
        self._samples: deque[tuple[float, int]] = deque()
        self._furthest_bytes = -1
        self._advanced_s = now_s

    def note(self, completed_bytes: int, now_s: float) -> None:
        """Take how much there is now; often while it runs, also when nothing has changed."""
        if completed_bytes > self._furthest_bytes:
            self._furthest_bytes, self._advanced_s = completed_bytes, now_s
        if self._samples and completed_bytes < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now_s, completed_bytes))
        while len(self._samples) > 2 and now_s - self._samples[1][0] >= WINDOW_S:
            self._samples.popleft()

    def begin_anew(self, now_s: float) -> None:
        """Forget how far it was: that turned out to be useless."""
        self._samples.clear()
        self._furthest_bytes, self._advanced_s = -1, now_s

    def silent_s(self, now_s: float) -> float:
        """Return for how long it has not got further."""
        return now_s - self._advanced_s

    @property
    def bytes_per_s(self) -> float | None:
        """The speed of the last seconds; None when it is too early to tell."""
        if not self._samples:
            return None
        (first_s, first_bytes), (last_s, last_bytes) = self._samples[0], self._samples[-1]
        return (last_bytes - first_bytes) / (last_s - first_s) if last_s - first_s >= SHORTEST_S else None

    def remaining_s(self, total_bytes: int | None) -> float | None:
        """Return how long the rest will take at this speed; None when that is unknown, or for ever."""
        speed = self.bytes_per_s
        if total_bytes is None or not speed or not self._samples:
            return None
        return (total_bytes - self._samples[-1][1]) / speed
