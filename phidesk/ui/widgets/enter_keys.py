"""The keys that say "yes, this"."""

from __future__ import annotations

from PySide6.QtCore import Qt

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
