"""Long texts cut into parts that fit a window."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from math import ceil

_SENTENCE_END = re.compile(r"""[.!?…؟।۔]["'”’»)\]]*\s+|[。！？｡][」』）]*""")  # noqa: RUF001 - signs of other scripts
"""About: that an abbreviation ends no sentence does no harm here."""
_SLACK = 1.05
"""Parts differ a little, and one that is too long is halved: a few more of them make fewer in the end."""


def split_to_fit(text: str, rooms: Callable[[str], float]) -> Iterator[str]:
    """Cut a text into parts of about one length, each of which fits; joined they are the text.

    They end with a paragraph where there is one, else with a sentence, a line or a word. `rooms` says how many times as
    much room a text takes as there is: one that takes at most one room fits, as does a single character.
    """
    needed = rooms(text)
    if needed <= 1 or len(text) <= 1:
        yield text
        return
    for part in split_evenly(text, ceil(needed * _SLACK)):
        yield from split_to_fit(part, rooms)


def split_evenly(text: str, count: int) -> Iterator[str]:
    """Cut a text into at most this many parts of about one length, at the places that `split_to_fit` names."""
    start = 0
    for parts_left in range(count, 1, -1):
        end = _place_to_cut(text, start, start + (len(text) - start) // parts_left)
        if end > start:
            yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def split_by_length(text: str, most_characters: int) -> Iterator[str]:
    """Cut a text into parts that are not longer than this, at the places that `split_to_fit` names."""
    start = 0
    while len(text) - start > most_characters:
        end = _place_to_cut(text, start, start + most_characters)
        yield text[start:end]
        start = end
    yield text[start:]


def _place_to_cut(text: str, start: int, latest: int) -> int:
    """Return where a part that begins at `start` may end best, in the second half of what it may be."""
    earliest = (start + latest) // 2
    if (paragraph := text.rfind("\n\n", earliest, latest)) >= 0:
        return paragraph + 2
    sentence = deque(_SENTENCE_END.finditer(text, earliest, latest), maxlen=1)
    if sentence:
        return sentence[0].end()
    for separator in ("\n", " "):
        if (before := text.rfind(separator, earliest, latest)) >= 0:
            return before + 1
    return latest
