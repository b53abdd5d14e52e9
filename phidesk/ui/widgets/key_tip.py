"""Tips that name the keys of what they explain."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from phidesk.ui.shortcuts import Shortcut


def key_tip(words: str, keys: Shortcut | str) -> str:
    """Add keys ("Ctrl+N") as this system writes them: "New conversation (⌘N)" on macOS."""
    native = QKeySequence.SequenceFormat.NativeText
    written = keys.keys if isinstance(keys, Shortcut) else QKeySequence(keys).toString(native)
    return QCoreApplication.translate("KeyTip", "{words} ({keys})").format(words=words, keys=written)
