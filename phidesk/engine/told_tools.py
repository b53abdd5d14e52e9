"""Tools for a model that was not trained for any: told in its instructions, called under a grammar, kept as text.

The schema of a call holds other models to one, too, where they must call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from phidesk.core.generation import find_schema_fault
from phidesk.core.tools import ToolDefinition, ToolUse
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.protocol import AnswerRequest

_FORM = 'Answer with one call of a tool, {"name":…,"arguments":{…}}. The tools:'


def answer_schema(request: AnswerRequest) -> dict[str, Any] | None:
    """Return the JSON schema that the text of the answer is held to, if to any: of one call where it must be one."""
    if request.must_call and request.told_tools:
        return call_schema(request.told_tools)
    schema: dict[str, Any] | None = json.loads(request.answer_schema) if request.answer_schema else None
    return schema


def call_schema(tools: Sequence[ToolDefinition]) -> dict[str, Any]:
    """Return the JSON schema of exactly one call of one of the tools.

    Arguments of which llama.cpp cannot make a grammar may be any object. Those that refer to parts of themselves are
    moved to `$defs`, and what they refer to with them.
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


def told_instructions(request: AnswerRequest) -> str:
    """Return the instructions with the tools in words."""
    definitions = [
        {"name": tool.name, "description": tool.description, "parameters": json.loads(tool.parameters)}
        for tool in request.told_tools
    ]
    written = "\n".join(json.dumps(definition, ensure_ascii=False) for definition in definitions)
    return "\n\n".join(filter(None, (request.instructions, f"{_FORM}\n{written}")))


def told_uses(text: str, uses: Iterable[ToolUse]) -> list[dict[str, Any]]:
    """Return a model's turn as two messages: its text with its calls, and the results as if they were answered."""
    uses = tuple(uses)
    calls = "\n".join(f'{{"name":{json.dumps(use.call.name)},"arguments":{use.call.arguments}}}' for use in uses)
    results = "\n".join(use.result for use in uses)
    return [
        {"role": "assistant", "content": without_control_tokens("\n".join(filter(None, (text, calls))))},
        {"role": "user", "content": without_control_tokens(results)},
    ]


def _arguments(tool: ToolDefinition, place: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(tool.parameters)
    if find_schema_fault(tool.parameters) is not None or not schema:
        return {"type": "object"}
    return {"type": "object", **_moved(schema, place)}


def _moved(schema: Any, place: str) -> Any:
    """Return a schema whose references to itself are found when it stands at `place`."""
    if isinstance(schema, list):
        return [_moved(item, place) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: place + value.removeprefix("#") if key == "$ref" and isinstance(value, str) else _moved(value, place)
        for key, value in schema.items()
    }
