"""Prices in a text that also has formulas: which dollar signs begin none.

The parser takes "$5-$" for a formula where somebody writes $5-$10. By Pandoc's rule (manual, tex_math_dollars) a
closing sign is never followed by a digit; then the opening one is only a sign, and what follows may be a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

_POSSIBLE_PRICE = re.compile(rb"\S\$\d")
"""A sign that would close a formula but for the digit after it."""
_NEUTRAL = ord("%")
"""In the place of a dollar sign: punctuation as it is, and nothing to the parser."""
_MOST_PASSES = 8
"""Each halves the signs that stand in a chain ($1-$2-$3); nobody writes longer ones."""

Events = Iterable[tuple[Any, Any]]


def neutralise_prices(source: bytes, read_events: Callable[[bytes], Events]) -> bytes:
    """Return the text with other characters in the place of dollar signs that only seem to open formulas.

    `read_events` gives the parser's events with their ranges: it alone knows what stands in code and in addresses.
    """
    for _ in range(_MOST_PASSES):
        if _POSSIBLE_PRICE.search(source) is None:
            break
        openings = [
            span["start"]
            for event, span in read_events(source)
            if type(event) is dict and "InlineMath" in event and source[span["end"] : span["end"] + 1].isdigit()
        ]
        if not openings:
            break
        changed = bytearray(source)
        for opening in openings:
            changed[opening] = _NEUTRAL
        source = bytes(changed)
    return source
