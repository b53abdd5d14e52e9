"""Tips that name the keys of what they explain."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence


def key_tip(words: str, keys: str) -> str:
    """Add keys ("Ctrl+N") as this system writes them: "New conversation (⌘N)" on macOS."""
    written = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return QCoreApplication.translate("KeyTip", "{words} ({keys})").format(words=words, keys=written)
