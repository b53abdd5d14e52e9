"""Tips with words of others."""

from __future__ import annotations

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QWidget

_LONGEST_LINE_CHARACTERS = 80
"""What is longer is wrapped, which Qt does in HTML only."""


def plain_tip(text: str) -> str:
    """Return a tip that shows a text as it is, in lines that wrap: Qt takes what looks like HTML for HTML."""
    is_short = len(text) <= _LONGEST_LINE_CHARACTERS and "\n" not in text
    if is_short and not Qt.mightBeRichText(text):
        return text
    from html import escape  # noqa: PLC0415 - the first paint need not wait for the names of all characters

    lines = "<br>".join(escape(text).splitlines())
    return f"<qt>{lines}</qt>"


def set_plain_tip(widget: QWidget, text: str) -> None:
    """Give a widget a tip with words of others. Screen readers hear the words, without what keeps them plain."""
    tip = plain_tip(text)
    widget.setToolTip(tip)
    widget.setAccessibleDescription(text if tip != text else "")  # without one Qt takes the tip
