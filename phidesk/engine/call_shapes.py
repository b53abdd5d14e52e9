"""Which values are calls: the shapes that phi4-mini and other models give them."""

from __future__ import annotations

import json
import re

from phidesk.core.tools import ToolCall
from phidesk.engine.loose_json import Json, UnreadableError, WrittenObject, read_value

_CALL_KEYS = frozenset({"name", "arguments", "parameters", "id", "type"})
_NAMED_FIRST = re.compile(
    r"""
    (?:```\w*\s*)? [\[\s]* (?:\{\s*["']?tool_calls["']?\s*:\s*[\[\s]*)? \{\s*
    (?:["']?(?:type|id)["']?\s*:\s*["'][^"']*["']\s*,\s*)* (?:["']?function["']?\s*:\s*\{\s*)?
    ["']?name["']?\s*:\s* (?P<name>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*') \s*
    (?:,\s*["']?(?:arguments|parameters)\b | (?:,\s*["']?[a-z]*)?\Z)
    """,
    re.VERBOSE,
)


def calls_of(value: Json, *, offered: frozenset[str], is_marked: bool, is_first: bool = False) -> list[ToolCall]:
    """Return the calls in a value, none if a part of it is something else.

    A tool that was not offered is called only by what can be nothing but a call.

    Arguments may be left out only behind a marker of calls, or in a list with which the answer begins (`is_first`): so
    phi4-mini's calls look where its own tokens are invisible. A definition of a tool and other JSON with a name are no
    calls.
    """
    may_lack_arguments = is_marked or (is_first and isinstance(value, list))
    found: list[ToolCall] = []
    for item in map(_unwrapped, _flat(value)):
        call = _call(item, may_lack_arguments=may_lack_arguments)
        if call is None or not (call.name in offered or is_marked or set(item) == {"name", "arguments"}):
            return []
        found.append(call)
    return found


def is_meant_as_call(value: Json, text: str, *, offered: frozenset[str]) -> bool:
    """Whether a text that is no call names an offered tool and its arguments at its beginning, or is cut between them.

    `value` is what was read, None where nothing could be.
    """
    match = _NAMED_FIRST.match(text)
    if match is None:
        return False
    try:
        name, _ = read_value(match["name"], 0)
    except UnreadableError:
        return False
    return name in offered and not any(_is_definition(_unwrapped(item)) for item in _flat(value))


def _flat(value: Json) -> list[Json]:
    if isinstance(value, dict) and set(value) == {"tool_calls"}:
        value = value["tool_calls"]
    if not isinstance(value, list):
        return [value]
    return [item for entry in value for item in _flat(entry)]


def _unwrapped(value: Json) -> dict[str, Json]:
    """Return the members of a call without OpenAI's wrapping; none for what is no object."""
    if not isinstance(value, dict):
        return {}
    function = value.get("function")
    return function if isinstance(function, dict) and set(value) <= {"type", "id", "function"} else value


def _is_definition(members: dict[str, Json]) -> bool:
    schema = members.get("parameters")
    is_schema = isinstance(schema, dict) and isinstance(schema.get("properties"), dict)
    return "description" in members or (is_schema and "arguments" not in members)


def _call(members: dict[str, Json], *, may_lack_arguments: bool) -> ToolCall | None:
    name = members.get("name")
    if not isinstance(name, str) or not name or not set(members) <= _CALL_KEYS or _is_definition(members):
        return None
    if "arguments" not in members and "parameters" not in members and not may_lack_arguments:
        return None
    arguments = members.get("arguments", members.get("parameters"))
    try:
        if isinstance(arguments, str):
            arguments = json.loads(arguments.strip() or "{}")
        arguments = {} if arguments is None else arguments
        written = json.dumps(arguments, ensure_ascii=False, allow_nan=False)
        (name + written).encode()
    except (ValueError, RecursionError):  # no JSON, infinite numbers, halves of a character, too deep
        return None
    if isinstance(arguments, WrittenObject) and _is_json(arguments.text):
        written = arguments.text
    return ToolCall(name, written) if isinstance(arguments, dict) else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
