"""The signs around a formula in markdown: what stands between them, and whether it wants a line of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DELIMITED = re.compile(r"(\$\$|\$|\\\[|\\\()(.*?)(\$\$|\$|\\\]|\\\))", re.DOTALL)
_DISPLAY = ("$$", "\\[")


@dataclass(frozen=True, slots=True)
class Delimited:
    """A formula's LaTeX without its delimiters."""

    source: str
    is_display: bool


def read_delimited(text: str) -> Delimited | None:
    """Take the delimiters off; None where there are none around the whole text."""
    found = _DELIMITED.fullmatch(text.strip())
    return Delimited(found[2], found[1] in _DISPLAY) if found is not None else None
