"""Pictures of the running program, to be looked at: `python -m tests.journeys.screenshots FOLDER [MODE] [SIZE] [rtl]`.

Asks the practice model a question in the real window and takes pictures of the beginning, of waiting, and of the
answer with the panel open. MODE is light, dark, or the name of a palette of `high_contrast`, SIZE the text size in pixels.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from phidesk.app import open_window
from phidesk.core.paths import HOME_VARIABLE, find_paths
from phidesk.services import Services
from phidesk.ui.application import make_application
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.question_driver import QuestionDriver
from phidesk.ui.theme.theme import Theme
from tests.journeys.program import NO_OLLAMA
from tests.ui.high_contrast import PALETTES, contrast_theme

QUESTION = "What is a primary colour? Give a short list."
PATIENCE_S = 120
ENGINE_FOUND_MS = 1500
"""After this time the sidebar says who would answer."""


class Camera(QObject):
    """Takes a picture a while after the window is painted, and before it closes."""

    def __init__(self, window: MainWindow, folder: Path, prefix: str) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._prefix = prefix
        window.closing.connect(self._on_closing)

    def take(self, name: str) -> None:
        self._window.grab().save(str(self._folder / f"{self._prefix}-{name}.png"))

    def _on_closing(self) -> None:
        self.take("answer")
        self._window.toggle_panel()
        QApplication.processEvents()
        self.take("panel")


def main(folder: Path, mode: str, size: int, *, is_right_to_left: bool) -> None:
    """Open the program, ask, take the pictures."""
    application = make_application(sys.argv[:1])
    if is_right_to_left:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    theme = contrast_theme(application, mode, size) if mode in PALETTES else Theme(application, mode, size)
    main_thread = MainThread()
    with tempfile.TemporaryDirectory() as home:
        environment = {HOME_VARIABLE: home, "OLLAMA_HOST": NO_OLLAMA, "PHIDESK_OLLAMA": "none"}
        with Services(find_paths(environment), environment, main_thread.post) as services:
            services.on_close(main_thread.close)
            window = open_window(theme, services)
            window.resize(1280, 800)
            camera = Camera(window, folder, f"{mode}-{size}" + ("-rtl" if is_right_to_left else ""))
            driver = QuestionDriver(window, QUESTION, patience_s=PATIENCE_S)
            QTimer.singleShot(ENGINE_FOUND_MS, partial(camera.take, "start"))
            QTimer.singleShot(ENGINE_FOUND_MS, driver.ask)
            application.exec()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    arguments = sys.argv[1:]
    main(
        Path(arguments[0]),
        arguments[1] if len(arguments) > 1 else "light",
        int(arguments[2]) if len(arguments) > 2 else 15,
        is_right_to_left="rtl" in arguments,
    )
