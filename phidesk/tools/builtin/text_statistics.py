"""Counts of a text: its letters as a reader sees them, words, sentences; and how often something occurs in it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping

import regex

from phidesk.core.tools import ToolDefinition
from phidesk.richtext.sentences import sentence_ends
from phidesk.tools.builtin.harmless import HarmlessTool
from phidesk.tools.tool import Arguments, CallFault, Tool

DEFINITION = ToolDefinition(
    "text_statistics",
    "Counts letters, words and sentences of a text, or how often a letter or word occurs in it.",
    '{"type":"object","properties":{"text":{"type":"string"},'
    '"find":{"type":"string","description":"letter or word to count"}},"required":["text"]}',
)
WORDS_PER_MINUTE = 238
"""Of silent reading in English: Brysbaert, "How many words do we read per minute?", 2019."""
_MOST_FREQUENT = 5
_LONGEST = 100_000
"""Characters of a text."""
_CHARACTER = regex.compile(r"\X")
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]\p{M}*"  # written without blanks: each character counts
    r"|[\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Cf}]*(?:['.\u2019\u2011-][\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Cf}]*)*"
)
_PARAGRAPH_END = regex.compile(r"\n[ \t]*\n\s*")


def text_statistics() -> Tool:
    """Return the tool. Upper and lower case are the same for it, and so are the ways to write an accent."""
    return HarmlessTool(DEFINITION, _count)


def _count(arguments: Arguments) -> Mapping[str, object]:
    text = arguments["text"]
    if len(text) > _LONGEST:
        raise CallFault(f"The text is too long: at most {_LONGEST} characters.")
    if find := arguments.get("find", ""):
        return {"find": find, **_occurrences(_folded(text), _folded(find))}
    characters = _CHARACTER.findall(text)
    words = [word.casefold() for word in _WORD.findall(text)]
    counts = Counter(words).most_common(_MOST_FREQUENT)
    return {
        "characters": len(characters),
        "without_blanks": sum(not character.isspace() for character in characters),
        "words": len(words),
        "sentences": len(sentence_ends(text, is_complete=True)),
        "paragraphs": len(_PARAGRAPH_END.split(text.strip())) if text.strip() else 0,
        "lines": len(text.splitlines()),
        "reading_minutes": round(len(words) / WORDS_PER_MINUTE, 1),
        "frequent": {word: count for word, count in counts if count > 1},
    }


def _occurrences(text: str, find: str) -> dict[str, int]:
    """Count in whole characters: an e is not found in é. What overlaps counts each time, as in "anana"."""
    within, wanted = _CHARACTER.findall(text), _CHARACTER.findall(find)
    positions = [
        index
        for index, character in enumerate(within)
        if character == wanted[0] and within[index : index + len(wanted)] == wanted
    ]
    counts = {"count": len(positions)}
    if len(wanted) > 1:
        counts["as_whole_word"] = _WORD.findall(text).count(find)
    return counts


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())
