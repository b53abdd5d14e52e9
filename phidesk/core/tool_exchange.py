"""Tools as files: read from everything that lists tools, written as OpenAI and Ollama do.

    OpenAI, Ollama      [{"type": "function", "function": {"name", "description", "parameters"}}]
    OpenAI, Responses   [{"type": "function", "name", "description", "parameters"}]
    MCP, Anthropic      {"tools": [{"name", "description", "inputSchema" or "input_schema"}]}, also inside "result"
    bare                {"name", "description", "parameters"}

What a tool of ours does stands beside it under "phidesk", which others pass over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from phidesk.core.json_text import TextFault, read_json, write_json
from phidesk.core.tool_schema import NO_INPUTS, read_schema, schema_of
from phidesk.core.tool_spec import (
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    ToolSpec,
    possible_tool_name,
    tool_name_mistake,
)


@dataclass(frozen=True)
class FoundTools:
    """What stands in a file: tools without ids, and the names of those that cannot be used."""

    tools: tuple[ToolSpec, ...] = ()
    unusable: tuple[str, ...] = ()
    """Their inputs are described in a way that is no JSON Schema of inputs, or they have no name that could be one."""


def read_tools(text: str) -> FoundTools:
    """Return the tools of a file; none where it lists none.

    A name that tools cannot have becomes the nearest one that they can. A tool that runs a program or asks an address
    comes switched off: the person looks at it first. One whose file does not say what it does asks the person.

    Raises:
        JsonFault: it is not JSON.
    """
    tools, unusable = [], []
    for found in _listed(read_json(text)):
        try:
            tools.append(_read_tool(found))
        except (TextFault, _Unusable):
            unusable.append(str(found.get("name", "")))
    return FoundTools(tuple(tools), tuple(unusable))


def write_tools(specs: Iterable[ToolSpec]) -> str:
    """Return a file that OpenAI's and Ollama's users take, and that `read_tools` reads back whole."""
    return write_json([_written(spec) for spec in specs])


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return the name, or the first of name_2, name_3… that nobody has."""
    known = set(taken)
    number, free = 1, name
    while free in known:
        number += 1
        free = f"{name[:_ROOM_FOR_NAME]}_{number}"
    return free


def action_value(does: ToolAction) -> dict[str, Any]:
    """Return what a tool does as a value of JSON."""
    return {"kind": _KINDS[type(does)], **asdict(does)}


def read_action(value: Any) -> ToolAction | None:
    """Return what such a value says; None where it was not written by `action_value`."""
    if not isinstance(value, dict):
        return None
    try:
        return _READERS[value["kind"]](value)
    except (KeyError, TypeError, ValueError, _Unusable):
        return None


_ROOM_FOR_NAME = 60
_KINDS: dict[type, str] = {
    BuiltinAction: "builtin",
    TemplateAction: "template",
    ProgramAction: "program",
    AddressAction: "address",
    AskAction: "ask",
}
"""The words are stored."""


class _Unusable(Exception):
    pass


def _listed(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield whatever looks like the description of a tool, wherever such lists stand."""
    if isinstance(value, list):
        for entry in value:
            yield from _listed(entry)
    elif isinstance(value, dict):
        inside = next(
            (value[key] for key in ("tools", "functions", "result", "function") if _is_nest(value, key)), None
        )
        if inside is None:
            yield value
        elif isinstance(inside, dict) and "phidesk" in value:
            yield {**inside, "phidesk": value["phidesk"]}
        else:
            yield from _listed(inside)


def _is_nest(value: Mapping[str, Any], key: str) -> bool:
    return "name" not in value and isinstance(value.get(key), dict | list)


def _read_tool(found: Mapping[str, Any]) -> ToolSpec:
    name, description = found.get("name"), found.get("description") or ""
    if not isinstance(name, str) or not isinstance(description, str):
        raise _Unusable
    name = name if tool_name_mistake(name) is None else possible_tool_name(name)
    if not name:
        raise _Unusable
    keys = ("parameters", "inputSchema", "input_schema")
    schema = next((found[key] for key in keys if found.get(key) is not None), schema_of(NO_INPUTS))
    parameters = write_json(schema)
    read_schema(parameters)
    ours = found.get("phidesk")
    ours = ours if isinstance(ours, dict) else {}
    does = read_action(ours.get("does")) or AskAction()
    icon = ours.get("icon")
    return ToolSpec(
        "",
        name,
        description,
        does,
        parameters,
        icon if isinstance(icon, str) else "",
        is_enabled=not isinstance(does, ProgramAction | AddressAction),
    )


def _written(spec: ToolSpec) -> dict[str, Any]:
    function = {"name": spec.name, "description": spec.description, "parameters": json.loads(spec.parameters)}
    return {
        "type": "function",
        "function": function,
        "phidesk": {"does": action_value(spec.does), **({"icon": spec.icon} if spec.icon else {})},
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unusable
    return value


def _read_program(value: Mapping[str, Any]) -> ProgramAction:
    command = tuple(_text(word) for word in value["command"])
    return ProgramAction(command, _text(value["folder"]), float(value["time_limit_s"]), value.get("may_write") is True)


def _read_address(value: Mapping[str, Any]) -> AddressAction:
    headers = tuple((_text(name), _text(content)) for name, content in value["headers"])
    return AddressAction(_text(value["url"]), _text(value["method"]), headers)


_READERS: dict[str, Callable[[Mapping[str, Any]], ToolAction]] = {
    "builtin": lambda value: BuiltinAction(_text(value["name"])),
    "template": lambda value: TemplateAction(_text(value["text"])),
    "program": _read_program,
    "address": _read_address,
    "ask": lambda value: AskAction(_text(value["question"])),
}
