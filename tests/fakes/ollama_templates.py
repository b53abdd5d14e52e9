"""What the daemon makes of messages before a model reads them: the templates of the recorded models, and their tokens.

`tests/data/ollama/template_renderings.md` holds what the real daemon rendered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes import go_json

CONTROL_WORDS = (
    "<|endoftext|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|/tool|>",
    "<|tool_call|>", "<|/tool_call|>", "<|tool_response|>", "<|im_start|>", "<|im_end|>",
)  # fmt: skip
# Fields of a tool in the order of the daemon's structs; what is not among them is dropped.
_PARAMETER_FIELDS = ("type", "$defs", "items", "required", "properties")
_PROPERTY_FIELDS = ("anyOf", "type", "items", "description", "enum", "properties", "required")


@dataclass(frozen=True)
class ChatMessage:
    """One message of a request, as far as templates read it."""

    role: str
    content: str
    tool_calls: tuple[dict[str, Any], ...] = ()


Render = Callable[[Sequence[ChatMessage], Sequence[dict[str, Any]]], str]


@dataclass(frozen=True)
class Template:
    """How a model is spoken to; `tool_tag` begins a call in what it writes."""

    text: str
    render: Render = field(repr=False)
    tool_tag: str = "{"


def merge_neighbours(messages: Iterable[ChatMessage]) -> list[ChatMessage]:
    """Join messages of one role that follow each other with a blank line, as the daemon does; results of tools stay."""
    merged: list[ChatMessage] = []
    for message in messages:
        if merged and merged[-1].role == message.role != "tool":
            merged[-1] = replace(merged[-1], content=f"{merged[-1].content}\n\n{message.content}")
        else:
            merged.append(message)
    return merged


def split_tokens(text: str, words: Iterable[str]) -> list[bytes]:
    """Split a prompt into tokens: one for each of `words`, one for every byte of the rest.

    It is the vocabulary of `scripted_gguf`; for other models it is a simple rule that a test can reckon with.
    """
    pattern = "(" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
    tokens: list[bytes] = []
    for index, part in enumerate(re.split(pattern, text)):
        tokens.extend([part.encode()] if index % 2 else [bytes([byte]) for byte in part.encode()])
    return tokens


def render_chatml(messages: Sequence[ChatMessage], tools: Sequence[dict[str, Any]]) -> str:
    """SmolLM2's template; it knows no tools."""
    turns = (f"<|im_start|>{message.role}\n{message.content}<|im_end|>\n" for message in merge_neighbours(messages))
    return "".join(turns) + "<|im_start|>assistant\n"


def render_plain(messages: Sequence[ChatMessage], tools: Sequence[dict[str, Any]]) -> str:
    """The template of models that were made without one: what the person said last."""
    return messages[-1].content if messages else ""


def render_phi4_fixed(messages: Sequence[ChatMessage], tools: Sequence[dict[str, Any]]) -> str:
    """Microsoft's format for phi4-mini, as the recordings' `phi4-mini.fixed.template` writes it."""
    merged = merge_neighbours(messages)
    tool_list = f"<|tool|>[{','.join(_json(_function(tool)) for tool in tools)}]<|/tool|>" if tools else ""
    system = _system_text(merged)
    parts = [f"<|system|>{system}{tool_list}<|end|>"] if system or tools else []
    for index, message in enumerate(merged):
        previous_role = merged[index - 1].role if index else ""
        next_role = merged[index + 1].role if index + 1 < len(merged) else ""
        if message.role == "tool":
            parts.append("," if previous_role == "tool" else "<|tool_response|>[")
            parts.append(message.content + ("" if next_role == "tool" else "]<|end|>"))
        elif message.role != "system":
            parts.append(f"<|{message.role}|>{message.content}")
            if message.tool_calls:
                calls = ", ".join(
                    f'{{"name":{_json(call["name"])},"arguments":{_arguments(call)}}}' for call in message.tool_calls
                )
                parts.append(f"<|tool_call|>[{calls}]<|/tool_call|>")
            parts.append("<|end|>" if next_role or message.role != "assistant" else "")
    return "".join(parts) + _assistant_turn(merged)


def render_phi4_registry(messages: Sequence[ChatMessage], tools: Sequence[dict[str, Any]]) -> str:
    """The published template of phi4-mini, with its defects: an open system turn, calls without their last brace."""
    merged = merge_neighbours(messages)
    system = _system_text(merged) or ("You are a helpful assistant with some tools." if tools else "")
    tool_list = f"<|tool|>{_json([_tool(tool) for tool in tools])}<|/tool|><|end|>" if tools else ""
    parts = [f"<|system|>{system}{tool_list}"] if system or tools else []
    for index, message in enumerate(merged):
        if message.role == "system":
            continue
        calls = "".join(f'{{"name":"{call["name"]}","arguments":{_arguments(call)}' for call in message.tool_calls)
        parts.append(f"<|{message.role}|>{message.content}")
        parts.append(f"<|tool_call|>[{calls}]<|/tool_call|>" if calls else "")
        is_prefill = index + 1 == len(merged) and message.role == "assistant"
        parts.append("" if is_prefill else "<|end|>")
    return "".join(parts) + ("" if merged and merged[-1].role == "system" else _assistant_turn(merged))


def _system_text(messages: Sequence[ChatMessage]) -> str:
    return "\n\n".join(message.content for message in messages if message.role == "system")


def _assistant_turn(messages: Sequence[ChatMessage]) -> str:
    return "<|assistant|>" if messages and messages[-1].role != "assistant" else ""


def _json(value: Any) -> str:
    return go_json.encode(value).decode()


def _arguments(call: dict[str, Any]) -> str:
    return _json(dict(sorted(call["arguments"].items())))


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    return {"type": tool.get("type", ""), "function": _function(tool)}


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function", {})
    written = {"name": function.get("name", ""), "description": function.get("description", "")}
    parameters = function.get("parameters", {})
    properties = parameters.get("properties")
    written["parameters"] = {
        "type": parameters.get("type", ""),
        **{name: parameters[name] for name in _PARAMETER_FIELDS[1:4] if parameters.get(name)},
        "properties": None if properties is None else _properties(properties),
    }
    return written


def _properties(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {field_name: schema[field_name] for field_name in _PROPERTY_FIELDS if schema.get(field_name)}
        for name, schema in sorted(properties.items())
    }
