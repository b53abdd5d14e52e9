"""How fast an answer is written, in words, as a reader would count them."""

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
