"""The real window in a process of its own, in which keys are pressed as lines on the standard input say.

`ask TEXT` types a question; `press INDEX KEYS [TEXT]` lets a message have the focus, presses keys as QKeySequence reads
them, and types TEXT into the editor that opens, followed by Enter. Each line is answered with "done" once something else
is shown and nothing is being written. `type INDEX KEYS TEXT` is like `press` without Enter, and the last: the window stays so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_window import MainWindow
from tests.journeys.own_window import own_window

LOOK_MS = 10
PATIENCE_MS = 60_000


class Fingers:
    """What is pressed in the window."""

    def __init__(self, window: MainWindow) -> None:
        page, view = window.findChild(ConversationPage), window.findChild(TranscriptView)
        composer, editor = (window.findChild(QPlainTextEdit, name) for name in ("composerInput", "editorInput"))
        assert page is not None
        assert view is not None
        assert composer is not None
        assert editor is not None
        self._page, self._view, self._composer, self._editor = page, view, composer, editor

    def do(self, line: str) -> None:
        """Do what a line says, and wait until it shows."""
        if self._page.current_id is not None:
            wait(lambda: bool(self._shown()))
        before = self._shown()
        command, _, rest = line.partition(" ")
        if command == "type":
            self._retype(*rest.split(" ", 2))
            QApplication.exec()
        if command == "ask":
            self._type(self._composer, rest)
        else:
            self._press(*rest.split(" ", 2))
        wait(lambda: self._shown() != before and not self._page.writing_ids)

    def _press(self, index: str, keys: str, text: str = "") -> None:
        if text:
            self._retype(index, keys, text)
            QTest.keyClick(self._editor, Qt.Key.Key_Return)
        else:
            self._press_keys(index, keys)

    def _press_keys(self, index: str, keys: str) -> None:
        self._view.focus_message(self._view.content.messages[int(index)].key)
        QTest.keySequence(self._view, QKeySequence(keys))

    def _retype(self, index: str, keys: str, text: str) -> None:
        self._press_keys(index, keys)
        wait(self._editor.isVisible)
        self._editor.selectAll()
        QTest.keyClicks(self._editor, text)

    def _type(self, field: QPlainTextEdit, text: str) -> None:
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def _shown(self) -> list[tuple[str, str, str]]:
        return [(message.key, message.text, message.note) for message in self._view.content.messages]


def wait(condition: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    for _ in range(PATIENCE_MS // LOOK_MS):
        if condition():
            return
        QTest.qWait(LOOK_MS)
    raise TimeoutError


def main() -> None:
    """Open the window and do line after line, until the input ends or somebody kills us."""
    with own_window() as window:
        fingers = Fingers(window)
        for line in sys.stdin:
            fingers.do(line.strip())
            print("done", flush=True)  # noqa: T201 - whoever wrote the line waits for it


if __name__ == "__main__":
    main()
