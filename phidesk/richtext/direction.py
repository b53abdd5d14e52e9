"""Which way a text is written."""

from __future__ import annotations

import unicodedata

_LOOKED_AT = 200
"""Characters among which the direction of a text is looked for."""


def is_right_to_left_text(text: str) -> bool:
    """Whether the first letter of a text belongs to a script that is written from the right."""
    return is_right_to_left(text) is True


def is_right_to_left(text: str) -> bool | None:
    """Return the same; None where no letter says it."""
    for character in text[:_LOOKED_AT]:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return None
