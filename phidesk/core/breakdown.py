"""How a window is divided: what a prompt is made of, what its answer takes or is kept for it, what is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Breakdown:
    """Tokens of each piece, in the order in which they are shown.

    What a template adds around a piece counts with it; what it says where there are no instructions counts as these.
    `documents` are those attached to this message; those of before count as `earlier`. What an answer already says when
    it is gone on with, and the tools that it used, are sent too and count as `answer`.
    """

    instructions: int = 0
    tools: int = 0
    documents: int = 0
    summary: int = 0
    earlier: int = 0
    message: int = 0
    answer: int = 0
    free: int = 0

    @property
    def total_tokens(self) -> int:
        """The sum of all pieces."""
        return sum(getattr(self, field.name) for field in fields(self))

    def written(self) -> str:
        """Write down what is not empty, for `read_breakdown`."""
        pieces = ((field.name, getattr(self, field.name)) for field in fields(self))
        return " ".join(f"{name} {tokens}" for name, tokens in pieces if tokens)


def read_breakdown(written: str) -> Breakdown | None:
    """Read what was written down; None where nothing was, or not by `Breakdown.written` of this version."""
    words = written.split()
    if not words:
        return None
    try:
        return Breakdown(**{name: int(tokens) for name, tokens in zip(words[::2], words[1::2], strict=True)})
    except (TypeError, ValueError):
        return None


def divide_prompt(counts: Sequence[tuple[str, int]], prompt_tokens: int) -> Breakdown:
    """Divide a prompt by counts of parts of it.

    Args:
        counts: Names of pieces. The first count is of the first piece alone, each further one of a prompt that has one
            piece more, the last one of the whole prompt.
        prompt_tokens: What the whole prompt takes. Where the counts are estimates, they are stretched to it.
    """
    counted = counts[-1][1]
    pieces: dict[str, int] = {}
    edge = 0
    for name, count in counts:
        share = round(count * prompt_tokens / counted) if counted else prompt_tokens
        is_last = name == counts[-1][0]
        # A template that writes more for less adds no piece below 0.
        reached = prompt_tokens if is_last else min(prompt_tokens, max(share, edge))
        pieces[name], edge = reached - edge, reached
    return Breakdown(**pieces)


def divide_window(prompt: Breakdown, *, window_tokens: int, answer_tokens: int) -> Breakdown | None:
    """Add to a prompt what is written or kept for its answer, and what is free.

    What is left for the answer may be less than `answer_tokens`. None where the prompt is longer than the window.
    """
    left = window_tokens - prompt.total_tokens
    if left < 0:
        return None
    answer = min(max(0, answer_tokens), left)
    return replace(prompt, answer=prompt.answer + answer, free=left - answer)
