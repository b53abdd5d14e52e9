"""Where scripts and limits stand: rules 13 and 18 of The TeXbook, appendix G, with the constants of the font.

Lengths are pixels, the letters around `size_px` high.
"""

from __future__ import annotations

from phidesk.richtext.formula.nodes import Accent, Atom, Node, Row, Scripts, Symbol, Word
from phidesk.richtext.formula.symbols import LINE_ABOVE, LINE_BELOW
from phidesk.ui.formula.boxes import Box
from phidesk.ui.formula.math_font import MathFont


def script_shifts(
    font: MathFont, above: Box | None, below: Box | None, edges: Box | None, *, size_px: float, is_cramped: bool
) -> tuple[float, float]:
    """Return how far scripts are from the base line: as at any letter, or following the `edges` of what is none."""

    def px(constant: str) -> float:
        return font.constants[constant] * size_px

    up = down = 0.0
    if above is not None:
        usual = px("SuperscriptShiftUpCramped" if is_cramped else "SuperscriptShiftUp")
        up = max(usual, px("SuperscriptBottomMin") + above.depth)
        if edges is not None:
            up = max(up, edges.height - px("SuperscriptBaselineDropMax"))
    if below is not None:
        down = max(px("SubscriptShiftDown"), below.height - px("SubscriptTopMax"))
        if edges is not None:
            down = max(down, edges.depth + px("SubscriptBaselineDropMin"))
    if above is not None and below is not None:
        missing = px("SubSuperscriptGapMin") - (up - above.depth) + (below.height - down)
        if missing > 0:
            down += missing
            too_low = max(0.0, px("SuperscriptBottomMaxWithSubscript") - (up - above.depth))
            up, down = up + too_low, down - too_low
    return up, down


def stack(font: MathFont, base: Box, top: Box | None, bottom: Box | None, *, size_px: float, is_arrow: bool) -> Box:
    """Return a base with something in the middle above and below it.

    Whatever its letters, it stands at the same height above, and at the same below; nearer where the base is an arrow.
    """

    def px(constant: str) -> float:
        return font.constants[constant] * size_px

    width = max([base.width, *(part.width for part in (top, bottom) if part is not None)])
    box = Box(width, base.height, base.depth)
    box.place(base, (width - base.width) / 2, 0)
    if top is not None:
        gap, rise = px("UpperLimitGapMin"), 0.0 if is_arrow else px("UpperLimitBaselineRiseMin")
        y = -(base.height + max(gap + top.depth, rise))
        box.place(top, (width - top.width + base.italic) / 2, y)
        box.cover(top, y)
    if bottom is not None:
        gap, drop = px("LowerLimitGapMin"), 0.0 if is_arrow else px("LowerLimitBaselineDropMin")
        y = base.depth + max(gap + bottom.height, drop)
        box.place(bottom, (width - bottom.width - base.italic) / 2, y)
        box.cover(bottom, y)
    return box


def is_written(node: Node) -> bool:
    """Whether scripts stand at the same heights whatever it is, as at letters: the numbers in "Mg(OH)2" are level.

    A letter stays one under its accent, and before the exponent that comes after its primes.
    """
    if isinstance(node, Accent):
        return not node.is_below and node.mark not in (LINE_ABOVE, LINE_BELOW) and is_written(node.base)
    if isinstance(node, Scripts):
        return is_primed(node) and is_written(node.base)
    if isinstance(node, Row):  # An upright word, as "mol" beside "K".
        letters = (isinstance(child, Symbol) and child.atom is Atom.ORDINARY for child in node.children)
        return bool(node.children) and all(letters)
    return node.atom is not Atom.OPERATOR if isinstance(node, Symbol) else isinstance(node, Word)


def is_primed(node: Node) -> bool:
    """Whether something has primes and no other script."""
    return isinstance(node, Scripts) and node.below is None and node.above is not None and is_primes(node.above)


def is_primes(node: Node) -> bool:
    """Whether a script is only primes: their glyph is raised already."""
    children = node.children if isinstance(node, Row) else (node,)
    return bool(children) and all(isinstance(child, Symbol) and child.character == "′" for child in children)
