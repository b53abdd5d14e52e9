"""What heads a few lines of a panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def make_section_title(words: str, *, tip: str = "") -> QLabel:
    """Make a muted, strong line; the tip has the technical word."""
    title = QLabel(words)
    title.setTextFormat(Qt.TextFormat.PlainText)
    title.setProperty("step", "section")
    title.setProperty("tone", "muted")
    title.setWordWrap(True)
    title.setToolTip(tip)
    return title
