"""What is drawn around a part of a formula or through it: a box, strokes, an arrow."""

from __future__ import annotations

import math

from phidesk.ui.formula.boxes import LINE_EM, Box, PlacedBar, PlacedLine

_PADDING_EM = 0.25
_OVERHANG_EM = 0.08
"""Of a stroke over what it strikes out."""
_BARB_EM, _BARB_ANGLE = 0.28, math.radians(25)
"""Of the two short strokes at the tip of an arrow: their length, and how far they turn from its shaft."""
_DIVISION_GAP_EM = 0.1
_DIVISION_TIP = 0.3
"""Where the upper tip of the sign of long division is, as a share of its width."""


def draw_frame(content: Box, kind: str, *, size_px: float, axis_px: float, color: str | None) -> Box:
    """Return a box with what a `Framed` of this kind draws; `axis_px` is where the middle of small letters is."""
    if kind == "box":
        return _framed(content, size_px, color)
    line = LINE_EM * size_px
    box = Box(content.width, content.height, content.depth, content.italic)
    box.place(content, 0, 0)
    over = _OVERHANG_EM * size_px
    left, right = -over, content.width + over
    low, high = content.depth + over, -content.height - over
    if kind in ("rising", "cross", "arrow"):
        box.lines.append(PlacedLine(left, low, right, high, line, color))
    if kind == "arrow":
        slope = math.atan2(low - high, right - left)
        barb = _BARB_EM * size_px
        for angle in (slope - _BARB_ANGLE, slope + _BARB_ANGLE):
            x, y = right - barb * math.cos(angle), high + barb * math.sin(angle)
            box.lines.append(PlacedLine(x, y, right, high, line, color))
    if kind in ("falling", "cross"):
        box.lines.append(PlacedLine(left, high, right, low, line, color))
    if kind == "level":
        box.lines.append(PlacedLine(left, -axis_px, right, -axis_px, line, color))
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


def _framed(content: Box, size_px: float, color: str | None) -> Box:
    line, padding = LINE_EM * size_px, _PADDING_EM * size_px
    box = Box(content.width + 2 * padding, content.height + padding, content.depth + padding)
    box.place(content, padding, 0)
    size = box.height + box.depth
    for x, y, width, height in (
        (0.0, -box.height, box.width, line),
        (0.0, box.depth - line, box.width, line),
        (0.0, -box.height, line, size),
        (box.width - line, -box.height, line, size),
    ):
        box.bars.append(PlacedBar(x, y, width, height, color))
    return box
