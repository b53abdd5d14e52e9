"""Which values are calls: the shapes that phi4-mini gives them."""

from __future__ import annotations

import json

from phidesk.core.tools import InventedCall, ToolCall
from phidesk.engine.loose_json import Json

_CALL_KEYS = frozenset({"name", "arguments", "parameters", "id", "type"})


def calls_of(value: Json, text: str, *, offered: frozenset[str], is_marked: bool) -> list[ToolCall | InventedCall]:
    """Return the calls in a value, none if a part of it is something else.

    Only what stands behind a marker of calls may leave out its arguments; a definition of a tool (it has a
    description) and other JSON with a name are no calls.
    """
    found: list[ToolCall | InventedCall] = []
    for item in map(_unwrapped, _flat(value)):
        call = _call(item, is_marked=is_marked)
        if call is None:
            return []
        if call.name in offered:
            found.append(call)
        elif is_marked or set(item) == {"name", "arguments"}:
            found.append(InventedCall(call.name, text))
        else:
            return []
    return found


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


def _call(members: dict[str, Json], *, is_marked: bool) -> ToolCall | None:
    name = members.get("name")
    if not isinstance(name, str) or not name or not set(members) <= _CALL_KEYS:
        return None
    if "arguments" not in members and "parameters" not in members and not is_marked:
        return None
    arguments = members.get("arguments", members.get("parameters", {}))
    try:
        if isinstance(arguments, str):
            arguments = json.loads(arguments or "{}")
        written = json.dumps(arguments, ensure_ascii=False, allow_nan=False)
        (name + written).encode()
    except (ValueError, RecursionError):  # no JSON, infinite numbers, halves of a character, too deep
        return None
    return ToolCall(name, written) if isinstance(arguments, dict) else None
