"""phi4-mini's own format: the prompt that we render ourselves (design.md §8), and which models speak it.

The template that Ollama's phi4-mini comes with is malformed (its system turn is not closed), so engines get the prompt
raw, in the format of Microsoft's model card. Then we know every token that the model sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from phidesk.core.conversation import Role
from phidesk.core.tools import ToolCall, ToolDefinition
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.protocol import AnswerRequest, PromptMessage

ARCHITECTURE = "phi3"
VOCABULARY_SIZE = 200_064
"""phi4 (14B) has the same architecture and 100,352 tokens."""
TOOL_CALL_TOKEN = "<|tool_call|>"  # noqa: S105 - a token of a vocabulary
END = "<|end|>"

_OPENINGS = {Role.PERSON: "<|user|>", Role.MODEL: "<|assistant|>"}
_OWN_SYSTEM_TEXT = re.compile(r"<\|system\|>(?:\\n|\s)*[A-Za-z]+ ")
"""Words right after the opening of the system turn, in Jinja and in Ollama's templates."""
_SPACED = re.compile(r'\{"[^"]*": ')
"""JSON as Python writes it."""


def render_prompt(request: AnswerRequest) -> str:
    """Return the whole prompt. It ends where the model is to write: after its opening, or after its unfinished text.

    Where it must call a tool, the list of its calls is open already: what it writes is one of them.

    The texts of JSON in tools, calls and results stand as they came, so that the same request gives the same bytes.
    """
    turns = [_turn(message) for message in request.messages]
    if request.instructions or request.tools:
        turns.insert(0, f"<|system|>{without_control_tokens(request.instructions)}{_tools(request.tools)}{END}")
    prompt = "".join(turns).removesuffix(END) if request.is_unfinished else "".join(turns) + _OPENINGS[Role.MODEL]
    return f"{prompt}{TOOL_CALL_TOKEN}[" if request.must_call and request.tools else prompt


def has_own_system_text(template: str) -> bool:
    """Whether a template begins every prompt with words of its own, as phi4-mini-reasoning's does.

    Such a model has phi4-mini's vocabulary, but was trained on another beginning: its own template must be used.
    """
    return _OWN_SYSTEM_TEXT.search(template) is not None


def _turn(message: PromptMessage) -> str:
    text = _OPENINGS[message.role] + without_control_tokens(message.text)
    if not message.tool_uses:
        return text + END
    calls = _calls([use.call for use in message.tool_uses])
    results = ",".join(use.result if _is_json(use.result) else _json(use.result) for use in message.tool_uses)
    return (
        f"{text}{TOOL_CALL_TOKEN}[{without_control_tokens(calls)}]<|/tool_call|>{END}"
        f"<|tool_response|>[{without_control_tokens(results)}]{END}"
    )


def _calls(calls: Sequence[ToolCall]) -> str:
    """Write calls as the model did, so that engines find them in their cache: with the blanks of the arguments."""
    blank = " " if any(_SPACED.match(call.arguments) for call in calls) else ""
    return f",{blank}".join(
        f'{{"name":{blank}{_json(call.name)},{blank}"arguments":{blank}{call.arguments}}}' for call in calls
    )


def _tools(tools: tuple[ToolDefinition, ...]) -> str:
    if not tools:
        return ""
    definitions = ",".join(
        f'{{"name":{_json(tool.name)},"description":{_json(tool.description)},"parameters":{tool.parameters}}}'
        for tool in tools
    )
    return f"<|tool|>[{without_control_tokens(definitions)}]<|/tool|>"


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
