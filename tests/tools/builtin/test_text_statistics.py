"""Counting letters as readers see them, words and sentences."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.tasks import Cancellation
from phidesk.tools.builtin.text_statistics import text_statistics
from phidesk.tools.tool import CallFault


def count(text: str, **more: str) -> dict[str, object]:
    result = json.loads(text_statistics().run({"text": text, **more}, Cancellation()))
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize(
    ("text", "find", "wanted"),
    [
        ("strawberry", "r", 3),
        ("Strawberry", "R", 3),
        ("banana", "ana", 2),
        ("Mississippi", "ss", 2),
        ("café", "e", 0),
        ("cafe\u0301 café", "é", 2),
        ("Straße", "ss", 1),
        ("🇩🇪🇫🇷🇩🇪", "🇩🇪", 2),
        ("👨‍👩‍👧 and 👧", "👧", 1),
        ("नमस्ते", "न", 1),
        ("the cat and the other", "the", 3),
        ("", "a", 0),
    ],
)
def test_letters_are_counted_as_they_are_seen(text: str, find: str, wanted: int) -> None:
    assert count(text, find=find)["count"] == wanted


def test_words_are_told_apart_from_parts_of_words() -> None:
    assert count("The cat and the other", find="the") == {"find": "the", "count": 3, "as_whole_word": 2}


def test_the_figures_of_a_text() -> None:
    told = count("Dr. Smith isn't here. He left!\n\nWhere did he go?\nHe left…")

    assert (told["words"], told["sentences"], told["paragraphs"], told["lines"]) == (12, 4, 2, 4)
    assert told["frequent"] == {"he": 3, "left": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [("state-of-the-art", 1), ("l\u2019été", 1), ("3.14 and 1,000", 4), ("你好", 2), ("привет, мир", 2), ("...", 0)],
)
def test_words_of_many_scripts(text: str, words: int) -> None:
    assert count(text)["words"] == words


def test_an_empty_text_has_nothing() -> None:
    told = count("")

    assert told.pop("frequent") == {}
    assert set(told.values()) == {0}


def test_too_long_a_text_is_told() -> None:
    with pytest.raises(CallFault, match="too long"):
        count("a" * 100_001)


@given(st.text(), st.text(min_size=1, max_size=2))
def test_whatever_the_text_is(text: str, find: str) -> None:
    assert isinstance(count(text)["characters"], int)
    assert isinstance(count(text, find=find)["count"], int)
