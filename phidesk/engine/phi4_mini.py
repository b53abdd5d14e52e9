"""phi4-mini's own format: the prompt that we render ourselves (design.md §8), and which models speak it.

The template that Ollama's phi4-mini comes with is malformed (its system turn is not closed), so engines get the prompt
raw, in the format of Microsoft's model card. Then we know every token that the model sees.
"""

from __future__ import annotations

import re

from phidesk.core.conversation import Role
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.protocol import AnswerRequest

ARCHITECTURE = "phi3"
VOCABULARY_SIZE = 200_064
"""phi4 (14B) has the same architecture and 100,352 tokens."""
TOOL_CALL_TOKEN = "<|tool_call|>"  # noqa: S105 - a token of a vocabulary
END = "<|end|>"

_OPENINGS = {Role.PERSON: "<|user|>", Role.MODEL: "<|assistant|>"}
_OWN_SYSTEM_TEXT = re.compile(r"<\|system\|>(?:\\n|\s)*[A-Za-z]+ ")
"""Words right after the opening of the system turn, in Jinja and in Ollama's templates."""


def render_prompt(request: AnswerRequest) -> str:
    """Return the whole prompt. It ends where the model is to write: after its opening, or after its unfinished text."""
    turns = [f"{_OPENINGS[message.role]}{without_control_tokens(message.text)}{END}" for message in request.messages]
    if request.instructions:
        turns.insert(0, f"<|system|>{without_control_tokens(request.instructions)}{END}")
    if request.messages and request.messages[-1].role is Role.MODEL:
        return "".join(turns).removesuffix(END)
    return "".join(turns) + _OPENINGS[Role.MODEL]


def has_own_system_text(template: str) -> bool:
    """Whether a template begins every prompt with words of its own, as phi4-mini-reasoning's does.

    Such a model has phi4-mini's vocabulary, but was trained on another beginning: its own template must be used.
    """
    return _OWN_SYSTEM_TEXT.search(template) is not None
