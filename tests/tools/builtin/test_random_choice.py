"""Chance: within what was asked, fair, and told where it cannot be."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from phidesk.core.tasks import Cancellation
from phidesk.tools.builtin.random_choice import random_choice
from phidesk.tools.tool import CallFault, Tool


@pytest.fixture
def tool() -> Tool:
    return random_choice(Random(1))


def draw(tool: Tool, **arguments: object) -> dict[str, object]:
    result = json.loads(tool.run(arguments, Cancellation()))
    assert isinstance(result, dict)
    return result


def test_numbers_are_fair_and_within_the_range(tool: Tool) -> None:
    drawn = draw(tool, minimum=1, maximum=6, count=1000)["result"]

    assert isinstance(drawn, list)
    assert set(drawn) == {1, 2, 3, 4, 5, 6}
    assert min(Counter(drawn).values()) > 120


def test_one_number_stands_alone(tool: Tool) -> None:
    assert draw(tool, maximum=1) == {"result": 1}


def test_options_are_chosen_once_each(tool: Tool) -> None:
    drawn = draw(tool, options=["a", "b", "c", "d"], count=4)["result"]

    assert isinstance(drawn, list)
    assert sorted(drawn) == ["a", "b", "c", "d"]
    assert draw(tool, options=["a"])["result"] == "a"


@pytest.mark.parametrize(
    ("dice", "least", "most"), [("2d6", 2, 12), ("d20", 1, 20), ("1d1 + 5", 6, 6), ("3W6-2", 1, 16)]
)
def test_dice_fall_as_they_can(tool: Tool, dice: str, least: int, most: int) -> None:
    for _ in range(50):
        total = draw(tool, dice=dice)["sum"]

        assert isinstance(total, int)
        assert least <= total <= most


@pytest.mark.parametrize(
    "arguments",
    [{}, {"minimum": 3}, {"minimum": 3, "maximum": 2}, {"maximum": 3, "count": 0}, {"options": ["a"], "count": 2},
     {"dice": "six"}, {"dice": "0d6"}, {"dice": "2d0"}, {"dice": "9999d6"}, {"maximum": 9, "count": 10**9}],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(tool: Tool, arguments: dict[str, object]) -> None:
    with pytest.raises(CallFault):
        draw(tool, **arguments)


def test_the_systems_own_chance_is_used_without_another() -> None:
    assert draw(random_choice(), minimum=5, maximum=5) == {"result": 5}
