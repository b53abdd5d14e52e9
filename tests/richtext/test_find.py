"""Words are found as people mean them, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.blocks import plain_text
from phidesk.richtext.find import count_all, find_all, fold, may_be_found
from phidesk.richtext.markdown import parse


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("The cat. The CAT.", "cat", ["cat", "CAT"]),
        ("Ein Café, zwei CAFÉS", "cafe", ["Café", "CAFÉ"]),
        ("cafe\u0301 here", "café", ["cafe\u0301"]),
        ("Die Straße, STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("Ελλάδα", "ελλαδα", ["Ελλάδα"]),
        ("北京在中国", "中国", ["中国"]),
        ("مَرحبا", "مرحبا", ["مَرحبا"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("nothing", "", []),
        ("nothing", "more", []),
        ("😀 yes 😀", "yes 😀", ["yes 😀"]),
    ],
)
def test_words_are_found(text: str, wanted: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_all(text, wanted)] == found


@given(st.text(), st.text(min_size=1, max_size=4))
def test_what_is_found_is_what_was_wanted(text: str, wanted: str) -> None:
    hits = find_all(text, wanted)

    for start, end in hits:
        assert fold(wanted) in fold(text[start:end])
    assert hits == sorted(hits)


@given(st.text(st.characters(codec="ascii")), st.text(st.characters(codec="ascii"), min_size=1, max_size=3))
def test_plain_letters_are_found_as_python_finds_them(text: str, wanted: str) -> None:
    assert len(find_all(text, wanted)) == text.lower().count(wanted.lower())


@given(st.text(), st.text(max_size=3))
def test_as_many_are_counted_as_are_found(text: str, wanted: str) -> None:
    assert count_all(text, wanted) == len(find_all(text, wanted))


@given(st.text(), st.text())
def test_texts_are_folded_character_by_character(text: str, following: str) -> None:
    assert fold(text + following) == fold(text) + fold(following)


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("un**believ**able", "unbelievable"),
        ("[a link](http://x.example) more", "link more"),
        ("`x_y`", "x_y"),
        ("a &amp; b", "a & b"),
    ],
)
def test_the_quick_look_never_says_no_wrongly(markdown: str, wanted: str) -> None:
    assert find_all(plain_text(parse(markdown)), wanted)
    assert may_be_found(markdown, wanted)


def test_the_quick_look_says_no_where_a_word_is_missing() -> None:
    assert not may_be_found("The cat sat.", "cat dog")


def test_the_name_of_a_character_hides_no_word() -> None:
    assert may_be_found("caf&eacute; & more", "cafe")
    assert may_be_found("caf&#233; in `&lt;b`", "lt")
    assert not may_be_found("bread & butter &amp; tea", "coffee")
