"""The real window in a process of its own, in which a person leaves much unsent: `python -m` this module FILE…

Asks a question, queues two messages while it is answered, pastes a long text, gives the files, types half a thought,
and stays. Without a screen; what the environment says is what it says to the program.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QKeySequence, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.queue_view import QueueView
from tests.journeys.own_window import own_window

LONG = "five thousand characters\n" * 200
QUESTION, QUEUED, HALF = "First?", ("Second?", "Third?"), "half a thought"


def main(files: list[Path]) -> None:
    """Open the window and leave everything in it."""
    with own_window() as window:
        field, composer = window.findChild(QPlainTextEdit, "composerInput"), window.findChild(Composer)
        queue = window.findChild(QueueView)
        assert isinstance(field, QPlainTextEdit)
        assert isinstance(composer, Composer)
        assert isinstance(queue, QueueView)
        _send(field, QUESTION)
        _wait(lambda: window.windowTitle().startswith(QUESTION))
        for text in QUEUED:
            _send(field, text)
        _wait(lambda: len(queue.messages) == len(QUEUED))
        _paste(field, _text(LONG))
        _paste(field, _files(files))
        _wait(lambda: len(composer.draft.files) == 1 + len(files))
        QTest.keyClicks(field, HALF)
        QApplication.exec()


def _send(field: QPlainTextEdit, text: str) -> None:
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def _paste(field: QPlainTextEdit, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))


def _text(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def _files(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def _wait(condition: Callable[[], bool]) -> None:
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
