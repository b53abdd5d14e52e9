"""Asks one question in the real window, as a person would: for the self-test and for measuring."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.main_window import MainWindow

LOOK_MS = 50
"""How often it is looked whether the answer has ended."""


class QuestionDriver(QObject):
    """Types a question, and closes the window when the answer has ended."""

    def __init__(self, window: MainWindow, question: str, *, patience_s: float) -> None:
        """After `patience_s` the window closes whatever has happened."""
        super().__init__(window)
        self._window = window
        self._question = question
        self._deadline_s = time.monotonic() + patience_s
        self._has_begun = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._on_timeout)

    def ask(self) -> None:
        """Type it and press Enter."""
        field = self._window.findChild(QPlainTextEdit, "composerInput")
        if field is None:
            raise LookupError("the window has no field to write in")
        field.insertPlainText(self._question)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")
            QCoreApplication.sendEvent(field, key)
        self._timer.start()

    def _on_timeout(self) -> None:
        page = self._window.findChild(ConversationPage)
        if page is None:
            raise LookupError("the window has no conversation")
        self._has_begun = self._has_begun or page.current_id is not None
        if (self._has_begun and not page.writing_ids) or time.monotonic() > self._deadline_s:
            self._timer.stop()
            self._window.close()
