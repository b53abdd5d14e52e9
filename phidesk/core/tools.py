"""Tools as a model is told of them, and its calls: the same values for every engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ToolDefinition:
    """What a model is told of a tool. `parameters` is the JSON Schema of its arguments, as text."""

    name: str
    description: str
    parameters: str = "{}"


@dataclass(frozen=True)
class ToolCall:
    """A call that a model wrote. `arguments` is the text of a JSON object; nothing has compared it with the schema."""

    name: str
    arguments: str = "{}"


@dataclass(frozen=True)
class InventedCall:
    """A call of a tool that was not offered, with the text as the model wrote it."""

    name: str
    text: str


@dataclass(frozen=True)
class ToolUse:
    """A call with its result, JSON or any other text."""

    call: ToolCall
    result: str
