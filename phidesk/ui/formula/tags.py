"""The numbers of equations: beside a line, or at the right margin of a column (The TeXbook, chapter 19)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from phidesk.richtext.formula.nodes import TAG_DISTANCE_EM, Node, Row, Tag
from phidesk.ui.formula.boxes import Box, PlacedTag

_LEAST_DISTANCE_EM = 1.0
"""From a line to its tag at the margin; nearer, the tag goes to a line of its own."""
_BETWEEN_EM = 0.5
"""Between the tags of one line."""
_BELOW_EM = 0.35
"""From a line to its tag in a line below."""


class TagPlace(Enum):
    """Where tags stand."""

    BESIDE = "beside"
    """Right behind their lines, as in running text."""
    MARGIN = "margin"
    BELOW = "below"
    """At the margin too, each in a line of its own."""


def without_tags(cell: Node) -> Node:
    """Return a cell of a table without the tags of its line."""
    if not isinstance(cell, Row) or not tags_in((cell,)):
        return cell
    return Row(tuple(child for child in cell.children if not isinstance(child, Tag)))


def tags_in(cells: Sequence[Node]) -> list[Tag]:
    """Return the tags of a line, whichever of its cells they were written in."""
    return [child for cell in cells if isinstance(cell, Row) for child in cell.children if isinstance(child, Tag)]


def add_tags(line: Box, labels: Sequence[Box], place: TagPlace, *, size_px: float, depth: float) -> None:
    """Let tags belong to a line, or to the last cell of one; `depth` is that of the whole line."""
    if not labels:
        return
    label = _beside_each_other(labels, size_px)
    if place is TagPlace.BELOW:
        y = max(line.depth, depth) + _BELOW_EM * size_px + label.height
        line.tags.append(PlacedTag(label, -math.inf, y))
        line.cover(label, y)
        return
    line.cover(label)
    if place is TagPlace.MARGIN:
        line.tags.append(PlacedTag(label, line.width + _LEAST_DISTANCE_EM * size_px, 0.0))
    else:
        distance = TAG_DISTANCE_EM * size_px
        line.place(label, line.width + distance, 0.0)
        line.width += distance + label.width


def have_room_beside(box: Box, column_px: float) -> bool:
    """Whether all tags of a formula can stand beside their lines in a column of this width."""
    return _most_left(box, _column(box, column_px)) >= 0


def place_tags(box: Box, column_px: float) -> Box:
    """Return a formula as wide as its column, or as it needs: itself in the middle, or so far left as tags want it."""
    column = _column(box, column_px)
    left, most_left = (column - box.width) / 2, _most_left(box, column)
    if left > most_left:
        left = max(0.0, most_left / 2)
    placed = Box(column, box.height, box.depth)
    placed.place(replace(box, tags=[]), left, 0.0)
    for tag in box.tags:
        placed.place(tag.box, column - tag.box.width, tag.y)
    return placed


def _beside_each_other(labels: Sequence[Box], size_px: float) -> Box:
    """Return the tags of one line, of which LaTeX allows only one."""
    all_of_them = Box()
    for label in labels:
        all_of_them.width += _BETWEEN_EM * size_px if all_of_them.width else 0.0
        all_of_them.place(label, all_of_them.width, 0.0)
        all_of_them.cover(label)
        all_of_them.width += label.width
    return all_of_them


def _column(box: Box, column_px: float) -> float:
    return max(column_px, box.width, *(tag.box.width for tag in box.tags))


def _most_left(box: Box, column: float) -> float:
    """Return how far right the formula may begin, at most."""
    return min(column - tag.box.width - tag.end for tag in box.tags)
