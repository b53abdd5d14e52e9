"""The rules of what still fits, on conversations of every size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.context import STEP_PARTS, Cut, find_cut, larger_window, prompt_room_tokens

FIXED_TOKENS = 20
"""Instructions and the opening of the answer."""

turns = st.lists(st.integers(4, 900), min_size=1, max_size=60)
"""Tokens of each turn: a question with its answer."""
windows = st.sampled_from([256, 1024, 4096, 8192])


def cut(tokens: list[int], window: int, previous_first: int = 0) -> Cut | None:
    return find_cut(
        range(len(tokens)),
        lambda start: FIXED_TOKENS + sum(tokens[start:]),
        room_tokens=prompt_room_tokens(window),
        window_tokens=window,
        previous_first=previous_first,
    )


def test_a_quarter_of_the_window_is_kept_for_the_answer_and_never_more_than_is_wanted() -> None:
    assert prompt_room_tokens(8192) == 8192 - 1 - 1024
    assert prompt_room_tokens(1024) == 1024 - 1 - 256
    assert prompt_room_tokens(8192, answer_limit_tokens=100) == 8192 - 1 - 100
    assert prompt_room_tokens(1024, answer_limit_tokens=5000) == 1024 - 1 - 256


@pytest.mark.parametrize(
    ("window", "prompt", "trained", "answer_limit", "larger"),
    [
        (4096, 3000, 131072, None, 8192),
        (4096, 8192 - 1 - 1024, 131072, None, 8192),
        (4096, 8192 - 1024, 131072, None, 16384),
        (4096, 8192 - 1 - 100, 131072, 100, 8192),
        (8192, 3000, 131072, None, 16384),
        (2048, 3000, 131072, None, 4096),
        (4096, 3000, 8192, None, 8192),
        (4096, 3000, 8191, None, None),
        (4096, 3000, None, None, None),
        (65536, 131072 - 1 - 1024, 131072, None, 131072),
        (65536, 131072 - 1024, 131072, None, None),
        (131072, 3000, 131072, None, None),
    ],
)
def test_the_smallest_larger_window_is_offered_that_the_model_knows(
    window: int, prompt: int, trained: int | None, answer_limit: int | None, larger: int | None
) -> None:
    assert larger_window(window, prompt, trained, answer_limit) == larger


@pytest.mark.parametrize(("room_tokens", "first"), [(300, 0), (299, 1)])
def test_what_fits_to_the_last_token_is_sent(room_tokens: int, first: int) -> None:
    found = find_cut((0, 1), lambda start: (300, 100)[start], room_tokens=room_tokens, window_tokens=400)

    assert found == Cut(first, (300, 100)[first])


@pytest.mark.parametrize(("room_tokens", "first"), [(250, 1), (249, 2)])
def test_a_prompt_begins_as_before_as_long_as_it_fits_to_the_last_token(room_tokens: int, first: int) -> None:
    found = find_cut(
        (0, 1, 2), lambda start: (900, 250, 100)[start], room_tokens=room_tokens, window_tokens=400, previous_first=1
    )

    assert found == Cut(first, (900, 250, 100)[first])


@given(turns, windows)
def test_what_is_sent_always_fits(tokens: list[int], window: int) -> None:
    found = cut(tokens, window)

    if found is None:
        assert FIXED_TOKENS + tokens[-1] > prompt_room_tokens(window)
    else:
        assert found.prompt_tokens == FIXED_TOKENS + sum(tokens[found.first :]) <= prompt_room_tokens(window)


@given(turns, windows)
def test_nothing_falls_out_of_what_fits(tokens: list[int], window: int) -> None:
    found = cut(tokens, window)

    if FIXED_TOKENS + sum(tokens) <= prompt_room_tokens(window):
        assert found is not None
        assert found.first == 0


@given(turns, windows)
def test_the_beginning_moves_rarely_and_far(tokens: list[int], window: int) -> None:
    first = 0
    for length in range(1, len(tokens) + 1):
        found = cut(tokens[:length], window, first)
        if found is None:
            break
        if found.first != first and found.first < length - 1:
            assert found.prompt_tokens <= prompt_room_tokens(window) - window // STEP_PARTS
        assert found.first >= first
        first = found.first


@given(turns, windows)
def test_a_larger_window_brings_everything_back_that_fits(tokens: list[int], window: int) -> None:
    small = cut(tokens, window)
    large = cut(tokens, 65536)

    assert large == Cut(0, FIXED_TOKENS + sum(tokens))
    assert small is None or small.first >= large.first


def test_few_counts_are_needed_where_much_must_fall_out() -> None:
    tokens = [50] * 1_000
    asked: list[int] = []

    def count(start: int) -> int:
        asked.append(start)
        return FIXED_TOKENS + sum(tokens[start:])

    assert find_cut(range(len(tokens)), count, room_tokens=7000, window_tokens=8192) is not None
    assert len(asked) <= 12


@given(turns)
def test_it_takes_one_count_where_everything_fits(tokens: list[int]) -> None:
    asked: list[int] = []

    def count(start: int) -> int:
        asked.append(start)
        return FIXED_TOKENS + sum(tokens[start:])

    find_cut(range(len(tokens)), count, room_tokens=64_000, window_tokens=65_536)

    assert asked == [0]


def test_a_prompt_that_begins_as_before_takes_two_counts() -> None:
    tokens = [50] * 200
    asked: list[int] = []

    def count(start: int) -> int:
        asked.append(start)
        return FIXED_TOKENS + sum(tokens[start:])

    found = find_cut(range(len(tokens)), count, room_tokens=7000, window_tokens=8192, previous_first=80)

    assert found is not None
    assert found.first == 80
    assert asked == [0, 80]
