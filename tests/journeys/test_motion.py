"""Nothing moves by itself, so that nobody has to ask for less motion: what appears, appears."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractAnimation, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted
from tests.journeys.program import open_program


def moving(window: QWidget) -> list[QAbstractAnimation]:
    """Return what is animated in a window, and by the style that draws it."""
    found = [*window.findChildren(QAbstractAnimation), *QApplication.style().findChildren(QAbstractAnimation)]
    return [animation for animation in found if animation.state() == QAbstractAnimation.State.Running]


def test_nothing_moves_while_an_answer_is_written_and_the_window_changes(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with OllamaDaemon([scripted()]) as daemon, open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        daemon.say(["One paragraph.\n\n" * 60, None, "more."])
        moved = []

        program.send("Say much")
        program.wait_for_text(longer_than=400)
        moved += moving(program.window)
        program.window.toggle_panel()
        moved += moving(program.window)
        for key in (Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_End):
            QTest.keyClick(program.transcript, key)
            moved += moving(program.window)
        daemon.go_on()
        program.wait_for_end()
        moved += moving(program.window)

    assert moved == []


def test_what_moves_would_be_found(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    bar = QProgressBar()
    bar.setRange(0, 0)
    qtbot.addWidget(bar)
    with qtbot.waitExposed(bar):
        bar.show()

    qtbot.waitUntil(lambda: bool(moving(bar)))
    qapp.setStyleSheet("")
    theme.deleteLater()
