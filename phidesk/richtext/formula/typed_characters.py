"""Characters that stand for more than themselves where they are typed into a formula: `x²`, `½`, `√2`."""

from __future__ import annotations

import unicodedata

from phidesk.richtext.formula.nodes import Fraction, Node, Row, Symbol
from phidesk.richtext.formula.token_stream import TokenStream

PRIMES = {"'": 1, "’": 1, "′": 1, "″": 2, "‴": 3, "⁗": 4}
"""How many they are."""
UNSEEN = frozenset("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff")
"""They say how neighbours belong together, and draw nothing."""
_AS_IN_TEX = {"-": "−", "–": "−", "‐": "−", "‑": "−", "*": "∗", "µ": "μ"}
_DEGREES = {"√": "", "∛": "3", "∜": "4"}
_NO_SCRIPTS = "ªº"
_WIDE_FORMS = range(0xFF01, 0xFF5F)
"""Characters of ASCII as Chinese and Japanese keyboards have them."""
_WIDE_SHIFT = 0xFEE0


def typed(character: str) -> str:
    """Return the character that a formula has for one that was typed."""
    if ord(character) in _WIDE_FORMS:
        character = chr(ord(character) - _WIDE_SHIFT)
    return _AS_IN_TEX.get(character, character)


def raised_or_lowered(token: str) -> tuple[str, bool] | None:
    """Return what is written small in a character like "²" or "₁", and whether it is raised; None: nothing is."""
    kind, character = _made_of(token)
    if kind not in ("<super>", "<sub>") or len(character) > 1 or token in _NO_SCRIPTS:
        return None
    return character, kind == "<super>"


def typed_fraction(token: str) -> Node | None:
    """Return the fraction that a character like "½" is; None if it is none."""
    kind, characters = _made_of(token)
    above, _, below = characters.partition("⁄")
    if kind != "<fraction>" or not below:
        return None
    return Fraction(_digits(above), _digits(below), is_display=False)


def read_root(sign: str, stream: TokenStream) -> tuple[str, str] | None:
    """Read what stands under the sign of a root just read: its source, and the degree; None if that is not clear."""
    token = stream.peek()
    if sign not in _DEGREES:
        return None
    radicand = ""
    if token == "{":
        radicand = stream.read_raw_argument()
    elif token == "(" and (argument := stream.peek_argument()).endswith(")"):
        while len(radicand) < len(argument):
            radicand += stream.next()
        radicand = radicand[1:-1]
    elif token.isdecimal():
        while stream.peek().isdecimal():
            radicand += stream.next()
    elif token.isalpha():
        radicand = stream.next()
    return (radicand, _DEGREES[sign]) if radicand else None


def _made_of(token: str) -> tuple[str, str]:
    """Return how Unicode makes a character of others, and of which; nothing where it does not."""
    if len(token) != 1 or token.isascii():
        return "", ""
    kind, *codes = unicodedata.decomposition(token).split() or [""]
    return (kind, "".join(chr(int(code, 16)) for code in codes)) if kind.startswith("<") else ("", "")


def _digits(text: str) -> Node:
    return Row(tuple(Symbol(digit) for digit in text))
