"""Exact token counts, from a model's own vocabulary.

Counting is additive: a control token ends what stands before it, and so do certain places between words. A prompt is
counted in the stretches between them, and each count is remembered: a letter more costs the line that it stands in.
"""

from __future__ import annotations

import re
import threading
from itertools import pairwise

from phidesk.engine.byte_pairs import BytePairs
from phidesk.engine.vocabulary import Vocabulary

MOST_REMEMBERED_CHARACTERS = 4_000_000
"""Of all stretches whose counts are kept: a few long conversations."""
_LONG_LINE_CHARACTERS = 2_000
"""A line of more is parted at the next safe place."""

_LINE_START = re.compile(r"(?<=\S\n)(?=\w)")
_WORD_START = re.compile(r"(?<=[A-Za-z])(?= [A-Za-z])")
"""Safe places: every cutting of `vocabulary.py` ends a piece there, whatever stands around."""


class TokenCounter:
    """Counts tokens as the engine will. Safe from every thread; they wait for each other."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Costs 0.1 s for phi4-mini's 200,064 tokens."""
        ranks = {pair: rank for rank, pair in enumerate(vocabulary.merges)}
        self._counts = _Counts(BytePairs(ranks, frozenset(vocabulary.whole_words), vocabulary.cutting))
        self._starts_prompts = vocabulary.starts_prompts
        longest_first = sorted(vocabulary.special_tokens, key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._lock = threading.Lock()

    def count_prompt(self, prompt: str) -> int:
        """Count a prompt as it is sent, with the token that the engine puts in front of it."""
        return self.count(prompt) + (1 if self._starts_prompts else 0)

    def count(self, text: str) -> int:
        """Count a text in which the name of a control token is that token.

        The counts of two texts add up where the first ends with a control token or the second begins with one.
        """
        stretches = self._special.split(text)
        with self._lock:
            return len(stretches) - 1 + sum(map(self._counts.__getitem__, stretches))

    def parts(self, prompt: str) -> list[str]:
        """Part a prompt before each control token: the tokens of the parts, in their order, are those of the prompt."""
        starts = [match.start() for match in self._special.finditer(prompt)]
        return [part for start, end in pairwise([0, *starts, len(prompt)]) if (part := prompt[start:end])]


class _Counts(dict[str, int]):
    """Tokens of each stretch and line that was met; counted when they are asked for.

    What was not asked for while half of what may be remembered came anew is forgotten.
    """

    def __init__(self, pairs: BytePairs) -> None:
        super().__init__()
        self._pairs = pairs
        self._older: dict[str, int] = {}
        self._characters = 0

    def __missing__(self, text: str) -> int:
        counted = self._older.get(text)
        if counted is None:
            lines = _lines(text)
            counted = self._pairs.count(text) if len(lines) == 1 else sum(map(self.__getitem__, lines))
        self._characters += len(text)
        if self._characters > MOST_REMEMBERED_CHARACTERS // 2:
            self._older = dict(self)
            self._characters = len(text)
            self.clear()
        self[text] = counted
        return counted


def _lines(stretch: str) -> list[str]:
    """Part a stretch at safe places, so that a change moves no other part."""
    lines = _LINE_START.split(stretch)
    return [part for line in lines for part in ([line] if len(line) <= _LONG_LINE_CHARACTERS else _parts(line))]


def _parts(line: str) -> list[str]:
    parts: list[str] = []
    start = 0
    while len(line) - start > _LONG_LINE_CHARACTERS:
        place = _WORD_START.search(line, start + _LONG_LINE_CHARACTERS)
        if place is None:
            break
        parts.append(line[start : place.start()])
        start = place.start()
    return [*parts, line[start:]]
