"""Where numerators and denominators stand: rule 15 of The TeXbook, appendix G, with the constants of the font."""

from __future__ import annotations

from phidesk.ui.formula.boxes import Box
from phidesk.ui.formula.math_font import MathFont

_INLINE_NUMERATOR_EM, _INLINE_DENOMINATOR_EM = 0.45, 0.43
"""Shifts of a fraction in running text. The font's are made for parts of full size and would tear lines apart."""


def fraction_shifts(
    font: MathFont, above: Box, below: Box, *, bar: float, size_px: float, is_display: bool
) -> tuple[float, float]:
    """Return how far numerator and denominator are from the base line, in pixels; `bar`: how thick it is, 0 none."""

    def px(constant: str) -> float:
        return font.constants[constant] * size_px

    suffix = "DisplayStyle" if is_display else ""
    if bar:
        axis = px("AxisHeight")
        gap = px("FractionNumDisplayStyleGapMin" if is_display else "FractionNumeratorGapMin")
        gap_below = px("FractionDenomDisplayStyleGapMin" if is_display else "FractionDenominatorGapMin")
        up, down = _INLINE_NUMERATOR_EM * size_px, _INLINE_DENOMINATOR_EM * size_px
        if is_display:
            up = px("FractionNumeratorDisplayStyleShiftUp")
            down = px("FractionDenominatorDisplayStyleShiftDown")
        return max(up, axis + bar / 2 + gap + above.depth), max(down, -axis + bar / 2 + gap_below + below.height)
    up, down = px(f"StackTop{suffix}ShiftUp"), px(f"StackBottom{suffix}ShiftDown")
    missing = px(f"Stack{suffix}GapMin") - ((up - above.depth) - (below.height - down))
    return up + max(0.0, missing) / 2, down + max(0.0, missing) / 2
