"""The real window in a process of its own, which types a question as soon as it reads one: `python -m` this module.

Without a screen. What the environment says is what it says to the program (PHIDESK_HOME, OLLAMA_HOST).
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from phidesk.app import open_window
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.ui.application import make_application
from phidesk.ui.main_thread import MainThread
from phidesk.ui.theme.theme import Theme


def main() -> None:
    """Open the window, wait for a line on the standard input, type it, press Enter, and stay."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = make_application(sys.argv)
    theme = Theme(application)
    main_thread = MainThread()
    with Services(find_paths(os.environ), os.environ, main_thread.post) as services:
        services.on_close(main_thread.close)
        window = open_window(theme, services, services.open_profile())
        composer = window.findChild(QPlainTextEdit, "composerInput")
        assert isinstance(composer, QPlainTextEdit)
        QTest.keyClicks(composer, sys.stdin.readline().strip())
        QTest.keyClick(composer, Qt.Key.Key_Return)
        application.exec()


if __name__ == "__main__":
    main()
