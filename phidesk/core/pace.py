"""How fast a prompt is read and an answer written: what is left, and words as a reader would count them."""

from __future__ import annotations

import re
from collections import deque

SPAN_S = 4.0
"""The pace is that of the newest seconds: a model slows down as the conversation grows."""
SHORTEST_SPAN_S = 1.0

_WORD = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff]+|[\u3040-\u30ff\u3400-\u9fff]")
"""A run of letters and digits; in scripts without spaces, one character."""


def count_words(text: str) -> int:
    """Count the words of a text."""
    return sum(1 for _ in _WORD.finditer(text))


class ReadingPace:
    """Takes how far a prompt is read. Times are seconds of one clock that never goes back.

    What is there from the first moment comes from the engine's cache and says nothing about its speed.
    """

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._done = 0

    def left_s(self, done: int, total: int, at_s: float) -> float | None:
        """Take this moment and return how long the rest will take; None until it can be told."""
        if self._first is None or done < self._done:  # Less than before: it is read anew.
            self._first = at_s, done
        self._done = done
        first_s, first_done = self._first
        span_s, read = at_s - first_s, done - first_done
        if span_s < SHORTEST_SPAN_S or read <= 0:
            return None
        return (total - done) * span_s / read


class WritingPace:
    """Takes an answer piece by piece. Times are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[float, int]] = deque()
        self._ends_in_word = False

    def add(self, text: str, at_s: float) -> None:
        """Take a piece that came at this moment."""
        words = count_words(text)
        if words and self._ends_in_word and text[0].isalnum():
            words -= 1  # It goes on with the word that the last piece began.
        self._ends_in_word = text[-1:].isalnum()
        self._pieces.append((at_s, words))
        while self._pieces[0][0] < at_s - SPAN_S:
            self._pieces.popleft()

    def words_per_s(self) -> float | None:
        """Return the pace; None until it can be told."""
        if not self._pieces:
            return None
        span_s = self._pieces[-1][0] - self._pieces[0][0]
        if span_s < SHORTEST_SPAN_S:
            return None
        return sum(words for _, words in list(self._pieces)[1:]) / span_s
