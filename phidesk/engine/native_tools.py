"""Tools in the fields that protocols have for them: definitions, past uses, and calls, from and to our values.

Ollama's arguments are objects and its results carry the tool's name; OpenAI's arguments are text, its calls have ids
and come in pieces.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from phidesk.core.tools import AnyCall, BrokenCall, ToolCall, ToolDefinition, ToolUse
from phidesk.engine.call_shapes import calls_of
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.loose_json import UnreadableError, read_value

Message = dict[str, Any]


def native_definitions(tools: Iterable[ToolDefinition]) -> list[dict[str, Any]]:
    """Return the field `tools` of a request, the same for both protocols."""
    return [
        {
            "type": "function",
            "function": {
                "name": without_control_tokens(tool.name),
                "description": without_control_tokens(tool.description),
                "parameters": json.loads(_json_without_control_tokens(tool.parameters)),
            },
        }
        for tool in tools
    ]


def ollama_uses(text: str, uses: Iterable[ToolUse], first_id: int) -> list[Message]:  # noqa: ARG001 - it has no ids
    """Return a model's turn with its text, its calls and their results, for `/api/chat`."""
    harmless = [_without_control_tokens(use) for use in uses]
    calls = [{"function": {"name": use.call.name, "arguments": json.loads(use.call.arguments)}} for use in harmless]
    results = [{"role": "tool", "tool_name": use.call.name, "content": use.result} for use in harmless]
    return [{"role": "assistant", "content": without_control_tokens(text), "tool_calls": calls}, *results]


def openai_uses(text: str, uses: Iterable[ToolUse], first_id: int) -> list[Message]:
    """Return a model's turn for `/v1/chat/completions`. Ids count from `first_id`.

    They have nine letters and digits: what Mistral's template insists on, and others do not mind.
    """
    numbered = [(f"call{first_id + index:05}", _without_control_tokens(use)) for index, use in enumerate(uses)]
    calls = [
        {"id": name, "type": "function", "function": {"name": use.call.name, "arguments": use.call.arguments}}
        for name, use in numbered
    ]
    results = [{"role": "tool", "tool_call_id": name, "content": use.result} for name, use in numbered]
    return [{"role": "assistant", "content": without_control_tokens(text), "tool_calls": calls}, *results]


@dataclass(frozen=True)
class CallPiece:
    """A part of a call as it streams in: the name comes first, the text of its arguments bit by bit.

    `index` says which call it belongs to; None is a whole one. Servers that give every call the same index tell them
    apart by `call_id`.
    """

    name: str = ""
    arguments: str = ""
    index: int | None = None
    call_id: str = ""


def read_pieces(said: Sequence[dict[str, Any]]) -> tuple[CallPiece, ...]:
    """Read the field `tool_calls` of one message of a stream. Who leaves out `index` sends whole calls."""
    return tuple(_read_piece(piece) for piece in said)


class NativeCalls:
    """Puts together the calls of one answer."""

    def __init__(self, offered: Collection[str]) -> None:
        self._offered = frozenset(offered)
        self._calls: list[_Call] = []

    def add(self, piece: CallPiece) -> None:
        """Take one piece."""
        known = next((call for call in reversed(self._calls) if call.is_continued_by(piece)), None)
        if known is None:
            known = _Call(piece.index, piece.call_id)
            self._calls.append(known)
        known.name = known.name or piece.name
        known.arguments.append(piece.arguments)

    def finish(self) -> list[AnyCall]:
        """Return the calls in their order. One whose arguments are no JSON, be it that they were cut, is broken."""
        calls, self._calls = self._calls, []
        return [self._read(call.name, "".join(call.arguments)) for call in calls]

    def _read(self, name: str, arguments: str) -> AnyCall:
        text = f'{{"name":{json.dumps(name, ensure_ascii=False)},"arguments":{arguments.strip() or "{}"}}}'
        try:
            value, end = read_value(text, 0)
        except UnreadableError:
            return BrokenCall(text)
        found = calls_of(value, offered=self._offered, is_marked=True)
        is_whole = len(found) == 1 and end == len(text)
        return found[0] if is_whole else BrokenCall(text)


@dataclass
class _Call:
    index: int | None
    call_id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    def is_continued_by(self, piece: CallPiece) -> bool:
        is_same = not piece.call_id or piece.call_id == self.call_id
        return piece.index is not None and piece.index == self.index and is_same


def _read_piece(piece: dict[str, Any]) -> CallPiece:
    function = piece.get("function") or {}
    arguments = function.get("arguments")
    if arguments is not None and not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return CallPiece(function.get("name") or "", arguments or "", piece.get("index"), piece.get("id") or "")


def _without_control_tokens(use: ToolUse) -> ToolUse:
    call = ToolCall(without_control_tokens(use.call.name), _json_without_control_tokens(use.call.arguments))
    return ToolUse(call, without_control_tokens(use.result))


def _json_without_control_tokens(text: str) -> str:
    """Take control tokens apart in JSON that others will decode, also those whose signs it writes as numbers."""
    return without_control_tokens(json.dumps(json.loads(text), ensure_ascii=False))
