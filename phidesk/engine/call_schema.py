"""What the text of an answer is held to: the person's JSON schema, or that of one call where a tool must be called."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from phidesk.core.generation import find_schema_fault
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import AnswerRequest

_SCHEMAS = ("items", "additionalProperties")
_LISTED_SCHEMAS = ("anyOf", "oneOf", "allOf", "items", "prefixItems")
_NAMED_SCHEMAS = ("properties", "$defs", "definitions")
"""Where a schema holds others."""
_COMBINED = frozenset({"anyOf", "oneOf", "allOf", "$ref"})
"""Where it says in others what an object holds."""


def answer_schema(request: AnswerRequest) -> dict[str, Any] | None:
    """Return the JSON schema that the text of the answer is held to, if to any: of one call where it must be one."""
    if request.must_call and request.told_tools:
        return call_schema(request.told_tools)
    schema: dict[str, Any] | None = json.loads(request.answer_schema) if request.answer_schema else None
    return schema


def call_schema(tools: Sequence[ToolDefinition]) -> dict[str, Any]:
    """Return the JSON schema of exactly one call of one of the tools.

    No argument is allowed that a tool does not name: small models would go on for ever. Arguments of which llama.cpp
    cannot make a grammar may be any object. They stand in `$defs`, with the parts of themselves that they refer to.
    """
    arguments = {f"tool{number}": _arguments(tool, f"#/$defs/tool{number}") for number, tool in enumerate(tools)}
    calls = [
        {
            "type": "object",
            "properties": {"name": {"const": tool.name}, "arguments": {"$ref": f"#/$defs/tool{number}"}},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        for number, tool in enumerate(tools)
    ]
    return {"anyOf": calls, "$defs": arguments}


def _arguments(tool: ToolDefinition, place: str) -> dict[str, Any]:
    if find_schema_fault(tool.parameters) is not None:
        return {"type": "object"}
    schema: dict[str, Any] = _strict(json.loads(tool.parameters), place)
    nothing = {} if schema.keys() & _COMBINED else {"properties": {}, "additionalProperties": False}
    return {"type": "object", **nothing, **schema}


def _strict(schema: Any, place: str) -> Any:
    """Return a schema whose objects have no other members than it names.

    Its references to itself are those that are found when it stands at `place`.
    """
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict_part(key, value, place) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        strict.setdefault("additionalProperties", False)
        for key in ("anyOf", "oneOf"):
            if not _names_members(strict.get(key, [])):
                strict.pop(key, None)
    return strict


def _names_members(alternatives: list[Any]) -> bool:
    """Whether alternatives name members of an object. llama.cpp looks at them alone: others would allow anything."""
    return any(inner.keys() & {"properties", "$ref"} for inner in alternatives if isinstance(inner, dict))


def _strict_part(key: str, value: Any, place: str) -> Any:
    if key == "$ref" and isinstance(value, str):
        return place + value.removeprefix("#")
    if key in _NAMED_SCHEMAS and isinstance(value, dict):
        # llama.cpp knows no `true` for a schema that allows everything.
        return {name: {} if inner is True else _strict(inner, place) for name, inner in value.items()}
    if key in _LISTED_SCHEMAS and isinstance(value, list):
        return [_strict(inner, place) for inner in value]
    return _strict(value, place) if key in _SCHEMAS else value
