"""Texts as nobody would write them: words of every script and signs, between every kind of space."""

from __future__ import annotations

import random

WORDS = [
    "the", "of", "and", "to", "Hello", "world", "naïve", "Straße", "北京", "日本語", "テスト", "мир", "привет", "שלום",
    "مرحبا", "हिन्दी", "ไทย", "한국어", "😀", "👨\u200d👩\u200d👧", "123", "4567", "0.5", "!!!", "...", "I'm", "we'LL",
    "don't", "'s", "{", "}", "[", "]", "==", "->", "x+y=2", "https://a.b/c?d=e", "١٢٣", "Ⅷ", "½", "²", "_foo",
    "__init__", "camelCase", "HTTPServer", "//", "/c",
]  # fmt: skip
SPACES = (" ", "  ", "\n", "\n\n", " \n", "\r\n", "\t", "\u00a0", "\u200b", "\u2028", "")
CONTROL = ("<|user|>", "<|end|>", "<|assistant|>", "<|system|>", "<|tool_call|>", "<|no_token|>", "<|", "|>")
_UNKNOWN_TO_LLAMA_CPP = {0x1C89: None, 0x1C8A: None}
"""Letters since Unicode 16: llama.cpp's older tables take them for signs, and cut words elsewhere than we do."""
RANGES = ((32, 126), (160, 0x24F), (0x370, 0x1FFF), (0x3000, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1FAFF))


def some_text(chance: random.Random, pieces: int, *, control: bool = False) -> str:
    """Make a text of at most so many pieces; `control` puts names of control tokens into it."""
    made: list[str] = []
    for _ in range(chance.randint(1, pieces)):
        kind = chance.random()
        if kind < 0.7:
            made.append(chance.choice(WORDS))
        elif kind < 0.85 or not control:
            made.extend(chr(chance.randint(*chance.choice(RANGES))) for _ in range(chance.randint(1, 5)))
        else:
            made.append(chance.choice(CONTROL))
        made.append(chance.choice(SPACES))
    return "".join(made).translate(_UNKNOWN_TO_LLAMA_CPP)
