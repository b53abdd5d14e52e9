"""The parts of an answer in which tools were used."""

from __future__ import annotations

from phidesk.core.parts import FilePart, Part, TextPart, ThinkingPart, ToolRound, joined, open_calls, tool_rounds
from phidesk.core.tools import ToolCall, ToolOutcome, ToolResult, ToolUse

ADD = ToolCall("calculate", '{"expression":"1+1"}')
TIME = ToolCall("now", "{}")
TWO = ToolResult('{"result":"2"}')
NOON = ToolResult("12:00")


def test_text_without_tools_is_one_text_and_no_round() -> None:
    assert tool_rounds((TextPart("Hello"),)) == ((), "Hello")


def test_calls_made_at_once_are_one_round_and_get_their_results_in_order() -> None:
    whole = FilePart("calculate.txt", "text/plain", "a result that was too long")
    parts = (TextPart("Let me see. "), ADD, TIME, TWO, whole, NOON, TextPart("Two, at noon."))

    assert tool_rounds(parts) == (
        (ToolRound("Let me see. ", (ToolUse(ADD, TWO.text), ToolUse(TIME, NOON.text))),),
        "Two, at noon.",
    )


def test_a_call_after_a_result_begins_another_round() -> None:
    parts = (ADD, TWO, ThinkingPart("And now?"), TIME, NOON)

    rounds, rest = tool_rounds(parts)

    assert [use.call for it in rounds for use in it.uses] == [ADD, TIME]
    assert [len(it.uses) for it in rounds] == [1, 1]
    assert rest == ""


def test_a_call_that_nobody_could_read_is_no_round_and_the_text_before_it_is_kept() -> None:
    parts = (TextPart("Well, "), ToolCall("", "[{name:"), ToolResult("unreadable", ToolOutcome.FAILED), ADD, TWO)

    assert tool_rounds(parts) == ((ToolRound("Well, ", (ToolUse(ADD, TWO.text),)),), "")


def test_calls_without_a_result_are_open_and_not_told_to_a_model() -> None:
    parts: tuple[Part, ...] = (ADD, TWO, TIME, ADD, NOON)

    assert open_calls(parts) == (ADD,)
    assert open_calls((*parts, TWO)) == ()
    assert tool_rounds((TextPart("Well"), TIME)) == ((), "Well")


def test_calls_of_the_same_tool_stay_apart_where_text_is_joined() -> None:
    assert joined([TextPart("a"), TextPart("b"), ADD, ADD, TWO]) == (TextPart("ab"), ADD, ADD, TWO)
