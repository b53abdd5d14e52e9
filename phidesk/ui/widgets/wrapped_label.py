"""Text that wraps in the width it is given, and never asks for more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


def make_wrapped_label(name: str, text: str = "", *, tone: str = "", step: str = "") -> QLabel:
    """Make a plain label; `tone` and `step` are those of the style sheet."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setProperty("tone", tone)
    label.setProperty("step", step)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
