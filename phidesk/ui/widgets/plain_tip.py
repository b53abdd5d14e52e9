"""Tips with words of others."""

from __future__ import annotations

from html import escape

from phidesk.ui.visible_text import visible_text


def plain_tip(text: str) -> str:
    """Return a tip that shows a text as it is, in lines that wrap: Qt takes what looks like HTML for HTML."""
    lines = "<br>".join(escape(visible_text(text)).splitlines())
    return f"<qt>{lines}</qt>" if text else ""
