"""Buttons with words, and a name by which others find them."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


def make_button(name: str, words: str = "", *, kind: str = "") -> QPushButton:
    """Make a button; `kind` is that of the style sheet: primary, quiet, or none."""
    button = QPushButton(words)
    button.setObjectName(name)
    if kind:
        button.setProperty("kind", kind)
    return button
