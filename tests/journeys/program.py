"""The whole program in this process: real services, a real window, a folder of its own, and the hands of a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from phidesk.app import open_window
from phidesk.core.paths import HOME_VARIABLE, find_paths
from phidesk.profile import Profile
from phidesk.services import Services
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.gauge_line import GaugeLine
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.theme.theme import Theme

NO_OLLAMA = "http://127.0.0.1:1"
PATIENCE_MS = 60_000
Kind = TypeVar("Kind", bound=QWidget)


@dataclass(frozen=True)
class Program:
    """The open window and what stands behind it."""

    qtbot: QtBot
    services: Services
    profile: Profile
    window: MainWindow
    theme: Theme

    @property
    def page(self) -> ConversationPage:
        return self.child(ConversationPage)

    @property
    def transcript(self) -> TranscriptView:
        return self.child(TranscriptView)

    @property
    def gauge_line(self) -> GaugeLine:
        return self.child(GaugeLine)

    @property
    def input(self) -> QPlainTextEdit:
        return self.child(QPlainTextEdit, "composerInput")

    def child(self, kind: type[Kind], name: str = "") -> Kind:
        """Find a widget by kind and name."""
        found = self.window.findChild(kind, name) if name else self.window.findChild(kind)
        assert isinstance(found, kind)
        return found

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the cursor is."""
        QTest.keyClick(self.input, key, modifiers)

    def send(self, text: str) -> None:
        """Type a question and press Enter."""
        QTest.keyClicks(self.input, text)
        self.press(Qt.Key.Key_Return)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def wait_for_text(self, *, longer_than: int = 0) -> None:
        """Wait until some of the answer is shown."""
        self.wait(lambda: len(self.transcript.content.messages) % 2 == 0 and len(self.shown_answer) > longer_than)

    def wait_for_end(self) -> None:
        """Wait until the answer has ended, is on disk, and is shown to its end."""
        self.wait(lambda: bool(self.transcript.content.messages) and not self.page.writing_ids)
        self.wait(lambda: self.transcript.streaming_idle)

    @property
    def shown_answer(self) -> str:
        """The last message as a person reads it."""
        count = len(self.transcript.content.messages)
        return self.transcript.readable_text(count - 1) if count else ""


@contextmanager
def open_program(
    qtbot: QtBot,
    application: QApplication,
    home: Path,
    *,
    ollama: str = NO_OLLAMA,
    executable: str = "none",
    mode: str = "light",
    services: type[Services] = Services,
) -> Iterator[Program]:
    """Open the program as `phidesk.app` does, and close it as a person does.

    `executable` is an installed Ollama that may be started where `ollama` says; `services` may have other engines.
    """
    environment = {HOME_VARIABLE: str(home), "OLLAMA_HOST": ollama, "PHIDESK_OLLAMA": executable}
    theme = Theme(application, mode)
    main_thread = MainThread()
    with services(find_paths(environment), environment, main_thread.post) as opened:
        opened.on_close(main_thread.close)
        window = open_window(theme, opened)
        with qtbot.waitSignal(window.completed, timeout=PATIENCE_MS):
            qtbot.waitExposed(window)
        try:
            yield Program(qtbot, opened, opened.open_profile(), window, theme)
        finally:
            window.close()
    window.deleteLater()
    application.setStyleSheet("")
    theme.deleteLater()
