"""The tokens of the prompt that is sent next: of what it has in common with the one before they are known.

llama.cpp would tokenise every prompt whole: 17 ms for one of 5,400 tokens, which differs from the one before in 26. It
takes tokens in place of text (`prompt` of `/completion`), and tells those of a text (`/tokenize`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import accumulate, takewhile

from phidesk.engine.tokens import TokenCounter

Tokenise = Callable[[str], list[int]]
"""Asks llama.cpp for the tokens of a text in which the name of a control token is that token."""

logger = logging.getLogger(__name__)


class PromptTokens:
    """Remembers one prompt for one child. Not safe from several threads at once."""

    def __init__(self, tokenise: Tokenise) -> None:
        self._tokenise = tokenise
        self._parts: list[str] = []
        """Of the prompt before; each begins with a control token, so the tokens of all stand one after the other."""
        self._ends: list[int] = []
        """How many tokens the parts down to each are."""
        self._tokens: list[int] = []

    def find(self, prompt: str, counter: TokenCounter) -> list[int]:
        """Return the tokens of a prompt, all of them from llama.cpp. `counter` is that of its model."""
        parts = counter.parts(prompt)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parts, self._parts, strict=False)))
        ends = self._ends[:common]
        tokens = self._tokens[: ends[-1] if ends else 0]
        if new := parts[common:]:
            ends += [len(tokens) + end for end in accumulate(map(counter.count, new))]
            tokens += self._tokenise("".join(new))
        if ends and ends[-1] != len(tokens):
            logger.warning("counted %d tokens, llama.cpp found %d", ends[-1], len(tokens))
            parts, ends = [], []  # Nobody knows then where each part ends.
        self._parts, self._ends, self._tokens = parts, ends, tokens
        return tokens
