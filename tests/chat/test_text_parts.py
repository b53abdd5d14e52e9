"""Long texts cut into parts that fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.chat.text_parts import split_to_fit

ROOM = 100


def parts_of(text: str, room: int = ROOM) -> list[str]:
    return list(split_to_fit(text, lambda part: len(part) / room))


@given(st.text(alphabet="ab. \n。", max_size=400), st.integers(1, 50))
def test_parts_fit_and_joined_they_are_the_text(text: str, room: int) -> None:
    parts = parts_of(text, room)

    assert "".join(parts) == text
    assert all(len(part) <= room for part in parts)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("A town by a river.\nIts people fish.\n\n" * 20, "fish.\n\n"),
        ("The town lies by a river. Its people fish. " * 20, ". "),
        ("市は川のそばにある。" * 30, "。"),
        ("town;people;river\n" * 30, "\n"),
        ("town " * 80, " "),
    ],
    ids=["paragraphs", "sentences", "no spaces", "lines", "words"],
)
def test_parts_end_where_something_ends(text: str, end: str) -> None:
    parts = parts_of(text)

    assert len(parts) > 2
    assert all(part.endswith(end) for part in parts)


def test_there_are_hardly_more_parts_than_must_be() -> None:
    text = "The town lies by a river. Its people fish. " * 100

    parts = parts_of(text, 1_000)

    assert len(parts) == 5
    assert min(map(len, parts)) > 700
