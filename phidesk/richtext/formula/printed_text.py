r"""Text as LaTeX prints it: letters with marks (`\\'e`, `\\c{c}`), quotation marks and dashes."""

from __future__ import annotations

import re
import unicodedata

from phidesk.richtext.formula.characters.text import CIRCLED, TEXT_MARKS

_MARKED = re.compile(
    r"\\(?:(?P<sign>[`'^~=.\"])\s*|(?P<name>[bcdkrtuvH]|textcircled)(?![a-zA-Z])\s*)"
    r"(?:\{\s*(?P<group>\\[ij]|[^{}\\]{0,2})\s*\}|(?P<bare>\\[ij](?![a-zA-Z])|[^\s{}\\]))"
)
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "'": "’"}
_LIGATURE = re.compile("---?|``?|''?")


def put_marks_on_letters(source: str) -> str:
    """Return LaTeX in which letters with marks are characters of their own."""
    return _MARKED.sub(_marked, source)


def set_ligatures(text: str) -> str:
    """Return text with the quotation marks and dashes for which keyboards have no keys."""
    return _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text)


def _marked(found: re.Match[str]) -> str:
    letters = (found["group"] or found["bare"] or "").removeprefix("\\")
    name = found["sign"] or found["name"]
    if name == "textcircled" and letters in CIRCLED:
        return CIRCLED[letters]
    return unicodedata.normalize("NFC", letters[:1] + TEXT_MARKS[name] + letters[1:]) if letters else ""
