"""The colours of the pieces of a window, by name of the piece: names of the theme's tokens."""

from __future__ import annotations

PIECE_COLORS = {
    "instructions": "code_name",
    "tools": "warning",
    "documents": "success",
    "summary": "muted",
    "earlier": "accent",
    "message": "text",
    "answer": "edge",
}
"""Each at least 3:1 against the grounds; what is free has none."""
