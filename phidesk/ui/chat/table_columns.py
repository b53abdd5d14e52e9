"""How wide the columns of a table are: decided by its first piece, so that all pieces of a long table fit together."""

from __future__ import annotations

from collections.abc import Sequence

COMFORTABLE_EMS = 12
"""A column with more text than this is not made narrower: rather the table scrolls sideways."""
WIDEST_EMS = 30
"""Longer text wraps within its column, however much room there is."""


def column_widths(natural: Sequence[int], room: int, em: int) -> tuple[int, ...]:
    """Return the width of each column. Together they are wider than `room` only if they must.

    `natural` is the width of each where nothing wraps, `em` the size of the letters.
    """
    wished = [min(width, WIDEST_EMS * em) for width in natural]
    excess = sum(wished) - room
    if excess <= 0:
        return tuple(wished)
    least = [min(width, COMFORTABLE_EMS * em) for width in wished]
    spare = sum(wished) - sum(least)
    if spare <= excess:
        return tuple(least)
    return tuple(
        width - ((width - smallest) * excess + spare - 1) // spare
        for width, smallest in zip(wished, least, strict=True)
    )
