"""The whole program in a process of its own, without a screen, for those that others kill."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QTimer

from phidesk.app import open_window
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.ui.application import make_application
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.theme.theme import Theme

PATIENCE_MS = 20_000


@contextmanager
def own_window() -> Iterator[MainWindow]:
    """Open the window and wait until it is complete; what the environment says is what it says to the program (PHIDESK_HOME, OLLAMA_HOST)."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application(sys.argv[:1])
    theme = Theme(application)
    main_thread = MainThread()
    with Services(find_paths(os.environ), os.environ, main_thread.post) as services:
        services.on_close(main_thread.close)
        window = open_window(theme, services)
        waiting = QEventLoop()  # QSignalSpy would keep Python's lock, which the thread needs that loads the rest.
        window.completed.connect(waiting.quit)
        QTimer.singleShot(PATIENCE_MS, waiting, lambda: waiting.exit(1))
        if waiting.exec():
            raise TimeoutError
        yield window
