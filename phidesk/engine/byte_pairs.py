"""Byte pair encoding: how many tokens a text becomes, by the rules of one vocabulary.

Our own, because counting is all that is needed and no library fits: `tokenizers` drags in a client of a model site,
`tiktoken` merges by token where llama.cpp merges by pair, and `kitoken` crashes in the second thread that uses it.
The algorithm is that of llama.cpp (`llm_tokenizer_bpe`): of all neighbours, the most urgent pair becomes one, the
leftmost first, until no pair is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

import regex

_LONGEST_REMEMBERED = 32
"""Characters of a piece whose count is kept: words come again, whole sentences without spaces do not."""
_MOST_REMEMBERED = 50_000


class BytePairs:
    """Counts tokens of plain text. Not safe from several threads at once."""

    def __init__(self, ranks: Mapping[str, int], whole_words: frozenset[str], cutting: Sequence[str]) -> None:
        """`ranks` tells how urgent a pair is, by its two halves with a space between, the most urgent 0.

        `whole_words` are taken as they are, without merging. `cutting` are the expressions of `Vocabulary`.
        """
        self._ranks = ranks
        self._whole_words = whole_words
        self._cutting = [regex.compile(expression) for expression in cutting]
        self._remembered: dict[str, int] = {}

    def count(self, text: str) -> int:
        """Return how many tokens the text is. Halves of characters count as the "?" that they are sent as."""
        pieces: Iterator[str] = iter((text,))
        for expression in self._cutting:
            pieces = _cut(pieces, expression)
        return sum(map(self._count_piece, pieces))

    def _count_piece(self, piece: str) -> int:
        known = self._remembered.get(piece)
        if known is not None:
            return known
        written = piece.encode("utf-8", "replace").decode("latin-1").translate(_PRINTABLE)
        counted = 1 if written in self._whole_words else self._count_merged(written)
        if len(piece) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[piece] = counted
        return counted

    def _count_merged(self, written: str) -> int:
        """Merge pairs and count what is left. A part that was merged into the one before it is empty."""
        parts = list(written)
        before = list(range(-1, len(parts) - 1))
        after = list(range(1, len(parts) + 1))
        ranks = self._ranks
        pairs = [
            (rank, place, parts[place] + " " + parts[place + 1])
            for place in range(len(parts) - 1)
            if (rank := ranks.get(parts[place] + " " + parts[place + 1])) is not None
        ]
        heapify(pairs)
        count = len(parts)
        while pairs:
            _, left, pair = heappop(pairs)
            right = after[left]
            if right >= len(parts) or parts[left] + " " + parts[right] != pair:
                continue  # One of the two was merged with another neighbour meanwhile.
            parts[left] += parts[right]
            parts[right] = ""
            count -= 1
            after[left] = after[right]
            if after[left] < len(parts):
                before[after[left]] = left
            for first, second in ((before[left], left), (left, after[left])):
                if first < 0 or second >= len(parts):
                    continue
                pair = parts[first] + " " + parts[second]
                rank = ranks.get(pair)
                if rank is not None:
                    heappush(pairs, (rank, first, pair))
        return count


def _cut(texts: Iterator[str], expression: regex.Pattern[str]) -> Iterator[str]:
    """Part texts into what the expression finds and what lies between."""
    for text in texts:
        end = 0
        for match in expression.finditer(text):
            start = match.start()
            if start > end:
                yield text[end:start]
            end = match.end()
            if end > start:
                yield text[start:end]
        if end < len(text):
            yield text[end:]


def _printable_bytes() -> dict[int, str]:
    """GPT-2's way to write bytes: printable ones as they are, the others from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(256 + place) for place, byte in enumerate(others)}


_PRINTABLE = _printable_bytes()
