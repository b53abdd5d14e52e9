"""Thoughts that stand in the text of an answer, however it is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.engine.thought_reader import ThoughtReader

ANSWERS = [
    ("<think>Hm.</think>42", "Hm.", "42"),
    (
        "\n<think>\nHm.\n\nSo < it </thin is.\n</think>\n\n42 <think>x</think>\n",
        "Hm.\n\nSo < it </thin is.",
        "42 <think>x</think>\n",
    ),
    ("<think>\n\n</think>\n\nHello", "", "Hello"),
    ("<think>Never closed </thi", "Never closed </thi", ""),
    ("Say <think>no</think>", "", "Say <think>no</think>"),
    ("  <thing>", "", "  <thing>"),
    ("<thi", "", "<thi"),
    ("  ", "", "  "),
    ("", "", ""),
]


def parted(pieces: list[str]) -> tuple[str, str]:
    reader = ThoughtReader()
    found = [*(reader.feed(piece) for piece in pieces), reader.finish()]
    return "".join(thought for thought, _ in found), "".join(said for _, said in found)


@pytest.mark.parametrize(("text", "thought", "said"), ANSWERS)
def test_thoughts_and_what_is_said_are_parted(text: str, thought: str, said: str) -> None:
    assert parted([text]) == (thought, said)
    assert parted(list(text)) == (thought, said)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think", ">", " ", "\n", "a", "<thi"]), max_size=20))
def test_pieces_make_no_difference(pieces: list[str]) -> None:
    assert parted(pieces) == parted(["".join(pieces)])


def test_what_is_said_comes_at_once() -> None:
    reader = ThoughtReader()

    assert reader.feed("Hel") == ("", "Hel")
    assert reader.feed("lo <think>") == ("", "lo <think>")


def test_a_thought_comes_while_it_is_thought() -> None:
    reader = ThoughtReader()

    assert reader.feed("<think>Let me") == ("Let me", "")
    assert reader.feed(" see </") == (" see", "")
    assert reader.feed("b>") == (" </b>", "")
