"""The signs around a formula in markdown: what stands between them, and whether it wants a line of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

DISPLAY_ENVIRONMENTS = (
    "equation", "align", "aligned", "alignat", "gather", "gathered", "multline", "flalign", "eqnarray", "displaymath",
)  # fmt: skip
"""Formulas that models also write without delimiters around them."""
_ENVIRONMENT = re.compile(rf"\\begin\{{({'|'.join(DISPLAY_ENVIRONMENTS)})(\*?)\}}.*\\end\{{\1\2\}}", re.DOTALL)
_DELIMITED = re.compile(r"(\$\$|\$|\\\[|\\\()(.*?)(\$\$|\$|\\\]|\\\))", re.DOTALL)
_DISPLAY = ("$$", "\\[")


@dataclass(frozen=True, slots=True)
class Delimited:
    """A formula's LaTeX without its delimiters."""

    source: str
    is_display: bool


def read_delimited(text: str) -> Delimited | None:
    """Take the delimiters off; None where there are none around the whole text. Environments and boxes need none."""
    text = text.strip()
    if _ENVIRONMENT.fullmatch(text) or text.startswith("\\boxed{"):
        return Delimited(text, is_display=not text.startswith("\\boxed"))
    found = _DELIMITED.fullmatch(text)
    return Delimited(found[2], found[1] in _DISPLAY) if found is not None else None
