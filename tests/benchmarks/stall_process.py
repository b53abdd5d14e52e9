"""The real window in a process of its own with a heartbeat on its main thread: idle first, then beside an answer.

Prints lines of JSON: by how many milliseconds each beat came late, idle and while it streamed; then the processor
seconds that a second took, idle and while it streamed.
"""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from phidesk.app import open_window
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.ui.application import make_application
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.theme.theme import Theme

BEAT_MS = 1
SETTLE_MS, IDLE_MS, BEGIN_MS, STREAM_MS = 2000, 3000, 1000, 8000


class Heartbeat(QObject):
    """Notes how late each beat of a timer of one millisecond comes."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._late_ms: list[float] = []
        self._last_s = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(BEAT_MS)

    def take(self) -> list[float]:
        """Return what was noted since the last call."""
        late_ms, self._late_ms = self._late_ms, []
        return late_ms

    def stop(self) -> None:
        """Let the processor rest."""
        self._timer.stop()

    def _on_beat(self) -> None:
        now_s = time.perf_counter()
        self._late_ms.append(max(0.0, (now_s - self._last_s) * 1000 - BEAT_MS))
        self._last_s = now_s


class Course(QObject):
    """What happens one after the other."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._heartbeat = Heartbeat(self)
        self._processor_s = 0.0
        self._idle_share = 0.0
        QTimer.singleShot(SETTLE_MS, self._begin_idle)

    def _begin_idle(self) -> None:
        self._heartbeat.take()
        self._processor_s = time.process_time()
        QTimer.singleShot(IDLE_MS, self._ask)

    def _ask(self) -> None:
        _print(self._heartbeat.take())
        self._idle_share = (time.process_time() - self._processor_s) / IDLE_MS * 1000
        composer = self._window.findChild(QPlainTextEdit, "composerInput")
        assert isinstance(composer, QPlainTextEdit)
        QTest.keyClicks(composer, "Tell me a long story.")
        QTest.keyClick(composer, Qt.Key.Key_Return)
        QTimer.singleShot(BEGIN_MS, self._begin_streaming)

    def _begin_streaming(self) -> None:
        self._heartbeat.take()
        self._processor_s = time.process_time()
        QTimer.singleShot(STREAM_MS, self._end)

    def _end(self) -> None:
        _print(self._heartbeat.take())
        _print([self._idle_share, (time.process_time() - self._processor_s) / STREAM_MS * 1000])
        self._window.close()


def _print(values: list[float]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Open the window and let the course run."""
    application = make_application(sys.argv)
    theme = Theme(application)
    main_thread = MainThread()
    with Services(find_paths(os.environ), os.environ, main_thread.post) as services:
        services.on_close(main_thread.close)
        window = open_window(theme, services)
        Course(window)
        application.exec()


if __name__ == "__main__":
    main()
