"""What models, files and servers write, as a person must see it who is to allow something: nothing in it is hidden.

Signs that are not seen, or that turn round what stands beside them, are written as their numbers.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_OF_SCRIPTS = "\u200c\u200d"
"""Joiners, without which Persian, Hindi and some pictures are other words; they hide nothing."""
_OF_TEXTS = "\n\t"


def visible_line(text: str) -> str:
    """Return a text on one line: a name, a path, an address. Line breaks are written as their numbers too."""
    return "".join([_number(sign) if _is_hidden(sign) else sign for sign in text])


def visible_text(text: str) -> str:
    """Return a text with its lines and tabs."""
    return "".join([_number(sign) if sign not in _OF_TEXTS and _is_hidden(sign) else sign for sign in text])


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _HIDDEN and sign not in _OF_SCRIPTS


def _number(sign: str) -> str:
    return f"⟨U+{ord(sign):04X}⟩"
