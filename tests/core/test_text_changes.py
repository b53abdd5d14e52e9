"""Differences of texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.text_changes import ChangedLine, LineChange, changed_lines

TEXTS = st.lists(st.text("ab ", max_size=3)).map("\n".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    lines = changed_lines(before, after)

    assert [line.text for line in lines if line.change is not LineChange.ADDED] == before.splitlines()
    assert [line.text for line in lines if line.change is not LineChange.REMOVED] == after.splitlines()


@given(TEXTS)
def test_the_same_text_has_no_changes(text: str) -> None:
    assert {line.change for line in changed_lines(text, text)} <= {LineChange.SAME}


def test_what_was_removed_stands_before_what_was_added() -> None:
    assert changed_lines("Be kind.\nBe brief.", "Be kind.\nBe short.\nEnd.") == (
        ChangedLine(LineChange.SAME, "Be kind."),
        ChangedLine(LineChange.REMOVED, "Be brief."),
        ChangedLine(LineChange.ADDED, "Be short."),
        ChangedLine(LineChange.ADDED, "End."),
    )
