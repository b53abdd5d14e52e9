"""Tools for a model that was not trained for any: told with the last message, past calls and results kept as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from phidesk.core.tools import ToolDefinition, ToolUse
from phidesk.engine.control_tokens import without_control_tokens

_FORM = 'Answer with one call of a tool, {"name":…,"arguments":{…}}. The tools:'


def with_told_tools(text: str, tools: Iterable[ToolDefinition]) -> str:
    """Return the last message with the tools before its text.

    There the practice model chose the right one of three in 8 of 10 questions, in its instructions in 5; and the prompt
    up to there stays that of the next answer.
    """
    definitions = [
        {"name": tool.name, "description": tool.description, "parameters": json.loads(tool.parameters)}
        for tool in tools
    ]
    written = "\n".join(json.dumps(definition, ensure_ascii=False) for definition in definitions)
    return f"{_FORM}\n{written}\n\n{text}"


def told_uses(text: str, uses: Iterable[ToolUse]) -> list[dict[str, Any]]:
    """Return a model's turn as two messages: its text with its calls, and the results as if they were answered."""
    uses = tuple(uses)
    calls = "\n".join(f'{{"name":{json.dumps(use.call.name)},"arguments":{use.call.arguments}}}' for use in uses)
    results = "\n".join(use.result for use in uses)
    return [
        {"role": "assistant", "content": without_control_tokens("\n".join(filter(None, (text, calls))))},
        {"role": "user", "content": without_control_tokens(results)},
    ]
