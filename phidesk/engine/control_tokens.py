"""Control tokens in what people write: `<|end|>` in a message must stay six characters.

Ollama and llama.cpp read the name of a control token as the token itself, wherever in a prompt it stands: a pasted text
could end the person's turn and speak as the system. A zero-width space takes the name apart. It is put in when a prompt
is made; what is stored and shown stays as it was written.
"""

from __future__ import annotations

import re

ZERO_WIDTH_SPACE = "\u200b"

_OPENING = re.compile(r"<(?=\|[^<>|]+\|>)")
"""The `<` of `<|name|>`; phi4-mini, ChatML and Llama 3 write all their control tokens so."""


def without_control_tokens(text: str) -> str:
    """Return the text with every `<|name|>` taken apart."""
    return _OPENING.sub("<" + ZERO_WIDTH_SPACE, text)
