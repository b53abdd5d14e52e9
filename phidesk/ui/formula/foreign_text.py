"""Words in formulas, some of them in scripts that the font for mathematics does not have."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from phidesk.ui.formula.boxes import Box, PlacedWord
from phidesk.ui.formula.math_font import MathFont


def foreign_text(text: str, size_px: float, color: str | None) -> Box:
    """Return words in a script that the font does not have, in whatever font the system shows them with."""
    word = PlacedWord(text, 0.0, 0.0, size_px, color)
    width, height, depth = word.size()
    return Box(width, height, depth, words=[word])


def in_scripts(text: str, font: MathFont) -> Sequence[str]:
    """Return a text in pieces that the font has or does not have, spaces with what stands before them.

    What is written from the right stays whole: its words have to be put in order.
    """
    if all(font.glyph(character) or character.isspace() for character in text):
        return [text]
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return [text]
    pieces: list[str] = []
    is_known = False
    for character in text:
        joins = character.isspace() or unicodedata.combining(character) > 0
        if pieces and (joins or (font.glyph(character) > 0) is is_known):
            pieces[-1] += character
        else:
            pieces.append(character)
            is_known = font.glyph(character) > 0
    return pieces
