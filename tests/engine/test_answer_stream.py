"""Chunks become events: text at once, calls whole, and nothing that came is lost when an answer breaks off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.tools import BrokenCall, ToolCall
from phidesk.engine.answer_stream import AnswerInTheMaking, Chunk
from phidesk.engine.native_tools import CallPiece
from phidesk.engine.protocol import AnswerEvent, Calling, TextDelta, ThinkingDelta

WRITTEN = '[{"name":"get_weather","arguments":{"city": "Paris"}}]'
PARIS = ToolCall("get_weather", '{"city": "Paris"}')
STOP = Chunk(finish=FinishReason.STOP)


def making(*offered: str, count: Callable[[str], int] | None = None) -> AnswerInTheMaking:
    return AnswerInTheMaking(lambda: 0.0, 0.0, offered, count)


def follow(
    *chunks: Chunk, offered: tuple[str, ...] = ("get_weather",), count: Callable[[str], int] | None = None
) -> tuple[list[AnswerEvent], FinishReason]:
    answer = making(*offered, count=count)
    events = list(answer.follow(chunks))
    return events, answer.finished(window_tokens=None).reason


def test_text_before_a_call_comes_at_once_and_half_a_call_never() -> None:
    answer = making("get_weather")
    seen: list[AnswerEvent | str] = []

    def chunks() -> Iterator[Chunk]:
        for piece in ("Let me look. ", WRITTEN[:20], WRITTEN[20:]):
            seen.append(f"written: {piece}")
            yield Chunk(piece)

    seen.extend(answer.follow(chunks()))

    begun, rest = f"written: {WRITTEN[:20]}", f"written: {WRITTEN[20:]}"
    assert seen == ["written: Let me look. ", TextDelta("Let me look. "), begun, Calling(), rest, PARIS]


def test_an_answer_with_a_call_ends_for_it() -> None:
    assert follow(Chunk(WRITTEN), STOP) == ([PARIS], FinishReason.TOOL_CALLS)
    assert follow(Chunk("Hello."), STOP) == ([TextDelta("Hello.")], FinishReason.STOP)


def test_without_tools_a_call_is_text() -> None:
    assert follow(Chunk(WRITTEN), STOP, offered=()) == ([TextDelta(WRITTEN)], FinishReason.STOP)


def test_a_call_cut_by_the_limit_is_broken_and_an_invented_one_is_told() -> None:
    cut = follow(Chunk(WRITTEN[:-2]), Chunk(finish=FinishReason.LENGTH))
    invented = follow(Chunk('{"name":"fly","arguments":{}}'), STOP)

    assert cut == ([Calling(), BrokenCall(WRITTEN[:-2])], FinishReason.TOOL_CALLS)
    assert invented == ([ToolCall("fly")], FinishReason.TOOL_CALLS)


def test_a_stream_without_its_last_word_ended_early_whatever_was_called() -> None:
    assert follow(Chunk(WRITTEN)) == ([PARIS], FinishReason.ENDED_EARLY)
    assert follow(Chunk(WRITTEN[:-2])) == ([Calling(), BrokenCall(WRITTEN[:-2])], FinishReason.ENDED_EARLY)


def test_calls_that_the_engine_read_come_at_the_end() -> None:
    pieces = [CallPiece("get_weather", "", 0, "a"), CallPiece("", '{"city":', 0), CallPiece("", ' "Paris"}', 0)]

    events, reason = follow(Chunk("Sure. "), *[Chunk(call_pieces=(piece,)) for piece in pieces], STOP)

    assert events == [TextDelta("Sure. "), Calling(), PARIS]
    assert reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize("finish", [FinishReason.STOP, FinishReason.LENGTH])
def test_written_tokens_of_which_nothing_shows_are_a_broken_call(finish: FinishReason) -> None:
    last = Chunk(finish=finish, usage=Usage(20, 17))

    assert follow(last) == ([BrokenCall("")], FinishReason.TOOL_CALLS)
    assert follow(last, offered=()) == ([], finish)
    assert follow(Chunk(finish=finish, usage=Usage(20, 1))) == ([], finish)
    assert follow(Chunk(thinking="hm"), last) == ([ThinkingDelta("hm")], finish)


@pytest.mark.parametrize(
    ("text", "answer_tokens", "is_swallowed"),
    [
        ("Let me check that.", 5 + 15, True),
        ("Let me check that.", 5 + 10, False),
        ("word " * 400, 400 + 20, False),
        ("word " * 400, 400 + 40, True),
        ("Let me check that.", None, False),
    ],
)
def test_tokens_that_never_showed_behind_text_are_a_broken_call(
    text: str, answer_tokens: int | None, *, is_swallowed: bool
) -> None:
    chunks = (Chunk(text), Chunk(finish=FinishReason.STOP, usage=Usage(20, answer_tokens)))

    def count_words(shown: str) -> int:
        return len(shown.split())

    expected = [TextDelta(text), BrokenCall("")] if is_swallowed else [TextDelta(text)]
    assert follow(*chunks, count=count_words)[0] == expected
    assert follow(*chunks, count=count_words, offered=())[0] == [TextDelta(text)]
    assert follow(*chunks)[0] == [TextDelta(text)]


def test_thoughts_within_the_text_stand_apart() -> None:
    events, reason = follow(Chunk("<thi"), Chunk("nk>Hm"), Chunk(".</think>\n\n4"), Chunk("2"), STOP)

    assert events == [ThinkingDelta("Hm"), ThinkingDelta("."), TextDelta("4"), TextDelta("2")]
    assert reason is FinishReason.STOP


def test_a_thought_that_breaks_off_is_kept() -> None:
    assert follow(Chunk("<think>Hm </"), STOP)[0] == [ThinkingDelta("Hm"), ThinkingDelta(" </")]


def test_an_end_for_tools_without_any_call_is_a_broken_one() -> None:
    assert follow(Chunk("Sure."), Chunk(finish=FinishReason.TOOL_CALLS))[0] == [TextDelta("Sure."), BrokenCall("")]


def test_text_that_was_held_back_is_not_lost_where_an_answer_breaks_off() -> None:
    ordinary, half = making("get_weather"), making("get_weather")

    for answer, text in ((ordinary, 'See {"name": "An'), (half, WRITTEN[:-3])):
        with pytest.raises(ConnectionError):
            list(answer.follow(_broken_off(text)))

    assert list(ordinary.held_text()) == [TextDelta('{"name": "An')]
    assert list(half.held_text()) == []


def _broken_off(text: str) -> Iterator[Chunk]:
    yield Chunk(text)
    raise ConnectionError
