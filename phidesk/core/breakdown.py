"""How a window is divided: what the next prompt is made of, what is kept for the answer, what is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Breakdown:
    """Tokens of each piece; together they are exactly the window.

    What a template adds around a piece counts with it. `documents` are those attached to this message; those of before
    count as `earlier`. A summary stands in the instructions and counts with them.
    """

    instructions: int = 0
    documents: int = 0
    earlier: int = 0
    message: int = 0
    answer: int = 0
    free: int = 0

    @property
    def window_tokens(self) -> int:
        """The sum of all pieces."""
        return sum(getattr(self, field.name) for field in fields(self))


def divide_window(
    *,
    window_tokens: int,
    prompt_tokens: int,
    counted: int,
    question: int,
    question_without_instructions: int,
    text_alone: int,
    kept_tokens: int,
) -> Breakdown | None:
    """Divide a window by four counts of one engine; None where the prompt is longer than the window.

    `counted` is the count of the whole prompt, `question` without earlier messages, then also without instructions,
    then also without documents. Where they are estimates, `prompt_tokens` is what they were put right to.
    """
    if prompt_tokens > window_tokens:
        return None
    edges = _scaled(
        (text_alone, question_without_instructions, question, counted), counted=counted, total=prompt_tokens
    )
    answer = min(max(0, kept_tokens), window_tokens - prompt_tokens)
    return Breakdown(
        message=edges[0],
        documents=edges[1] - edges[0],
        instructions=edges[2] - edges[1],
        earlier=edges[3] - edges[2],
        answer=answer,
        free=window_tokens - prompt_tokens - answer,
    )


def _scaled(edges: Sequence[int], *, counted: int, total: int) -> list[int]:
    """Stretch rising counts so that the last is `total`; a template that writes more for less adds no piece below 0."""
    scaled: list[int] = []
    for edge in edges:
        share = round(edge * total / counted) if counted else total
        scaled.append(min(total, max(share, scaled[-1] if scaled else 0)))
    scaled[-1] = total
    return scaled
