"""Finding words as people mean them: whatever their case and accents ("cafe" finds "Café")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import unescape

_MARKUP = b"*_`~\\"
"""What may stand within a word of markdown and is not read."""
_ENTITY = re.compile(r"&#?\w+;")
_FOREIGN = re.compile(r"[^\x00-\x7f][^a-z]*")
"""Goes on through blanks: fewer and longer stretches cost less."""


class _Folding(dict[int, str]):
    """How characters are compared, by their number: `str.translate` asks for each one once."""

    def __missing__(self, number: int) -> str:
        folded = self[number] = _fold_character(chr(number))
        return folded


_FOLDED = _Folding()


def fold(text: str) -> str:
    """Return a text as it is compared."""
    lower = text.lower()
    # Only what needs it is looked up: most of most texts is plain, and `translate` takes each character one by one.
    return lower if lower.isascii() else _FOREIGN.sub(lambda run: run[0].translate(_FOLDED), lower)


def count_all(text: str, wanted: str) -> int:
    """Return how many places `find_all` finds."""
    return fold(text).count(fold(wanted)) if fold(wanted) else 0


def find_all(text: str, wanted: str) -> list[tuple[int, int]]:
    """Return where the wanted words stand: first and last character (exclusive), from left to right, none in another.

    A hit never begins or ends within a character, even where one is compared as two (ß as ss).
    """
    needle = fold(wanted)
    if not needle or needle not in fold(text):
        return []
    folded, origins = (text.lower(), range(len(text))) if text.isascii() else _folded_with_origins(text)
    hits: list[tuple[int, int]] = []
    position = folded.find(needle)
    while position >= 0:
        end = position + len(needle)
        first, last = origins[position], origins[end - 1]
        hits.append((first, _end_of_character(text, last)))
        position = folded.find(needle, end)
    return hits


def may_be_found(markdown: str, wanted: str) -> bool:
    """Tell quickly whether words can be found in a text once it is read; never no where they can."""
    folded = _without_markup(markdown)
    if all(word in folded for word in _words(wanted)):
        return True
    unescaped = _ENTITY.sub(lambda found: unescape(found[0]), markdown) if "&" in markdown else markdown
    if unescaped == markdown:
        return False
    if "&" in wanted or ";" in wanted:  # May reach from a character's name in code, which stays, into one that is read.
        return True
    read = _without_markup(unescaped)
    return all(word in read or word in folded for word in _words(wanted))


def _without_markup(markdown: str) -> str:
    # Bytes are the only text that loses several characters in one pass.
    kept = markdown.encode("utf-8", "surrogatepass").translate(None, _MARKUP)
    return fold(kept.decode("utf-8", "surrogatepass"))


@lru_cache(maxsize=1)
def _words(wanted: str) -> list[str]:
    """The same words are looked for in one message after the other."""
    return _without_markup(wanted).split()


def _folded_with_origins(text: str) -> tuple[str, Sequence[int]]:
    pieces: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        folded = _FOLDED[ord(character)]
        pieces.append(folded)
        origins.extend([place] * len(folded))
    return "".join(pieces), origins


def _end_of_character(text: str, place: int) -> int:
    """Return where the character at a place ends: after the accents that stand upon it."""
    end = place + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _fold_character(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    taken_apart = unicodedata.normalize("NFKD", character)
    return "".join(part for part in taken_apart if not unicodedata.combining(part)).casefold()
