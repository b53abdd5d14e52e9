"""Delimiters, roots, braces and arrows of any size: a larger form of the glyph, or one put together from pieces."""

from __future__ import annotations

import math

from phidesk.ui.formula.boxes import Box, PlacedBar, PlacedGlyph
from phidesk.ui.formula.math_font import GlyphPart, MathFont

MOST_REPEATS = 400
"""Of an extender: a delimiter as high as a screen."""
_PAIRS = {"⇌": "⇀↽", "⇋": "↼⇁", "⥂": "⇀↽", "⥄": "⇀↽", "⇄": "→←", "⇆": "←→"}
"""Of which two arrows, one above the other, these consist: the font has them in one size only."""
_SHARES = {"⥂": (1.0, 0.55), "⥄": (0.55, 1.0)}
"""Lengths of the two where one is short: an equilibrium that lies on one side."""
_HARPOON_SHIFT_EM, _ARROW_SHIFT_EM = 0.115, 0.16
"""How far each of the two is from the middle: whole heads need more room than half ones."""
_WIDE_ENOUGH = 0.9
_NOT_TOO_WIDE = 1.08
_TWO_HEADED = {"↠": "→", "↞": "←"}
"""Arrows with a second head behind the first, and those with one."""


def stretch_vertically(
    font: MathFont, character: str, wanted_px: float, size_px: float, *, axis_px: float, color: str | None
) -> Box:
    """Return a glyph at least so high, centred on the axis."""
    glyph = font.glyph(character)
    metrics = font.metrics(glyph)
    variants = font.vertical_variants(glyph)
    if (metrics.ascent + metrics.descent) * size_px < wanted_px:
        larger = next((form for form, height in variants.sizes if height * size_px >= wanted_px), None)
        if larger is None and variants.parts:
            return _assemble_vertically(font, variants.parts, wanted_px, size_px, axis_px, color)
        glyph = larger if larger is not None else variants.sizes[-1][0] if variants.sizes else glyph
        metrics = font.metrics(glyph)
    height, depth = metrics.ascent * size_px, metrics.descent * size_px
    shift = (height - depth) / 2 - axis_px
    placed = PlacedGlyph(glyph, 0.0, shift, size_px, color)
    italic = font.italic_correction(glyph) * size_px
    return Box(metrics.advance * size_px, height - shift, depth + shift, italic, glyphs=[placed])


def stretch_horizontally(font: MathFont, character: str, wanted_px: float, size_px: float, color: str | None) -> Box:
    """Return a glyph about so wide, its ink beginning at the left edge; narrow ones stay as they are."""
    if character in _PAIRS:
        return _stretch_pair(font, character, wanted_px, size_px, color)
    glyph = font.glyph(character)
    if _ink_width(font, glyph) * size_px < wanted_px:
        if character in _TWO_HEADED:
            return _two_headed(font, character, wanted_px, size_px, color)
        if character == "=":
            return _long_equals(font, wanted_px, size_px, color)
    variants = font.horizontal_variants(glyph)
    best = glyph
    if _ink_width(font, glyph) * size_px < wanted_px:
        fitting = [form for form, width in variants.sizes if width * size_px <= wanted_px * _NOT_TOO_WIDE]
        best = fitting[-1] if fitting else glyph
        if variants.sizes and variants.sizes[-1][1] * size_px >= wanted_px:  # Pieces would be pushed into each other.
            best = min(variants.sizes, key=lambda form: abs(form[1] * size_px - wanted_px))[0]
        elif variants.parts and _ink_width(font, best) * size_px < wanted_px * _WIDE_ENOUGH:
            return _assemble_horizontally(font, variants.parts, wanted_px, size_px, color)
    metrics = font.metrics(best)
    placed = PlacedGlyph(best, -metrics.left * size_px, 0.0, size_px, color)
    width = _ink_width(font, best) * size_px
    return Box(width, metrics.ascent * size_px, metrics.descent * size_px, glyphs=[placed])


def _stretch_pair(font: MathFont, character: str, wanted_px: float, size_px: float, color: str | None) -> Box:
    arrows, shares = _PAIRS[character], _SHARES.get(character, (1.0, 1.0))
    shift = (_ARROW_SHIFT_EM if "→" in arrows else _HARPOON_SHIFT_EM) * size_px
    box = Box(wanted_px)
    for arrow, share, y in zip(arrows, shares, (-shift, shift), strict=True):
        part = stretch_horizontally(font, arrow, share * wanted_px, size_px, color)
        box.place(part, (wanted_px - part.width) / 2, y)
        box.cover(part, y)
    return box


def _two_headed(font: MathFont, character: str, wanted_px: float, size_px: float, color: str | None) -> Box:
    """Return an arrow on whose tip lies that of the short one with two heads."""
    box = stretch_horizontally(font, _TWO_HEADED[character], wanted_px, size_px, color)
    metrics = font.metrics(font.glyph(character))
    x = box.width - metrics.right * size_px if character == "↠" else -metrics.left * size_px
    box.glyphs.append(PlacedGlyph(font.glyph(character), x, 0.0, size_px, color))
    return box


def _long_equals(font: MathFont, wanted_px: float, size_px: float, color: str | None) -> Box:
    metrics = font.metrics(font.glyph("="))
    line = font.constants["OverbarRuleThickness"] * size_px
    box = Box(wanted_px, metrics.ascent * size_px, metrics.descent * size_px)
    box.bars += [PlacedBar(0.0, y, wanted_px, line, color) for y in (-box.height, box.depth - line)]
    return box


def _ink_width(font: MathFont, glyph: int) -> float:
    metrics = font.metrics(glyph)
    return metrics.right - metrics.left


def _repeated(
    font: MathFont, parts: tuple[GlyphPart, ...], wanted_px: float, size_px: float
) -> tuple[list[GlyphPart], float]:
    """Return the pieces, extenders as often as needed, and how much neighbours overlap in pixels."""
    overlap = font.connector_overlap
    fixed = [part for part in parts if not part.is_extender]
    extenders = [part for part in parts if part.is_extender]
    fixed_length = sum(part.advance for part in fixed) - overlap * (len(fixed) - 1)
    step = sum(part.advance - overlap for part in extenders)
    missing = wanted_px / size_px - fixed_length
    count = min(MOST_REPEATS, max(0, math.ceil(missing / step))) if step > 0 else 0
    pieces = [part for part in parts for _ in range(count if part.is_extender else 1)]
    length = sum(part.advance for part in pieces) - overlap * (len(pieces) - 1)
    joints = max(1, len(pieces) - 1)
    surplus = max(0.0, length - wanted_px / size_px) / joints
    most = 0.6 * min(part.advance for part in pieces)
    return pieces, (overlap + min(surplus, most)) * size_px


def _assemble_vertically(
    font: MathFont, parts: tuple[GlyphPart, ...], wanted_px: float, size_px: float, axis_px: float, color: str | None
) -> Box:
    pieces, overlap = _repeated(font, parts, wanted_px, size_px)
    box = Box()
    position = 0.0
    for part in pieces:
        metrics = font.metrics(part.glyph)
        box.glyphs.append(PlacedGlyph(part.glyph, 0.0, -(position + metrics.descent * size_px), size_px, color))
        box.width = max(box.width, metrics.advance * size_px)
        position += part.advance * size_px - overlap
    total = position + overlap
    centred = Box(box.width, total / 2 + axis_px, total / 2 - axis_px)
    centred.place(box, 0, total / 2 - axis_px)
    return centred


def _assemble_horizontally(
    font: MathFont, parts: tuple[GlyphPart, ...], wanted_px: float, size_px: float, color: str | None
) -> Box:
    pieces, overlap = _repeated(font, parts, wanted_px, size_px)
    ink = [font.metrics(part.glyph) for part in pieces]
    box = Box(
        height=max(metrics.ascent for metrics in ink) * size_px, depth=max(metrics.descent for metrics in ink) * size_px
    )
    position = 0.0
    for part, metrics in zip(pieces, ink, strict=True):
        box.glyphs.append(PlacedGlyph(part.glyph, position - metrics.left * size_px, 0.0, size_px, color))
        position += part.advance * size_px - overlap
    box.width = position + overlap
    return box
