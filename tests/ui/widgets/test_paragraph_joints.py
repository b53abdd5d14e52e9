"""Joints in giant paragraphs: whatever is done to a document with them, it says what it says without them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.ui.utf16 import utf16_length
from phidesk.ui.widgets.paragraph_joints import (
    JOINTS,
    LONGEST_PIECE,
    PIECE_CHARACTERS,
    changed,
    mends,
    with_joints,
    without_joints,
)

LETTERS = "a b\u0301\u00a0\u200d\u200e\u200f漢。ب1-\n\U0001f468\U0001f3fd\U0001f1e9\u2028\t"
GIANTS = {
    "words": "The model reads a prompt. ",
    "no spaces": "漢字かな。",
    "from the right": "مرحبا بالعالم ",
    "one word": "x",
    "marks over letters": "e\u0301",
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "only marks": "\u0301",
}


@st.composite
def giants(draw: st.DrawFn) -> str:
    """Texts with paragraphs around the length from which they are cut."""
    lengths = st.integers(0, 3 * LONGEST_PIECE)
    parts = st.tuples(st.text(LETTERS, min_size=1, max_size=9), lengths)
    return "".join(
        (part * length)[:length] + tail
        for part, length in draw(st.lists(parts, max_size=3))
        for tail in draw(st.text(LETTERS, max_size=3))
    )


def pieces(text: str) -> list[str]:
    return re.split("|".join((*JOINTS, "\n")), text)


@given(giants())
def test_joints_change_nothing_that_is_said(text: str) -> None:
    jointed = with_joints(text)

    assert without_joints(jointed) == text
    assert max(map(len, pieces(jointed))) <= LONGEST_PIECE
    assert not mends(jointed)


@given(giants(), st.data())
def test_a_change_anywhere_is_mended_to_the_text_that_it_makes(text: str, data: st.DataObject) -> None:
    jointed = with_joints(text)
    begin = data.draw(st.integers(0, len(jointed)))
    end = data.draw(st.integers(begin, min(len(jointed), begin + 3 * PIECE_CHARACTERS)))
    typed = data.draw(st.text("ab \n", max_size=3))
    said = without_joints(jointed[:begin] + typed + jointed[end:])

    mended = jointed[:begin] + typed + jointed[end:]
    while changes := mends(mended):
        mended = changed(mended, changes)

    assert without_joints(mended) == said
    assert max(map(len, pieces(mended))) <= LONGEST_PIECE


@pytest.mark.parametrize("cut", [slice(begin, end) for begin in range(5) for end in range(begin, 5) if end - begin < 4])
@pytest.mark.parametrize("joint", JOINTS)
def test_what_is_left_of_a_joint_is_no_line_break(joint: str, cut: slice) -> None:
    left = joint[: cut.start] + joint[cut.stop :]

    said = without_joints(f"before {left}after")

    assert said == "before after"


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        *((place, typed) for place in range(5) for typed in ("x", "\n")),
        *((place, typed) for place in (0, 1, 3, 4) for typed in ("x\n", "\nx", "one\ntwo\n")),
    ],
)
def test_what_is_typed_inside_of_a_joint_is_said(place: int, typed: str) -> None:
    joint = JOINTS[0]

    said = without_joints(f"before {joint[:place]}{typed}{joint[place:]}after")

    assert said == f"before {typed}after"


@pytest.mark.parametrize("name", GIANTS)
def test_no_letter_is_torn(name: str) -> None:
    unit = GIANTS[name]

    parts = pieces(with_joints(unit * (40_000 // len(unit))))

    assert min(map(len, parts)) > PIECE_CHARACTERS // 2
    if name in ("marks over letters", "a family"):
        assert all(len(part) % len(unit) == 0 for part in parts)


def test_a_line_ends_where_it_could_be_broken() -> None:
    jointed = with_joints("The model reads a prompt. " * 1_000)

    assert all(part.endswith(" ") for part in pieces(jointed))


def test_each_piece_has_the_direction_of_its_paragraph() -> None:
    arabic, english = "مرحبا بالعالم " * 1_000, "words and words " * 1_000

    jointed = with_joints(f"{arabic}\n{english}\n{arabic}{english}")

    first, second, third = re.split(r"(?<!\ufff7)\n", jointed)
    assert (JOINTS[0] in first, JOINTS[1] in first) == (False, True)
    assert (JOINTS[0] in second, JOINTS[1] in second) == (True, False)
    assert (JOINTS[0] in third, JOINTS[1] in third) == (False, True)


def test_a_paragraph_that_has_become_short_has_no_joints() -> None:
    joint = JOINTS[0]
    text = f"some {joint}words\nand {joint}more"

    while changes := mends(text):
        text = changed(text, changes)

    assert text == "some words\nand more"


def test_positions_of_qt_are_counted_in_its_units() -> None:
    assert [utf16_length(text) for text in ("abc", "漢", "\U0001f600a", "\ud83d")] == [3, 1, 3, 1]
