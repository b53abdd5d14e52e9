"""The vocabulary of a model: its tokens, and how a text is cut into pieces before they are looked for.

GGUF headers and Ollama's verbose `/api/show` tell it under the same keys (`tokenizer.ggml.*`). The cutting follows
llama.cpp (`src/llama-vocab.cpp`), which runs under every engine of ours, not the makers' own files: for phi4-mini the
two differ in scripts that have marks (Hindi, Thai, Arabic).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from phidesk.engine.gguf import read_gguf_header

TOKENS, TOKEN_TYPES, MERGES = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges"

_BYTE_PAIR_ENCODING = "gpt2"
"""As `tokenizer.ggml.model` calls it."""
_CONTROL, _USER_DEFINED = 3, 4
"""llama_token_type of llama.h: what is found in a prompt before it is cut."""

_NAMES_WITH_SWALLOWED_SPACES = "phi3", "phi-3"
"""llama.cpp swallows the space behind the control tokens of models that have this in their names."""

_CONTRACTIONS = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
_LOWER_END = r"[^\r\n\p{L}\p{N}]?[^\P{L}a-z]*[^\P{L}A-Z]+"
_UPPER_START = r"[^\r\n\p{L}\p{N}]?[^\P{L}a-z]+[^\P{L}A-Z]*"
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_SIGNS = r" ?[^\s\p{L}\p{N}]+"

_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+"
_GPT_2 = rf"{_WORDS}| ?\p{{N}}+|{_SIGNS}|\s+(?!\S)|\s+"
_SINGLE_DIGITS = rf"\p{{N}}|{_WORDS}|{_SIGNS}|\s+(?![^\s\p{{N}}])|\s+"
_GPT_4O = (
    rf"{_LOWER_END}{_CONTRACTIONS}?|{_UPPER_START}{_CONTRACTIONS}?"
    rf"|\p{{N}}{{1,3}}|{_SIGNS}[\r\n/]*|{_SPACES}"
)
_LLAMA_3 = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{_SIGNS}[\r\n]*|{_SPACES}"
_QWEN_2 = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{_SIGNS}[\r\n]*|{_SPACES}"
_QWEN_35 = (
    rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|{_SPACES}"
)
_TEKKEN = rf"{_LOWER_END}|{_UPPER_START}|\p{{N}}|{_SIGNS}[\r\n/]*|{_SPACES}"

_CUTTINGS = {
    "gpt-4o": _GPT_4O,
    "llama-bpe": _LLAMA_3,
    "llama3": _LLAMA_3,
    "dbrx": _LLAMA_3,
    "chatglm-bpe": _LLAMA_3,
    "qwen2": _QWEN_2,
    "deepseek-r1-qwen": _QWEN_2,
    "qwen35": _QWEN_35,
    "tekken": _TEKKEN,
    "gpt-2": _GPT_2,
    "smollm": _SINGLE_DIGITS,
    "starcoder": _SINGLE_DIGITS,
    "refact": _SINGLE_DIGITS,
    "command-r": _SINGLE_DIGITS,
}
"""By `tokenizer.ggml.pre`: what finds the pieces of a text, all of it. Each is checked against llama.cpp.

Where llama.cpp cuts twice, first the digits and then what lies between them, one expression does both.
"""

_TAKES_WHOLE_WORDS = frozenset({"llama-bpe", "llama3", "tekken"})
"""Here a piece that is a token is taken as it is, without merging (`ignore_merges`)."""


@dataclass(frozen=True)
class Vocabulary:
    """What is needed to count the tokens of a text exactly as llama.cpp does.

    Bytes of tokens are written as the printable characters that GPT-2 gave them.
    """

    special_tokens: tuple[str, ...]
    """Found in a prompt as they stand, before the text between them is cut."""
    merges: tuple[str, ...]
    """Pairs that become one, a space between their halves; the most urgent first."""
    whole_words: tuple[str, ...]
    """Pieces that are taken as they are, without merging."""
    cutting: str
    """Finds the pieces of a text, one after the other, without a gap."""
    starts_prompts: bool
    """Whether one token more stands in front of every prompt."""


def read_vocabulary(values: Mapping[str, Any]) -> Vocabulary | None:
    """Make a vocabulary of what a header or `model_info` says; None where it is of a kind that we only estimate."""
    name = values.get("tokenizer.ggml.pre")
    cutting = _CUTTINGS.get(str(name))
    tokens = values.get(TOKENS)
    if values.get("tokenizer.ggml.model") != _BYTE_PAIR_ENCODING or not (cutting and tokens):
        return None
    if any(part in str(values.get("general.name", "")).lower() for part in _NAMES_WITH_SWALLOWED_SPACES):
        return None
    types = values.get(TOKEN_TYPES) or ()
    return Vocabulary(
        special_tokens=tuple(
            token for token, kind in zip(tokens, types, strict=False) if kind in (_CONTROL, _USER_DEFINED) and token
        ),
        merges=tuple(values.get(MERGES) or ()),
        whole_words=tuple(tokens) if name in _TAKES_WHOLE_WORDS else (),
        cutting=cutting,
        starts_prompts=values.get("tokenizer.ggml.add_bos_token") is True,
    )


def read_gguf_vocabulary(path: Path, engine: str) -> Vocabulary | None:
    """Read the vocabulary of a model file. Costs about 0.3 s for 200,000 tokens.

    Raises:
        ModelFileDamaged: missing, unreadable, cut short, or not a GGUF file.
    """
    header = read_gguf_header(path, engine, arrays=(TOKENS, TOKEN_TYPES, MERGES))
    return read_vocabulary({**header.values, **header.arrays})


def dump_vocabulary(vocabulary: Vocabulary) -> bytes:
    """Return what `load_vocabulary` reads: for phi4-mini 3 MB."""
    return json.dumps(asdict(vocabulary), ensure_ascii=False).encode("utf-8", "surrogatepass")


def load_vocabulary(data: bytes) -> Vocabulary:
    """Read what `dump_vocabulary` wrote.

    Raises:
        ValueError: it is something else.
    """
    try:
        facts = json.loads(data.decode("utf-8", "surrogatepass"))
        if not isinstance(facts["cutting"], str):
            raise TypeError("kept by an older version")
        return Vocabulary(
            special_tokens=tuple(facts["special_tokens"]),
            merges=tuple(facts["merges"]),
            whole_words=tuple(facts["whole_words"]),
            cutting=facts["cutting"],
            starts_prompts=bool(facts["starts_prompts"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not a vocabulary") from error
