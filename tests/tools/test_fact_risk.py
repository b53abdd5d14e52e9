"""The note that a small model is unreliable on facts: due for answers full of them, not for others."""

from __future__ import annotations

import pytest

from phidesk.tools.fact_risk import is_full_of_facts
from tests.processor_time import processor_s
from tests.tools.hint_samples import FACTS, NO_FACTS, ORDINARY


def test_answers_full_of_facts_are_seen() -> None:
    missed = [answer for answer in FACTS if not is_full_of_facts(answer)]

    assert len(missed) <= 0.1 * len(FACTS), missed


@pytest.mark.parametrize("answer", NO_FACTS, ids=[answer[:40] for answer in NO_FACTS])
def test_other_answers_carry_no_note(answer: str) -> None:
    assert not is_full_of_facts(answer)


def test_there_are_enough_examples() -> None:
    assert min(len(set(FACTS)), len(set(NO_FACTS))) >= 60


@pytest.mark.parametrize(
    "text", ["Aaaa of the " * 700, "A" * 9000, "a " * 4000, "1" * 9000, "1," * 4000, "- Aa aa aa " * 700, "```" * 3000, "(A" * 4000, ""]
)  # fmt: skip
def test_no_answer_takes_much_longer_than_an_ordinary_one(text: str) -> None:
    ordinary = ORDINARY * 100

    usual_s = processor_s(lambda: is_full_of_facts(ordinary))

    assert processor_s(lambda: is_full_of_facts(text)) < 30 * usual_s
