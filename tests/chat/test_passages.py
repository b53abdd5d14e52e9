"""Passages of long texts, and which of them a question finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.chat.passages import BETWEEN, PASSAGE_BYTES, cut_into_passages, put_together, rank

TOWNS = "\n\n".join(f"Town {number} lies by river {number % 7}. {'Its people fish. ' * 40}" for number in range(30))


def found(text: str, question: str) -> list[str]:
    """Return the passages that a question finds, the best first."""
    passages = cut_into_passages(text)
    return [passages.texts[place] for _, place in rank([passages], question)]


@given(st.text(alphabet="ab. \n。ü", max_size=3000))
def test_joined_the_passages_are_the_text(text: str) -> None:
    assert "".join(cut_into_passages(text).texts) == text


def test_passages_are_about_as_long_as_they_shall_be() -> None:
    sizes = [len(passage.encode()) for passage in cut_into_passages(TOWNS).texts]

    assert max(sizes) <= PASSAGE_BYTES + 100  # Bytes per letter are an average.
    assert sum(sizes) / len(sizes) >= PASSAGE_BYTES / 2


@pytest.mark.parametrize(
    ("needle", "question"),
    [
        ("The password is swordfish.", "What is the PASSWORD?"),
        ("Die Kündigungsfrist beträgt drei Monate.", "Wann kann ich kündigen?"),
        ("密码是剑鱼。", "密码是什么?"),
        ("รหัสผ่านคือปลา", "รหัสผ่านคืออะไร"),
    ],
    ids=["English", "another form of the word", "Chinese", "Thai"],
)
def test_what_is_asked_for_is_found_first(needle: str, question: str) -> None:
    text = f"{TOWNS[: len(TOWNS) // 2]}\n\n{needle}\n\n{TOWNS[len(TOWNS) // 2 :]}"

    assert needle in found(text, question)[0]


def test_words_that_stand_everywhere_find_nothing() -> None:
    assert found(TOWNS, "Do its people fish?") == []
    assert found(TOWNS, "") == []
    assert found("", "Why?") == []


def test_words_that_stand_everywhere_count_where_there_is_no_other() -> None:
    passages = cut_into_passages(TOWNS)

    assert rank([passages], "Do its people fish?", by_any_word=True)
    assert rank([passages], "Town 7?", by_any_word=True) == rank([passages], "Town 7?")
    assert rank([passages], "Why?", by_any_word=True) == []


def test_the_best_passage_of_all_documents_comes_first() -> None:
    with_needle = cut_into_passages(f"{TOWNS}\n\nThe password is swordfish.")

    places = rank([cut_into_passages(TOWNS), with_needle], "password")

    assert places == [(1, len(with_needle.texts) - 1)]


def test_passages_are_put_together_in_their_order_and_gaps_are_told() -> None:
    assert put_together(["a ", "b ", "c ", "d "], [3, 0, 1]) == f"a b{BETWEEN}d"
    assert put_together(["a ", "b "], [1]) == "b"
