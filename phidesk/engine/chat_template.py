"""The prompt that a model file's own template (Jinja) makes, as llama.cpp renders it: for counting before it is loaded.

Only templates that ask for nothing but the messages are rendered here. What others are given (tools, the date, switches
for thinking, stand-ins for missing turns) differs from one llama.cpp to the next; they are counted once it runs.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

MODEL_ROLE = "assistant"
MOST_COMPILED = 4
_GIVEN = frozenset({"messages", "add_generation_prompt"})

logger = logging.getLogger(__name__)


def render_chat_template(template: str, messages: Sequence[dict[str, str]]) -> str | None:
    """Return the prompt. It ends where the model is to write: after its opening, or after its unfinished text.

    None where the template asks for more than the messages, or refuses them. The first of a run costs 0.1 s.
    """
    try:
        from jinja2 import TemplateError  # noqa: PLC0415 - 60 ms that the first paint need not wait for
    except ImportError:  # Distributions may leave it out; then it is counted about.
        return None
    is_unfinished = bool(messages) and messages[-1]["role"] == MODEL_ROLE
    turns, unfinished = (messages[:-1], messages[-1]["content"]) if is_unfinished else (messages, "")
    try:
        compiled = _compile(template)
        if compiled is None:
            return None
        prompt: str = compiled.render(messages=turns, add_generation_prompt=True)
    # A template raises what its expressions raise.
    except (
        TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as problem:
        logger.info("template not rendered: %s", type(problem).__name__)
        return None
    return prompt + unfinished


@lru_cache(maxsize=MOST_COMPILED)
def _compile(template: str) -> Template | None:
    """Compile it in Jinja's sandbox, for it is a stranger's; None where it asks for more than the messages."""
    from jinja2 import meta  # noqa: PLC0415 - as above
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    if not template or meta.find_undeclared_variables(environment.parse(template)) - _GIVEN:
        return None
    return environment.from_string(template)
