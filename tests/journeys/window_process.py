"""The real window in a process of its own, which types a question as soon as it reads one: `python -m` this module.

Without a screen. What the environment says is what it says to the program (PHIDESK_HOME, OLLAMA_HOST).
"""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from tests.journeys.own_window import own_window


def main() -> None:
    """Open the window, wait for a line on the standard input, type it, press Enter, and stay."""
    with own_window() as window:
        composer = window.findChild(QPlainTextEdit, "composerInput")
        assert isinstance(composer, QPlainTextEdit)
        QTest.keyClicks(composer, sys.stdin.readline().strip())
        QTest.keyClick(composer, Qt.Key.Key_Return)
        QApplication.exec()


if __name__ == "__main__":
    main()
