"""The pace of reading tells what is left; the pace of writing is what a reader would count."""

from __future__ import annotations

import pytest

from phidesk.core.pace import ReadingPace, WritingPace, count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one", 1), ("Grüße, 😀 Welt!", 2), ("it's 3.5", 4), ("你好世界", 4), ("  \n- a\n- b", 2)],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


def test_a_word_that_comes_in_pieces_is_one_word() -> None:
    pace = WritingPace()

    for second, piece in enumerate(["", "un", "believ", "able ", "story"]):
        pace.add(piece, float(second))

    assert pace.words_per_s() == pytest.approx(2 / 4)


def test_before_a_second_has_passed_no_pace_is_told() -> None:
    pace = WritingPace()
    pace.add("one two three ", 0.0)
    pace.add("four five ", 0.5)

    assert pace.words_per_s() is None


def test_the_pace_is_that_of_the_newest_seconds() -> None:
    pace = WritingPace()
    for tenth in range(100):
        pace.add("fast fast ", tenth / 10)
    for tenth in range(100, 160):
        pace.add("slow ", tenth / 10)

    assert pace.words_per_s() == pytest.approx(10, rel=0.05)


def test_what_is_left_to_read_follows_from_what_was_read() -> None:
    pace = ReadingPace()
    pace.left_s(0, 3000, 10.0)

    left_s = pace.left_s(1000, 3000, 15.0)

    assert left_s == pytest.approx(10.0)


def test_what_came_from_the_cache_is_not_taken_for_speed() -> None:
    pace = ReadingPace()
    pace.left_s(2000, 3000, 10.0)

    left_s = pace.left_s(2500, 3000, 15.0)

    assert left_s == pytest.approx(5.0)


@pytest.mark.parametrize("done", [1, 500])
def test_after_a_second_what_is_left_is_told(done: int) -> None:
    pace = ReadingPace()
    pace.left_s(0, 3000, 10.0)

    assert pace.left_s(done, 3000, 11.0) == pytest.approx((3000 - done) / done)


def test_a_pause_while_reading_makes_the_pace_slower_and_measures_nothing_anew() -> None:
    pace = ReadingPace()
    for done, at_s in ((0, 10.0), (500, 12.0), (500, 15.0)):
        left_s = pace.left_s(done, 1000, at_s)

    assert left_s == pytest.approx(5.0)


def test_after_a_second_the_pace_of_writing_is_told() -> None:
    pace = WritingPace()
    pace.add("one two three ", 0.0)
    pace.add("four five ", 1.0)

    assert pace.words_per_s() == pytest.approx(2.0)


def test_a_piece_that_begins_with_a_sign_begins_a_word_anew() -> None:
    pace = WritingPace()
    for second, piece in enumerate(["so", "-called", " word"]):
        pace.add(piece, float(second))

    assert pace.words_per_s() == pytest.approx(2 / 2)


@pytest.mark.parametrize(("done", "at_s"), [(500, 10.9), (0, 15.0)])
def test_too_soon_nothing_is_told_of_what_is_left(done: int, at_s: float) -> None:
    pace = ReadingPace()
    pace.left_s(0, 3000, 10.0)

    assert pace.left_s(done, 3000, at_s) is None


def test_what_is_read_anew_is_measured_anew() -> None:
    pace = ReadingPace()
    pace.left_s(500, 3000, 10.0)
    pace.left_s(1000, 3000, 12.0)
    pace.left_s(0, 3000, 60.0)

    left_s = pace.left_s(1000, 3000, 62.0)

    assert left_s == pytest.approx(4.0)
