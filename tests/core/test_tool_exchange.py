"""Tools come from the files of others, and go into files that others read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from phidesk.core.json_text import JsonFault
from phidesk.core.tool_exchange import FoundTools, action_value, free_name, read_action, read_tools, write_tools
from phidesk.core.tool_spec import (
    LONGEST_NAME,
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    ToolSpec,
)

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION = {"name": "weather", "description": "Tells the weather.", "parameters": SCHEMA}
MCP = {"name": "weather", "title": "Weather", "description": "Tells the weather.", "inputSchema": SCHEMA}
ACTIONS: tuple[ToolAction, ...] = (
    BuiltinAction("calculator"),
    TemplateAction("Hello {name}"),
    ProgramAction(("python3", "x.py"), "/home/me", 2.5, may_write=True),
    AddressAction("https://box.local", "POST", (("Accept", "text/plain"),)),
    AskAction("What?"),
)


@pytest.mark.parametrize(
    "value",
    [
        [{"type": "function", "function": FUNCTION}],
        {"type": "function", "function": FUNCTION},
        [{"type": "function", "strict": True, **FUNCTION}],
        FUNCTION,
        [FUNCTION],
        {"tools": [MCP]},
        {"tools": [{"type": "function", "function": FUNCTION}]},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP], "nextCursor": ""}},
        [{"name": "weather", "description": "Tells the weather.", "input_schema": SCHEMA}],
        {"functions": [FUNCTION]},
    ],
)
def test_every_usual_shape_is_read(value: Any) -> None:
    found = read_tools(json.dumps(value))

    (tool,) = found.tools
    assert (tool.name, tool.description, tool.does) == ("weather", "Tells the weather.", AskAction())
    assert json.loads(tool.parameters) == SCHEMA
    assert found.unusable == ()


def test_a_tool_without_inputs_and_words_is_read() -> None:
    (tool,) = read_tools('[{"name": "ping", "description": null, "parameters": null}]').tools

    assert (tool.description, json.loads(tool.parameters)) == ("", {"type": "object", "properties": {}})


def test_what_cannot_be_used_is_named_and_the_rest_is_read() -> None:
    found = read_tools(
        json.dumps([FUNCTION, {"name": "bad", "parameters": {"type": "string"}}, {"name": "???"}, {"x": 1}, 7, "text"])
    )

    assert [tool.name for tool in found.tools] == ["weather"]
    assert found.unusable == ("bad", "???", "")


def test_a_name_that_tools_cannot_have_becomes_one() -> None:
    (tool,) = read_tools('{"name": "server.get weather", "parameters": {}}').tools

    assert tool.name == "server_get_weather"


@pytest.mark.parametrize("text", ["[]", "{}", "null", '"tool"', '{"tools": []}'])
def test_a_file_without_tools_has_none(text: str) -> None:
    assert read_tools(text).tools == ()


def test_a_file_that_is_no_json_is_refused() -> None:
    with pytest.raises(JsonFault):
        read_tools("name: weather")


@pytest.mark.parametrize("does", ACTIONS)
def test_a_written_tool_comes_back_whole(does: ToolAction) -> None:
    spec = ToolSpec("", "weather", "Tells.", does, json.dumps(SCHEMA, indent=2), icon="sun")

    found = read_tools(write_tools([spec, replace(spec, name="again", icon="")]))

    is_looked_at_first = isinstance(does, ProgramAction | AddressAction)
    expected = replace(spec, is_enabled=not is_looked_at_first)
    assert found == FoundTools((expected, replace(expected, name="again", icon="")))


def test_a_written_tool_is_one_for_openai() -> None:
    (written,) = json.loads(write_tools([ToolSpec("id", "weather", "Tells.", AskAction(), json.dumps(SCHEMA))]))

    assert (written["type"], written["function"]) == (
        "function",
        {"name": "weather", "description": "Tells.", "parameters": SCHEMA},
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        "program",
        {},
        {"kind": "shell", "line": "rm"},
        {"kind": "program", "command": "rm -r", "folder": 1, "time_limit_s": 5},
        {"kind": "program", "command": [1], "folder": "", "time_limit_s": 5},
        {"kind": "address", "url": "x", "method": "GET", "headers": [["a"]]},
        {"kind": ["ask"]},
    ],
)
def test_what_nobody_of_us_wrote_is_no_action(value: Any) -> None:
    assert read_action(value) is None


@pytest.mark.parametrize("does", ACTIONS)
def test_an_action_survives_json(does: ToolAction) -> None:
    assert read_action(json.loads(json.dumps(action_value(does)))) == does


def test_a_taken_name_gets_a_number() -> None:
    long = "x" * LONGEST_NAME

    assert free_name("a", []) == "a"
    assert free_name("a", ["a", "a_2"]) == "a_3"
    assert len(free_name(long, [long])) <= LONGEST_NAME
