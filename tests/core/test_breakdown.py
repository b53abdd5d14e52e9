"""How a window is divided."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as some

from phidesk.core.breakdown import Breakdown, divide_prompt, divide_window, read_breakdown

NAMES = [field.name for field in fields(Breakdown)]
tokens = some.integers(0, 40_000)


@given(some.lists(some.sampled_from(NAMES[:-1]), min_size=1, unique=True), some.data(), tokens, tokens, tokens)
def test_the_pieces_are_exactly_the_window_and_none_is_below_zero(
    names: list[str], data: some.DataObject, window: int, prompt: int, kept: int
) -> None:
    counts = [(name, data.draw(tokens)) for name in names]

    divided = divide_prompt(counts, prompt)
    found = divide_window(divided, window_tokens=window, answer_tokens=kept)

    assert divided.total_tokens == prompt
    assert (found is None) == (prompt > window)
    if found is not None:
        assert found.total_tokens == window
        assert all(getattr(found, name) >= 0 for name in NAMES)
        assert found.answer - divided.answer <= kept


def test_exact_counts_are_kept() -> None:
    counts = [("message", 100), ("documents", 500), ("instructions", 700), ("tools", 880), ("summary", 1000)]

    divided = divide_prompt([*counts, ("earlier", 3000), ("answer", 3050)], 3050)

    assert divided == Breakdown(200, 180, 400, 120, 2000, 100, 50)
    whole = divide_window(divided, window_tokens=8192, answer_tokens=1025)
    assert whole == Breakdown(200, 180, 400, 120, 2000, 100, 1075, 4117)


def test_estimates_are_stretched_to_what_the_engine_counted() -> None:
    assert divide_prompt([("message", 100), ("earlier", 400)], 800) == Breakdown(message=200, earlier=600)


def test_what_is_written_down_is_read_again() -> None:
    divided = Breakdown(instructions=12, earlier=300, message=7)

    assert read_breakdown(divided.written()) == divided


@pytest.mark.parametrize("written", ["", "message", "message many", "music 12"])
def test_what_is_not_understood_is_unknown(written: str) -> None:
    assert read_breakdown(written) is None
