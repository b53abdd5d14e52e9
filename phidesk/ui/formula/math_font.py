"""A font for mathematics: its glyphs and what its table MATH says about setting them.

The table: https://learn.microsoft.com/typography/opentype/spec/math. All lengths are given in em.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QRawFont

_BASE_PX = 1000.0
"""Glyphs are measured in this size: large enough that nothing is rounded."""
_CONSTANTS = (
    "ScriptPercentScaleDown", "ScriptScriptPercentScaleDown", "DelimitedSubFormulaMinHeight",
    "DisplayOperatorMinHeight", "MathLeading", "AxisHeight", "AccentBaseHeight", "FlattenedAccentBaseHeight",
    "SubscriptShiftDown", "SubscriptTopMax", "SubscriptBaselineDropMin", "SuperscriptShiftUp",
    "SuperscriptShiftUpCramped", "SuperscriptBottomMin", "SuperscriptBaselineDropMax", "SubSuperscriptGapMin",
    "SuperscriptBottomMaxWithSubscript", "SpaceAfterScript", "UpperLimitGapMin", "UpperLimitBaselineRiseMin",
    "LowerLimitGapMin", "LowerLimitBaselineDropMin", "StackTopShiftUp", "StackTopDisplayStyleShiftUp",
    "StackBottomShiftDown", "StackBottomDisplayStyleShiftDown", "StackGapMin", "StackDisplayStyleGapMin",
    "StretchStackTopShiftUp", "StretchStackBottomShiftDown", "StretchStackGapAboveMin", "StretchStackGapBelowMin",
    "FractionNumeratorShiftUp", "FractionNumeratorDisplayStyleShiftUp", "FractionDenominatorShiftDown",
    "FractionDenominatorDisplayStyleShiftDown", "FractionNumeratorGapMin", "FractionNumDisplayStyleGapMin",
    "FractionRuleThickness", "FractionDenominatorGapMin", "FractionDenomDisplayStyleGapMin",
    "SkewedFractionHorizontalGap", "SkewedFractionVerticalGap", "OverbarVerticalGap", "OverbarRuleThickness",
    "OverbarExtraAscender", "UnderbarVerticalGap", "UnderbarRuleThickness", "UnderbarExtraDescender",
    "RadicalVerticalGap", "RadicalDisplayStyleVerticalGap", "RadicalRuleThickness", "RadicalExtraAscender",
    "RadicalKernBeforeDegree", "RadicalKernAfterDegree", "RadicalDegreeBottomRaisePercent",
)  # fmt: skip
"""The fields of the table MathConstants, in its order."""
_PERCENTS = (0, 1, 55)
_PLAIN_NUMBERS = 4
"""The first constants have no device table behind them."""


@dataclass(frozen=True, slots=True)
class GlyphMetrics:
    """Of one glyph, in em: how far the next one is, and how far its ink reaches."""

    advance: float
    ascent: float
    descent: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class GlyphPart:
    """A piece of an assembled glyph; an extender may be repeated."""

    glyph: int
    advance: float
    is_extender: bool


@dataclass(frozen=True, slots=True)
class Variants:
    """Larger forms of a glyph, with their sizes, and the pieces that make one of any size."""

    sizes: tuple[tuple[int, float], ...] = ()
    parts: tuple[GlyphPart, ...] = ()


class MathFont:
    """One font file. Belongs to the main thread."""

    def __init__(self, path: Path) -> None:
        """Read the font.

        Raises:
            ValueError: the file is no font with a table MATH.
        """
        self._font = QRawFont(str(path), _BASE_PX)
        self._table = bytes(self._font.fontTable("MATH").data()) if self._font.isValid() else b""
        if not self._table:
            raise ValueError(f"no font for mathematics: {path.name}")
        self._units = self._font.unitsPerEm()
        self._sized: dict[float, QRawFont] = {}
        self._glyphs: dict[str, int] = {}
        self._metrics: dict[int, GlyphMetrics] = {}
        constants, glyph_info, variants = (self._unsigned(offset) for offset in (4, 6, 8))
        self.constants = self._read_constants(constants)
        self._italics = self._read_corrections(glyph_info, 0)
        self._accent_places = self._read_corrections(glyph_info, 2)
        self.connector_overlap = self._unsigned(variants) / self._units
        self._vertical = self._read_constructions(variants, 2, 6, 10)
        self._horizontal = self._read_constructions(variants, 4, 8, 10 + 2 * self._unsigned(variants + 6))

    def raw_font(self, size_px: float) -> QRawFont:
        """Return the font in a size, for drawing."""
        font = self._sized.get(size_px)
        if font is None:
            font = QRawFont(self._font)
            font.setPixelSize(size_px)
            self._sized[size_px] = font
        return font

    def glyph(self, character: str) -> int:
        """Return the glyph of a character, 0 where the font has none."""
        glyph = self._glyphs.get(character)
        if glyph is None:
            found = self._font.glyphIndexesForString(character)
            glyph = self._glyphs[character] = found[0] if found else 0
        return glyph

    def metrics(self, glyph: int) -> GlyphMetrics:
        """Measure a glyph."""
        metrics = self._metrics.get(glyph)
        if metrics is None:
            box = self._font.boundingRect(glyph)
            advance = self._font.advancesForGlyphIndexes([glyph])[0].x()
            lengths = (advance, -box.top(), box.bottom(), box.left(), box.right())
            metrics = self._metrics[glyph] = GlyphMetrics(*(length / _BASE_PX for length in lengths))
        return metrics

    def italic_correction(self, glyph: int) -> float:
        """Return how far the top of a slanted glyph leans over its advance."""
        return self._italics.get(glyph, 0.0)

    def accent_place(self, glyph: int) -> float | None:
        """Return where the middle of an accent belongs; None: the middle of the glyph."""
        return self._accent_places.get(glyph)

    def vertical_variants(self, glyph: int) -> Variants:
        """Return the taller forms of a glyph."""
        return self._read_variants(self._vertical.get(glyph))

    def horizontal_variants(self, glyph: int) -> Variants:
        """Return the wider forms of a glyph."""
        return self._read_variants(self._horizontal.get(glyph))

    # The table

    def _unsigned(self, offset: int) -> int:
        return int(struct.unpack_from(">H", self._table, offset)[0])

    def _signed(self, offset: int) -> int:
        return int(struct.unpack_from(">h", self._table, offset)[0])

    def _read_constants(self, offset: int) -> dict[str, float]:
        constants: dict[str, float] = {}
        for number, name in enumerate(_CONSTANTS):
            value = self._signed(offset)
            constants[name] = value / 100 if number in _PERCENTS else value / self._units
            offset += 2 if number < _PLAIN_NUMBERS else 4
        return constants

    def _covered(self, offset: int) -> Iterator[int]:
        """Yield the glyphs of a coverage table in its order."""
        count = self._unsigned(offset + 2)
        if self._unsigned(offset) == 1:
            yield from (self._unsigned(offset + 4 + 2 * number) for number in range(count))
            return
        for number in range(count):
            first, last, _ = struct.unpack_from(">HHH", self._table, offset + 4 + 6 * number)
            yield from range(first, last + 1)

    def _read_corrections(self, glyph_info: int, place: int) -> dict[int, float]:
        relative = self._unsigned(glyph_info + place)
        if not relative:
            return {}
        start = glyph_info + relative
        glyphs = self._covered(start + self._unsigned(start))
        return {glyph: self._signed(start + 4 + 4 * number) / self._units for number, glyph in enumerate(glyphs)}

    def _read_constructions(self, variants: int, coverage: int, count: int, first: int) -> dict[int, int]:
        relative = self._unsigned(variants + coverage)
        if not relative or not self._unsigned(variants + count):
            return {}
        glyphs = self._covered(variants + relative)
        return {glyph: variants + self._unsigned(variants + first + 2 * number) for number, glyph in enumerate(glyphs)}

    def _read_variants(self, offset: int | None) -> Variants:
        if offset is None:
            return Variants()
        assembly = self._unsigned(offset)
        count = self._unsigned(offset + 2)
        sizes = tuple(
            (self._unsigned(offset + 4 + 4 * number), self._unsigned(offset + 6 + 4 * number) / self._units)
            for number in range(count)
        )
        return Variants(sizes, self._read_parts(offset + assembly) if assembly else ())

    def _read_parts(self, offset: int) -> tuple[GlyphPart, ...]:
        parts: list[GlyphPart] = []
        for number in range(self._unsigned(offset + 4)):
            glyph, _, _, advance, flags = struct.unpack_from(">HHHHH", self._table, offset + 6 + 10 * number)
            parts.append(GlyphPart(glyph, advance / self._units, bool(flags & 1)))
        return tuple(parts)
