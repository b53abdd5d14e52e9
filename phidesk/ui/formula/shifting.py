"""Boxes that take other room than their ink needs, or stand higher or lower; and bars."""

from __future__ import annotations

from phidesk.richtext.formula.nodes import Bar, Shifted
from phidesk.ui.formula.boxes import Box, PlacedBar

_LEFT_OF_ORIGIN = {"l": 1.0, "c": 0.5, "r": 0.0}
"""The share of a box without width that stands at the left of its place."""


def shift(node: Shifted, content: Box, *, size_px: float, axis_px: float) -> Box:
    """Return what a node holds at its place, in the room that the node gives it."""
    raised = node.raised_em * size_px
    if node.is_centred:
        raised = axis_px - (content.height - content.depth) / 2
    box = Box()
    box.place(content, -content.width * _LEFT_OF_ORIGIN.get(node.lap, 0.0), -raised)
    box.cover(content, -raised)
    if not node.lap:
        box.width, box.italic = content.width, content.italic
    box.height = box.height if node.has_height else 0.0
    box.depth = box.depth if node.has_depth else 0.0
    return box


def lay_out_bar(node: Bar, *, size_px: float, color: str | None) -> Box:
    """Return a filled rectangle that stands on the base line, or so far above it."""
    width, height, raised = (length * size_px for length in (node.width_em, node.height_em, node.raised_em))
    bar = PlacedBar(0.0, -height - raised, width, height, color)
    return Box(width, max(0.0, height + raised), max(0.0, -raised), bars=[bar])
