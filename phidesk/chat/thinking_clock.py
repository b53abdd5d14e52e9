"""How long the thinking parts of an answer took, also where they are written in several runs."""

from __future__ import annotations

import time


class ThinkingClock:
    """Times the thinking parts of one run, behind those of the runs before it."""

    def __init__(self, before_ms: tuple[int, ...] = (), *, goes_on: bool = False) -> None:
        """With `goes_on` the last part before ends the answer so far: thinking at once is the rest of it."""
        self._before_ms = before_ms
        self._goes_on = goes_on
        self._spans_s: list[tuple[float, float]] = []
        """When the first and the last word of each part of this run came."""
        self._is_thinking = False

    @property
    def durations_ms(self) -> tuple[int, ...]:
        """How long each part took so far, from its first word to its last, without pauses between runs."""
        before, here = self._before_ms, tuple(round(1_000 * (last - first)) for first, last in self._spans_s)
        if before and here and self._goes_on:
            return (*before[:-1], before[-1] + here[0], *here[1:])
        return (*before, *here)

    def think(self) -> None:
        """Note that a word of thinking came."""
        now_s = time.monotonic()
        if self._is_thinking:
            self._spans_s[-1] = self._spans_s[-1][0], now_s
        else:
            self._spans_s.append((now_s, now_s))
        self._is_thinking = True

    def speak(self) -> None:
        """Note that a word of the answer came: what is thought next is another part."""
        self._is_thinking = False
        self._goes_on = self._goes_on and bool(self._spans_s)
