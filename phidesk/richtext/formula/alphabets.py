"""The alphabets of mathematics: letters and digits of Unicode's block "Mathematical Alphanumeric Symbols" (U+1D400)."""

from __future__ import annotations

from enum import Enum


class Alphabet(Enum):
    """An alphabet: where its capital letters, small letters and digits begin in Unicode; 0 where it has none."""

    UPRIGHT = (0, 0, 0)
    ITALIC = (0x1D434, 0x1D44E, 0)
    BOLD = (0x1D400, 0x1D41A, 0x1D7CE)
    BOLD_ITALIC = (0x1D468, 0x1D482, 0x1D7CE)
    SCRIPT = (0x1D49C, 0x1D4B6, 0)
    FRAKTUR = (0x1D504, 0x1D51E, 0)
    DOUBLE_STRUCK = (0x1D538, 0x1D552, 0x1D7D8)
    SANS_SERIF = (0x1D5A0, 0x1D5BA, 0x1D7E2)
    MONOSPACE = (0x1D670, 0x1D68A, 0x1D7F6)
    BOLD_SCRIPT = (0x1D4D0, 0x1D4EA, 0)
    BOLD_FRAKTUR = (0x1D56C, 0x1D586, 0)
    BOLD_SANS_SERIF = (0x1D5D4, 0x1D5EE, 0x1D7EC)
    ITALIC_SANS_SERIF = (0x1D608, 0x1D622, 0x1D7E2)
    BOLD_ITALIC_SANS_SERIF = (0x1D63C, 0x1D656, 0x1D7EC)


_BOLD_FORMS = {
    Alphabet.UPRIGHT: Alphabet.BOLD,
    Alphabet.ITALIC: Alphabet.BOLD_ITALIC,
    Alphabet.SCRIPT: Alphabet.BOLD_SCRIPT,
    Alphabet.FRAKTUR: Alphabet.BOLD_FRAKTUR,
    Alphabet.SANS_SERIF: Alphabet.BOLD_SANS_SERIF,
    Alphabet.ITALIC_SANS_SERIF: Alphabet.BOLD_ITALIC_SANS_SERIF,
}


_EXCEPTIONS = {
    "\U0001d455": "ℎ", "\U0001d49d": "ℬ", "\U0001d4a0": "ℰ", "\U0001d4a1": "ℱ", "\U0001d4a3": "ℋ", "\U0001d4a4": "ℐ",
    "\U0001d4a7": "ℒ", "\U0001d4a8": "ℳ", "\U0001d4ad": "ℛ", "\U0001d4ba": "ℯ", "\U0001d4bc": "ℊ", "\U0001d4c4": "ℴ",
    "\U0001d506": "ℭ", "\U0001d50b": "ℌ", "\U0001d50c": "ℑ", "\U0001d515": "ℜ", "\U0001d51d": "ℨ", "\U0001d53a": "ℂ",
    "\U0001d53f": "ℍ", "\U0001d545": "ℕ", "\U0001d547": "ℙ", "\U0001d548": "ℚ", "\U0001d549": "ℝ", "\U0001d551": "ℤ",
}  # fmt: skip
"""Places of the block that are empty, because the letter was in Unicode before."""

_SMALL_GREEK = {
    Alphabet.ITALIC: 0x1D6FC,
    Alphabet.BOLD: 0x1D6C2,
    Alphabet.BOLD_ITALIC: 0x1D736,
    Alphabet.BOLD_SANS_SERIF: 0x1D770,
    Alphabet.BOLD_ITALIC_SANS_SERIF: 0x1D7AA,
}
"""Where small Greek letters begin."""
_CAPITAL_GREEK = {
    Alphabet.BOLD: 0x1D6A8,
    Alphabet.BOLD_ITALIC: 0x1D6A8,
    Alphabet.BOLD_SANS_SERIF: 0x1D756,
    Alphabet.BOLD_ITALIC_SANS_SERIF: 0x1D756,
}
"""Capital Greek letters stand upright among italics, as LaTeX has them; ∇ follows them."""
_GREEK_VARIANTS = "∂ϵϑϰϕϱϖ"
"""In this order they follow the 25 small letters."""


def styled(character: str, alphabet: Alphabet) -> str:
    """Return the character in an alphabet; as it is where the alphabet lacks it."""
    capitals, smalls, digits = alphabet.value
    if not capitals or len(character) != 1:
        return character
    code = ord(character)
    if "A" <= character <= "Z":
        found = chr(capitals + code - ord("A"))
    elif "a" <= character <= "z":
        found = chr(smalls + code - ord("a"))
    elif "0" <= character <= "9" and digits:
        found = chr(digits + code - ord("0"))
    else:
        return _styled_greek(character, alphabet)
    return _EXCEPTIONS.get(found, found)


def within(outer: Alphabet | None, inner: Alphabet) -> Alphabet:
    r"""Return the alphabet of what stands in two: `\boldsymbol{\mathcal{L}}` is bold and script."""
    is_kept = outer is Alphabet.BOLD_ITALIC or (outer is Alphabet.BOLD and inner in (Alphabet.SCRIPT, Alphabet.FRAKTUR))
    return _BOLD_FORMS.get(inner, inner) if is_kept else inner


def _styled_greek(character: str, alphabet: Alphabet) -> str:
    if "Α" <= character <= "Ω" and alphabet in _CAPITAL_GREEK:
        return chr(_CAPITAL_GREEK[alphabet] + ord(character) - ord("Α"))
    if character == "∇" and alphabet in _CAPITAL_GREEK:
        return chr(_CAPITAL_GREEK[alphabet] + 25)
    if alphabet not in _SMALL_GREEK:
        return character
    if "α" <= character <= "ω":
        return chr(_SMALL_GREEK[alphabet] + ord(character) - ord("α"))
    if character in _GREEK_VARIANTS:
        return chr(_SMALL_GREEK[alphabet] + 25 + _GREEK_VARIANTS.index(character))
    return character
