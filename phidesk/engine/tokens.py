"""Exact token counts, from a model's own vocabulary.

Counting is additive: a control token ends what stands before it, and so do certain places between words. A prompt is
counted in the stretches between them, and each count is remembered: a letter more costs the line that it stands in.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from phidesk.engine.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kitoken import Kitoken

MOST_REMEMBERED_CHARACTERS = 4_000_000
"""Of all stretches whose counts are kept: a few long conversations."""
_LONG_LINE_CHARACTERS = 2_000
"""A line of more is parted at the next safe place."""

_LINE_START = re.compile(r"(?<=\S\n)(?=\w)")
_WORD_START = re.compile(r"(?<=[A-Za-z])(?= [A-Za-z])")
"""Safe places: every cutting of `vocabulary.py` ends a piece there, whatever stands around."""


class TokenCounter:
    """Counts tokens as the engine will. Safe from every thread; they wait for each other."""

    def __init__(self, encoder: Kitoken, special_tokens: tuple[str, ...], *, starts_prompts: bool) -> None:
        """`build_counter` and `load_counter` make them."""
        self._encoder = encoder
        self._special_tokens = special_tokens
        self._starts_prompts = starts_prompts
        longest_first = sorted(special_tokens, key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._remembered_characters = 0

    def count_prompt(self, prompt: str) -> int:
        """Count a prompt as it is sent, with the token that the engine puts in front of it."""
        return self.count(prompt) + (1 if self._starts_prompts else 0)

    def count(self, text: str) -> int:
        """Count a text in which the name of a control token is that token.

        The counts of two texts add up where the first ends with a control token or the second begins with one.
        """
        total = position = 0
        with self._lock:
            for special in self._special.finditer(text):
                total += 1 + self._count_stretch(text[position : special.start()])
                position = special.end()
            return total + self._count_stretch(text[position:])

    def to_bytes(self) -> bytes:
        """Return what `load_counter` reads: for phi4-mini 2.2 MB."""
        body = self._encoder.to_bytes()
        facts = {
            "special_tokens": self._special_tokens,
            "starts_prompts": self._starts_prompts,
            "checksum": sha256(body).hexdigest(),
            "library": _library_version(),
        }
        return json.dumps(facts).encode() + b"\n" + body

    def _count_stretch(self, stretch: str) -> int:
        """Count what stands between two control tokens."""
        return self._remembered(stretch, lambda: sum(self._count_line(line) for line in _lines(stretch)))

    def _count_line(self, line: str) -> int:
        return self._remembered(line, lambda: len(self._encoder.encode(_encodable(line))))

    def _remembered(self, text: str, count: Callable[[], int]) -> int:
        if not text:
            return 0
        known = self._counts.get(text)
        if known is not None:
            self._counts.move_to_end(text)
            return known
        counted = self._counts[text] = count()
        self._remembered_characters += len(text)
        while self._remembered_characters > MOST_REMEMBERED_CHARACTERS:
            oldest, _ = self._counts.popitem(last=False)
            self._remembered_characters -= len(oldest)
        return counted


def build_counter(vocabulary: Vocabulary) -> TokenCounter:
    """Make a counter. Costs 0.8 s for phi4-mini's 200,064 tokens."""
    from kitoken import Kitoken  # noqa: PLC0415 - 6 MB that only counting needs

    definition = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [*map(_split, vocabulary.cutting), _BYTE_LEVEL]},
        "model": {
            "type": "BPE",
            "ignore_merges": vocabulary.takes_whole_words,
            "vocab": {token: number for number, token in enumerate(vocabulary.tokens)},
            "merges": vocabulary.merges,
        },
    }
    encoder = Kitoken.from_tokenizers(json.dumps(definition).encode())
    return TokenCounter(encoder, vocabulary.special_tokens, starts_prompts=vocabulary.starts_prompts)


def load_counter(data: bytes) -> TokenCounter:
    """Make a counter of what `to_bytes` returned. Costs 0.04 s for phi4-mini.

    Raises:
        ValueError: it is something else, damaged, or from another version of the library.
    """
    from kitoken import Kitoken  # noqa: PLC0415 - 6 MB that only counting needs

    head, _, body = data.partition(b"\n")
    try:
        facts = json.loads(head)
        if (facts["checksum"], facts["library"]) != (sha256(body).hexdigest(), _library_version()):
            raise ValueError("damaged, or of another version")  # The library would end the process.
        return TokenCounter(Kitoken(body), tuple(facts["special_tokens"]), starts_prompts=bool(facts["starts_prompts"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not a token counter") from error


_BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False, "trim_offsets": False}


def _library_version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - 20 ms that only counting needs

    return version("kitoken")


def _split(expression: str) -> dict[str, object]:
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}


def _lines(stretch: str) -> list[str]:
    """Part a stretch at safe places, so that a change moves no other part."""
    lines = _LINE_START.split(stretch)
    return [part for line in lines for part in ([line] if len(line) <= _LONG_LINE_CHARACTERS else _parts(line))]


def _parts(line: str) -> list[str]:
    parts: list[str] = []
    start = 0
    while len(line) - start > _LONG_LINE_CHARACTERS:
        place = _WORD_START.search(line, start + _LONG_LINE_CHARACTERS)
        if place is None:
            break
        parts.append(line[start : place.start()])
        start = place.start()
    return [*parts, line[start:]]


def _encodable(text: str) -> str:
    """Replace halves of characters, as they are when they are sent."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
