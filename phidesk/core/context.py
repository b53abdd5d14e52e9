"""Which messages of a conversation still fit the model's window, and where the memory line is (design.md §6).

The prompt must stay the same from its beginning, turn after turn, so that the engine finds it in its cache. So messages
fall out rarely and many at once: a quarter of the window, at the beginning of a turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

USUAL_ANSWER_TOKENS = 1024
"""Kept free for the answer, in windows that have it."""
OFFERED_WINDOWS = (4096, 8192, 16384, 32768, 65536, 131072)
"""Tokens. phi4-mini positions its words differently up to 4096 and beyond, so nothing lies between."""
STEP_PARTS = 4
"""A quarter of the window is freed at once when messages must fall out; no more than that is kept for an answer."""


def larger_window(
    window_tokens: int, prompt_tokens: int, trained_tokens: int | None, answer_limit_tokens: int | None = None
) -> int | None:
    """Choose the smallest offered window in which this prompt and an answer fit; None where no offered one is right."""
    for offered in OFFERED_WINDOWS:
        if offered <= window_tokens or prompt_tokens > prompt_room_tokens(offered, answer_limit_tokens):
            continue
        return offered if trained_tokens is not None and offered <= trained_tokens else None
    return None


@dataclass(frozen=True)
class Cut:
    """What is sent: the messages from `first` on (an index), a prompt of so many tokens."""

    first: int
    prompt_tokens: int


def prompt_room_tokens(window_tokens: int, answer_limit_tokens: int | None = None) -> int:
    """Return how long a prompt may be so that an answer still finds room. The last token of a window is never used."""
    kept = min(USUAL_ANSWER_TOKENS, window_tokens // STEP_PARTS)
    return window_tokens - 1 - min(kept, answer_limit_tokens or kept)


def find_cut(
    turn_starts: Sequence[int],
    count: Callable[[int], int],
    *,
    room_tokens: int,
    window_tokens: int,
    previous_first: int = 0,
) -> Cut | None:
    """Choose what is sent; None where the last turn alone does not fit.

    Args:
        turn_starts: Where turns begin, as indexes of messages, ascending: nothing else may be the first message. The
            first one is where the conversation begins, or a place from which on surely too much was said.
        count: Tokens of the whole prompt if the messages from this index on are sent. Called a few times only, once
            where everything fits, twice where the prompt begins as before.
        room_tokens: What the prompt may take at most.
        window_tokens: The window; a quarter of it is freed when anything must fall out.
        previous_first: Where the prompt of the answer before began, if it had the same window. It begins there again
            as long as that fits, and earlier only if everything does.
    """
    counted = cache(count)
    if counted(turn_starts[0]) <= room_tokens:
        return Cut(turn_starts[0], counted(turn_starts[0]))
    if previous_first > turn_starts[0] and counted(previous_first) <= room_tokens:
        return Cut(previous_first, counted(previous_first))
    begin = bisect_left(turn_starts, previous_first)
    freed_tokens = room_tokens - window_tokens // STEP_PARTS
    last = len(turn_starts) - 1
    found = bisect_left(turn_starts, -freed_tokens, lo=min(begin, last), key=lambda start: -counted(start))
    first = turn_starts[min(found, last)]
    return Cut(first, counted(first)) if counted(first) <= room_tokens else None
