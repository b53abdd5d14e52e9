"""Places in texts as Qt counts them: characters beyond the first plane of Unicode take two."""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """Return how many positions of Qt a text takes. Half a character takes one."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
