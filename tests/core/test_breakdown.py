"""How a window is divided."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as some

from phidesk.core.breakdown import Breakdown, divide_window

tokens = some.integers(0, 40_000)


@given(tokens, tokens, tokens, tokens, tokens, tokens, tokens)
def test_the_pieces_are_exactly_the_window_and_none_is_below_zero(
    window: int, prompt: int, counted: int, question: int, bare: int, text: int, kept: int
) -> None:
    found = divide_window(
        window_tokens=window,
        prompt_tokens=prompt,
        counted=counted,
        question=question,
        question_without_instructions=bare,
        text_alone=text,
        kept_tokens=kept,
    )

    assert (found is None) == (prompt > window)
    if found is not None:
        assert found.window_tokens == window
        assert all(getattr(found, field.name) >= 0 for field in fields(found))
        assert window - found.answer - found.free == prompt


def test_exact_counts_are_kept() -> None:
    found = divide_window(
        window_tokens=8192,
        prompt_tokens=3000,
        counted=3000,
        question=700,
        question_without_instructions=500,
        text_alone=100,
        kept_tokens=1025,
    )

    assert found == Breakdown(message=100, documents=400, instructions=200, earlier=2300, answer=1025, free=4167)
