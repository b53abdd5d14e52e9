"""Frames around parts of formulas, fillings behind them, and strokes through them."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet

from phidesk.richtext.formula.nodes import Framed
from phidesk.ui.formula.boxes import LINE_EM, Box, PlacedBar, PlacedFilling, PlacedLine, PlacedOutline, is_color

_STROKE_OVERHANG_EM = 0.08
_BARB_EM, _BARB_ANGLE = 0.28, math.radians(25)
"""Of the two short strokes at the tip of an arrow: their length, and how far they turn from its shaft."""
_DIVISION_GAP_EM = 0.1
_DIVISION_TIP = 0.3
"""Where the upper tip of the sign of long division is, as a share of its width."""
_CORNER_EM = 0.4
"""The radius of rounded corners."""
_SHADOW_EM = 0.12
_CIRCLE_PADDING_EM = 0.1
_ALL_SIDES = frozenset({"left", "right", "top", "bottom"})
_SIDES = {
    "box": _ALL_SIDES, "rounded": _ALL_SIDES, "shadow": _ALL_SIDES,
    "phase": frozenset({"left", "bottom"}), **{side: frozenset({side}) for side in _ALL_SIDES},
}  # fmt: skip
"""Where a kind of frame keeps a distance to what it holds."""


def draw_frame(node: Framed, content: Box, *, size_px: float, axis_px: float, color: str | None) -> Box:
    """Return what a node holds with all that the node draws around it, behind it and through it."""
    kinds = set(node.kind.split())
    fill = node.fill if is_color(node.fill) else None
    if node.fill != fill and not kinds:
        kinds = {"box"}  # Rather a frame than nothing.
    line, color = node.line_em * size_px, node.color or color
    struck = Box(content.width, content.height, content.depth, content.italic)
    struck.place(content, 0, 0)
    _strike(struck, kinds, size_px=size_px, axis_px=axis_px, line=line, color=color)
    sides = _ALL_SIDES if fill else frozenset().union(*(_SIDES.get(kind, frozenset()) for kind in kinds))
    box = _padded(struck, sides, kinds, node.padding_em * size_px, size_px)
    if fill:
        box = filled(box, fill, _CORNER_EM * size_px if "rounded" in kinds else 0.0)
    _enclose(box, kinds, size_px=size_px, line=line, color=color)
    return box


def draw_line_beside(content: Box, *, line: float, gap: float, color: str | None, is_below: bool) -> Box:
    """Return something with a line above or below it, over its whole width; lengths in pixels."""
    box = Box(content.width, content.height, content.depth)
    box.place(content, 0, 0)
    if is_below:
        box.bars.append(PlacedBar(0, content.depth + gap, content.width, line, color))
        box.depth += gap + 2 * line
    else:
        box.bars.append(PlacedBar(0, -content.height - gap - line, content.width, line, color))
        box.height += gap + 2 * line
    return box


def draw_division(content: Box, sign: Box, *, size_px: float, color: str | None) -> Box:
    """Return what is divided behind the sign of long division, with the line above it that begins at its upper tip."""
    line, gap = LINE_EM * size_px, _DIVISION_GAP_EM * size_px
    top = content.height + gap + line
    shift = sign.height - top
    box = Box(sign.width + gap + content.width, top, max(content.depth, sign.depth + shift))
    box.place(sign, 0, shift)
    box.place(content, sign.width + gap, 0)
    left = sign.width * _DIVISION_TIP
    box.bars.append(PlacedBar(left, -top, box.width - left, line, color))
    return box


def _padded(content: Box, sides: AbstractSet[str], kinds: AbstractSet[str], padding: float, size_px: float) -> Box:
    left, right, above, below = (padding if side in sides else 0.0 for side in ("left", "right", "top", "bottom"))
    if "circle" in kinds:  # The ellipse around a rectangle is higher and wider by the root of two.
        beside, upright = (
            (math.sqrt(2) - 1) / 2 * length + _CIRCLE_PADDING_EM * size_px
            for length in (content.width, content.height + content.depth)
        )
        left, right, above, below = max(left, beside), max(right, beside), max(above, upright), max(below, upright)
    if "phase" in kinds:
        left += (content.height + content.depth + above + below) / 2
    box = Box(left + content.width + right, content.height + above, content.depth + below)
    if not sides and "circle" not in kinds:
        box.italic = content.italic
    box.place(content, left, 0)
    return box


def filled(content: Box, fill: str, radius: float = 0.0) -> Box:
    """Return a box with a colour behind all of it; `radius` is that of its corners in pixels."""
    box = Box(content.width, content.height, content.depth, content.italic)
    box.tags, content.tags = content.tags, []  # They stand outside, at the margin.
    box.fillings.append(PlacedFilling(content, 0.0, 0.0, fill, radius))
    return box


def _enclose(box: Box, kinds: AbstractSet[str], *, size_px: float, line: float, color: str | None) -> None:
    size, bottom = box.height + box.depth, box.depth - line
    is_box = not kinds.isdisjoint({"box", "shadow"})
    for side, x, y, width, height in (
        ("top", 0.0, -box.height, box.width, line),
        ("bottom", 0.0, bottom, box.width, line),
        ("left", 0.0, -box.height, line, size),
        ("right", box.width - line, -box.height, line, size),
    ):
        if is_box or side in kinds:
            box.bars.append(PlacedBar(x, y, width, height, color))
    if "rounded" in kinds:
        corner = _CORNER_EM * size_px
        box.outlines.append(PlacedOutline(0.0, -box.height, box.width, size, corner, corner, line, color))
    if "circle" in kinds:
        box.outlines.append(PlacedOutline(0.0, -box.height, box.width, size, box.width / 2, size / 2, line, color))
    if "phase" in kinds:
        box.bars.append(PlacedBar(0.0, bottom, box.width, line, color))
        box.lines.append(PlacedLine(0.0, box.depth - line / 2, size / 2, -box.height, line, color))
    if "shadow" in kinds:
        thick = _SHADOW_EM * size_px
        box.bars.append(PlacedBar(box.width, thick - box.height, thick, size, color))
        box.bars.append(PlacedBar(thick, box.depth, box.width - thick, thick, color))
        box.width += thick
        box.depth += thick


def _strike(
    box: Box, kinds: AbstractSet[str], *, size_px: float, axis_px: float, line: float, color: str | None
) -> None:
    over = _STROKE_OVERHANG_EM * size_px
    left, right = -over, box.width + over
    low, high = box.depth + over, -box.height - over
    if not kinds.isdisjoint({"rising", "arrow"}):
        box.lines.append(PlacedLine(left, low, right, high, line, color))
    if "arrow" in kinds:
        slope = math.atan2(low - high, right - left)
        barb = _BARB_EM * size_px
        for angle in (slope - _BARB_ANGLE, slope + _BARB_ANGLE):
            x, y = right - barb * math.cos(angle), high + barb * math.sin(angle)
            box.lines.append(PlacedLine(x, y, right, high, line, color))
    if "falling" in kinds:
        box.lines.append(PlacedLine(left, high, right, low, line, color))
    if "level" in kinds:
        box.lines.append(PlacedLine(left, -axis_px, right, -axis_px, line, color))
    if "vertical" in kinds:
        box.lines.append(PlacedLine(box.width / 2, high, box.width / 2, low, line, color))
