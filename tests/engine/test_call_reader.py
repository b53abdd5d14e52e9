"""Every call of the corpus is read, no ordinary answer is taken for one, and no text is lost, in pieces of any size."""

from __future__ import annotations

import sys
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.tools import BrokenCall, ToolCall
from phidesk.engine.call_reader import CallEvent, CallReader
from tests.engine.written_outputs import (
    BROKEN,
    CALLS,
    FIRST_CALLS,
    INVENTED,
    OFFERED,
    ORDINARY,
    PARIS,
    POSITIONS,
)

LONG = 100_000
PLACED = [(name, before, after) for name in CALLS for before, after in POSITIONS]


def read(*pieces: str, offered: tuple[str, ...] = OFFERED) -> tuple[str, list[CallEvent]]:
    reader = CallReader(offered)
    events = [event for piece in pieces for event in reader.feed(piece)] + reader.finish()
    return "".join(e for e in events if isinstance(e, str)), [e for e in events if not isinstance(e, str)]


def cut(text: str, places: list[int]) -> list[str]:
    borders = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[start:end] for start, end in pairwise(borders)]


def test_the_corpus_is_large_enough() -> None:
    assert len(PLACED) >= 300
    assert len(set(ORDINARY)) >= 100


@pytest.mark.parametrize(("name", "before", "after"), PLACED)
def test_a_call_is_read_and_the_text_around_it_kept(name: str, before: str, after: str) -> None:
    output, expected = CALLS[name]

    text, calls = read(before + output + after)

    assert tuple(calls) == expected
    assert text.split() == (before + after).split()
    assert read(*(before + output + after)) == (text, calls)


@pytest.mark.parametrize("answer", ORDINARY)
def test_an_ordinary_answer_is_no_call(answer: str) -> None:
    assert read(answer) == (answer, [])
    assert read(*answer) == (answer, [])


@given(st.sampled_from(PLACED), st.lists(st.integers(0, 1000), max_size=12))
def test_calls_do_not_depend_on_the_pieces(placed: tuple[str, str, str], places: list[int]) -> None:
    name, before, after = placed
    output = before + CALLS[name][0] + after

    assert read(*cut(output, places)) == read(output)


OUTPUTS = (*ORDINARY, *BROKEN, *INVENTED, *(output for output, _ in (CALLS | FIRST_CALLS).values()))


@given(st.lists(st.sampled_from(OUTPUTS), max_size=4).map(" ".join), st.lists(st.integers(0, 1000), max_size=12))
def test_what_is_read_does_not_depend_on_the_pieces(output: str, places: list[int]) -> None:
    assert read(*cut(output, places)) == read(output)


@pytest.mark.parametrize(
    ("first", "second"),
    [("functools[{}]", "```json\n{}\n```"), ("```json\n{}\n```", "<|tool_call|>[{}]"), ("[{}]", "```tool_call\n{}")],
)
def test_a_call_right_behind_another_one_is_read_in_pieces_of_any_size(first: str, second: str) -> None:
    call = CALLS["bare object"][0]
    output = first.replace("{}", call) + second.replace("{}", call)

    assert read(output) == read(*output) == ("", [PARIS, PARIS])


def test_text_before_a_call_shows_at_once_and_half_a_call_never() -> None:
    reader = CallReader(OFFERED)

    shown = [
        reader.feed(piece) for piece in ("Let me look", '. [{"na', 'me":"get_weather","argu', 'ments":{"city": "Pa')
    ]

    assert shown == [["Let me look"], [". "], [], []]
    assert reader.feed('ris"}}]') == [PARIS]


@pytest.mark.parametrize("name", FIRST_CALLS)
def test_a_list_of_names_is_a_call_only_where_the_answer_begins_with_it(name: str) -> None:
    output, expected = FIRST_CALLS[name]

    assert read(*output) == ("", list(expected))
    assert read(f"\n {output}", "\nI asked.") == ("\n \nI asked.", list(expected))
    assert read(f"I know {output}") == (f"I know {output}", [])


@pytest.mark.parametrize("output", INVENTED)
def test_an_invented_name_is_read_with_its_arguments(output: str) -> None:
    assert read(output) == ("", [INVENTED[output]])
    assert read(*output) == ("", [INVENTED[output]])
    assert read("Well: ", output) == ("Well: ", [INVENTED[output]])


@pytest.mark.parametrize(
    "arguments", ['{"city":"Paris","n":[1,2]}', '{ "city" : "K\\u00f6ln" }', '{"n": 1e2,\n "n": 2}']
)
def test_arguments_that_are_json_stay_as_they_were_written(arguments: str) -> None:
    for output in (
        f'[{{"name":"get_weather","arguments":{arguments}}}]',
        f"{{'name': 'fly', 'arguments': {arguments}}}",
    ):
        _, (call,) = read(*output)

        assert isinstance(call, ToolCall)
        assert call.arguments == arguments


@pytest.mark.parametrize("output", BROKEN)
def test_nothing_of_a_broken_call_is_text(output: str) -> None:
    broken = BrokenCall(output.removesuffix("<|/tool_call|>").removesuffix("\n```"))

    for text, calls in (read(output), read(*output)):
        assert (text, calls) in (("", [broken]), ("", [BrokenCall(output)]))
    assert read("Let me look: ", output)[0] == "Let me look: "


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"arguments first"}))
def test_a_call_that_was_cut_before_its_end_is_broken(name: str) -> None:
    output = CALLS[name][0].rstrip("\n`")
    end = output.rindex('"') if '"' in output else output.rindex("'")
    reader = CallReader(OFFERED)

    events = reader.feed(output[:end]) + reader.finish(is_cut=True)

    assert isinstance(events[-1], BrokenCall)
    assert not "".join(event for event in events if isinstance(event, str)).strip()


def test_text_behind_a_broken_call_stays_text() -> None:
    output = "<|tool_call|>get_weather(Paris)<|/tool_call|>It is [warm]."

    assert read(output) == read(*output)
    assert read(output) == ("It is [warm].", [BrokenCall("<|tool_call|>get_weather(Paris)<|/tool_call|>")])


def test_without_tools_everything_is_text() -> None:
    output = CALLS["tagged"][0]

    assert read(output, offered=()) == (output, [])


@pytest.mark.parametrize(
    "part",
    ["[", "[ ", " ", "`", '{"name":', "word [1] {a} ", '{"name":1} ', "{name:'", '{"name":"a","arguments":{"b":"c"}} '],
)
def test_the_work_grows_with_the_text_and_no_faster(part: str) -> None:
    pieces = list((part * LONG)[:LONG])

    assert steps_of(pieces) < 11 * steps_of(pieces[: LONG // 10])


def steps_of(pieces: list[str]) -> int:
    """Return how many calls of functions reading takes."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        read(*pieces)
    finally:
        sys.setprofile(None)
    return count
