"""The schema of one call, as llama.cpp makes a grammar of it."""

from __future__ import annotations

import json
from typing import Any

from phidesk.core.conversation import Role
from phidesk.core.generation import find_schema_fault
from phidesk.core.model_info import ModelInfo
from phidesk.core.tools import ToolDefinition
from phidesk.engine.call_schema import answer_schema, call_schema
from phidesk.engine.protocol import AnswerRequest, PromptMessage

CITY = '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}'
WEATHER = ToolDefinition("get_weather", "Weather of a city", CITY)
TIME = ToolDefinition("get_time", "The time")
QUESTION = PromptMessage(Role.PERSON, "Weather?")
PHI = ModelInfo("phi4-mini", "builtin", is_phi4_mini=True)


def test_the_schema_allows_one_call_of_one_offered_tool() -> None:
    schema = call_schema([WEATHER, TIME])

    assert [call["properties"]["name"] for call in schema["anyOf"]] == [{"const": "get_weather"}, {"const": "get_time"}]
    assert all(call["required"] == ["name", "arguments"] for call in schema["anyOf"])
    assert schema["$defs"] == {
        "tool0": {**json.loads(CITY), "additionalProperties": False},
        "tool1": {"type": "object", "properties": {}, "additionalProperties": False},
    }
    assert find_schema_fault(json.dumps(schema)) is None


def test_no_object_may_have_members_that_it_does_not_name() -> None:
    place = {"type": "object", "properties": {"properties": {"type": "object", "properties": {"x": {}}}}}
    free = {"type": "object", "additionalProperties": {"type": "array", "items": place}}
    parameters = json.dumps({"type": "object", "properties": {"place": place, "free": free}, "default": place})

    arguments = call_schema([ToolDefinition("go", "Go", parameters)])["$defs"]["tool0"]

    closed = {"type": "object", "properties": {"x": {}}, "additionalProperties": False}
    closed_place = {"type": "object", "properties": {"properties": closed}, "additionalProperties": False}
    assert arguments["properties"]["place"] == closed_place
    assert arguments["properties"]["free"]["additionalProperties"]["items"] == closed_place
    assert arguments["default"] == place


def test_references_are_found_where_they_were_moved_to() -> None:
    tree = {"properties": {"root": {"$ref": "#/$defs/node"}}, "$defs": {"node": {"items": {"$ref": "#/$defs/node"}}}}

    schema = call_schema([TIME, ToolDefinition("draw", "A tree", json.dumps(tree))])

    assert schema["$defs"]["tool1"]["properties"]["root"] == {"$ref": "#/$defs/tool1/$defs/node"}
    assert find_schema_fault(json.dumps(schema)) is None


def test_arguments_of_which_no_grammar_can_be_made_may_be_any_object() -> None:
    schema = call_schema([ToolDefinition("find", "Find", '{"properties":{"a":{"type":"string","pattern":"[0-9"}}}')])

    assert schema["$defs"] == {"tool0": {"type": "object"}}


def test_what_llama_cpp_reads_otherwise_is_written_for_it() -> None:
    either: dict[str, Any] = {"properties": {"a": {}, "b": True}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    both: dict[str, Any] = {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    tools = [ToolDefinition("do", "Do", json.dumps(schema)) for schema in (either, both)]

    arguments = call_schema(tools)["$defs"]

    assert arguments == {
        "tool0": {"type": "object", "properties": {"a": {}, "b": {}}, "additionalProperties": False},
        "tool1": {
            "type": "object",
            "allOf": [
                {"properties": {"a": {}}, "additionalProperties": False},
                {"properties": {"b": {}}, "additionalProperties": False},
            ],
        },
    }


def test_the_persons_own_schema_holds_where_nothing_must_be_called() -> None:
    request = AnswerRequest(PHI, (QUESTION,), tools=(TIME,), answer_schema='{"type":"number"}')
    forced = AnswerRequest(PHI, (QUESTION,), tools=(TIME,), answer_schema='{"type":"number"}', must_call=True)

    assert answer_schema(request) == {"type": "number"}
    assert answer_schema(forced) == call_schema([TIME])
    assert answer_schema(AnswerRequest(PHI, (QUESTION,), must_call=True)) is None
