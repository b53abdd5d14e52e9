"""The hint to the calculator: there for questions that need it, silent for nearly all others, and quick."""

from __future__ import annotations

import pytest

from phidesk.tools.arithmetic_hint import asks_for_sums
from tests.processor_time import processor_s
from tests.tools.hint_samples import NO_SUMS, ORDINARY, SUMS


def test_questions_that_need_arithmetic_are_seen() -> None:
    missed = [question for question in SUMS if not asks_for_sums(question)]

    assert len(missed) <= 0.03 * len(SUMS), missed


def test_other_questions_are_left_alone() -> None:
    wrong = [question for question in NO_SUMS if asks_for_sums(question)]

    assert len(wrong) <= 0.02 * len(NO_SUMS), wrong


@pytest.mark.parametrize(
    ("question", "is_sum"),
    [
        ("80 kg in pounds?", True),
        ("Triple 19", True),
        ("Runde 3,14159 auf 2 Stellen", True),
        ("I drive 5 km in 10 minutes", False),
        ("The train leaves in 5 minutes", False),
    ],
)
def test_short_wishes_are_told_from_what_only_looks_like_one(question: str, is_sum: bool) -> None:
    assert asks_for_sums(question) is is_sum


def test_there_are_enough_examples() -> None:
    assert min(len(set(SUMS)), len(set(NO_SUMS))) >= 60
    assert not set(SUMS) & set(NO_SUMS)


def test_a_long_text_is_judged_by_its_ends() -> None:
    pasted = "The score was 3 + 4 and so on. " * 400

    assert asks_for_sums("What is 15 % of 240? " + "lorem ipsum " * 1000)
    assert asks_for_sums("lorem ipsum " * 1000 + "What is 15 % of 240?")
    assert not asks_for_sums("Summarise. " + "lorem ipsum " * 100 + pasted + "lorem ipsum " * 100)


@pytest.mark.parametrize(
    "text", ["1 " * 1000, "1" * 2000, "1," * 1000, "(1-" * 600, "a" * 2000, "1 2/3 - " * 200, "+1 1" * 500, "`" * 2000, "1-" * 1000, ""]
)  # fmt: skip
def test_no_text_takes_much_longer_than_an_ordinary_one(text: str) -> None:
    ordinary = (ORDINARY * 30)[:2000]

    usual_s = processor_s(lambda: asks_for_sums(ordinary))

    assert processor_s(lambda: asks_for_sums(text)) < 60 * usual_s
