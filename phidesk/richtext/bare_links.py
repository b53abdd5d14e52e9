"""Web addresses that stand in a text without any markup, as models name their sources.

As GitHub's extension of markdown finds them (https://github.github.com/gfm/#autolinks-extension-), but for addresses
with their scheme only: what else looks like a host may be the name of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9_/])https?://"
    r"(?:(?![\u2018-\u201f\u202a-\u202e\u2039\u203a\u2066-\u2069\u3000-\u9fff\uac00-\ud7af\uff00-\uffef])[^\s<>\"«»])+",
    re.IGNORECASE,
)
"""Quotation marks end it, marks that turn the direction of writing, and scripts that part words by no blank."""
_TRAILING = "?!.,:;*_~'"
"""At the end these belong to the sentence."""


def find_bare_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the beginning and end of each address."""
    for match in _ADDRESS.finditer(text):
        address = _without_trailing(match[0])
        if address.partition("://")[2]:
            yield match.start(), match.start() + len(address)


def _without_trailing(address: str) -> str:
    """Leave out what ends the sentence, and brackets that were opened before the address."""
    while True:
        shorter = address.rstrip(_TRAILING)
        for opening, closing in ("()", "[]"):
            while shorter.endswith(closing) and shorter.count(closing) > shorter.count(opening):
                shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter
