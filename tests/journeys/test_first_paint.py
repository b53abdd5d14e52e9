"""What is painted first is the window as it will be: what comes after it moves nothing and loses no key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from phidesk.app import open_window
from phidesk.core.paths import HOME_VARIABLE, find_paths
from phidesk.services import Services
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import HELP_PAGE, MODELS_PAGE
from phidesk.ui.theme.theme import Theme
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.journeys.program import NO_OLLAMA, PATIENCE_MS, open_program
from tests.ui.tabbing import focused_widget

PARTS = ("sidebar", "conversationHeader", "composer", "composerInput", "gaugeLine", "greeting", "detailsPanel")

MOST_MADE_AT_ONCE = 175
"""Widgets: the panel without its largest part has 166, and is made in one piece of work."""
MOST_STEPS = 40
"""More than there are controls to be reached by Tab."""


@contextmanager
def opening(application: QApplication, home: Path) -> Iterator[MainWindow]:
    """Open the window, and leave it before its event loop has run."""
    environment = {HOME_VARIABLE: str(home), "OLLAMA_HOST": NO_OLLAMA, "PHIDESK_OLLAMA": "none"}
    theme = Theme(application, "light")
    main_thread = MainThread()
    with Services(find_paths(environment), environment, main_thread.post) as services:
        services.on_close(main_thread.close)
        window = open_window(theme, services)
        yield window
        window.close()
    window.deleteLater()
    application.setStyleSheet("")
    theme.deleteLater()


def places(window: MainWindow) -> dict[str, QRect]:
    """Where the parts that are seen stand."""
    found = [(name, window.findChild(QWidget, name)) for name in PARTS]
    return {
        name: QRect(part.mapTo(window, QPoint()), part.size())
        for name, part in found
        if part is not None and part.isVisible()
    }


def title_of(window: MainWindow) -> str:
    title = window.findChild(QLabel, "conversationTitle")
    assert title is not None
    return title.text()


@pytest.mark.parametrize("has_panel", [False, True])
def test_nothing_moves_when_the_rest_comes(qtbot: QtBot, qapp: QApplication, tmp_path: Path, has_panel: bool) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        if has_panel:
            program.window.toggle_panel()

    with opening(qapp, tmp_path) as window:
        first = places(window)
        with qtbot.waitSignal(window.completed, timeout=PATIENCE_MS):
            pass
        qtbot.wait(0)

        assert places(window) == first
        assert ("detailsPanel" in first) == has_panel


def test_nothing_is_gone_for_a_while_when_the_rest_comes(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    seen: list[dict[str, QRect]] = []

    with opening(qapp, tmp_path) as window:
        first = places(window)
        watch = QTimer(window)
        watch.timeout.connect(lambda: seen.append(places(window)))
        watch.start(0)
        with qtbot.waitSignal(window.completed, timeout=PATIENCE_MS):
            pass
        watch.stop()

    assert len(seen) > 1
    assert "composer" in first
    assert [found for found in seen if found != first] == []


def test_a_conversation_that_was_in_view_is_never_greeted(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with OllamaDaemon([phi4_mini()]) as daemon, open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        program.send("What is a fox?")
        program.wait_for_end()
    seen: list[bool] = []

    with opening(qapp, tmp_path) as window:
        greeting, title = window.findChild(QLabel, "greeting"), title_of(window)
        assert greeting is not None
        assert title == "What is a fox?"
        seen.append(greeting.isVisible())
        with qtbot.waitSignal(window.completed, timeout=PATIENCE_MS):
            pass
        seen.append(greeting.isVisible())
        transcript = window.findChild(TranscriptView)
        assert transcript is not None
        qtbot.waitUntil(lambda: len(transcript.content.messages) == 2)

        assert not any(seen)
        assert title_of(window) == title


def test_what_is_typed_into_the_first_paint_is_there(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with opening(qapp, tmp_path) as window:
        field = window.findChild(QPlainTextEdit, "composerInput")
        assert field is not None

        QTest.keyClicks(field, "What is")
        with qtbot.waitSignal(window.completed, timeout=PATIENCE_MS):
            pass
        QTest.keyClicks(QApplication.focusWidget() or field, " a fox?")

        assert field.toPlainText() == "What is a fox?"
        assert window.findChild(ConversationPage) is not None


@pytest.fixture
def first_paint(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    """A window that is painted, but not complete."""
    with opening(qapp, tmp_path) as window:
        completed: list[bool] = []
        window.completed.connect(lambda: completed.append(True))
        with qtbot.waitSignal(window.painted, timeout=PATIENCE_MS):
            pass
        yield window
        qtbot.waitUntil(lambda: bool(completed), timeout=PATIENCE_MS)


def test_the_event_loop_runs_while_the_rest_is_made(first_paint: MainWindow, qtbot: QtBot) -> None:
    made = [len(QApplication.allWidgets())]
    beat = QTimer()
    beat.timeout.connect(lambda: made.append(len(QApplication.allWidgets())))

    with qtbot.waitSignal(first_paint.completed, timeout=PATIENCE_MS):
        beat.start(0)
    made.append(len(QApplication.allWidgets()))
    beat.stop()

    assert max(after - before for before, after in pairwise(made)) <= MOST_MADE_AT_ONCE


def test_keys_pressed_into_the_first_paint_do_what_they_mean(first_paint: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(first_paint.windowHandle(), Qt.Key.Key_H)
    QTest.keyClick(first_paint.windowHandle(), Qt.Key.Key_I)
    QTest.keyClick(first_paint.windowHandle(), Qt.Key.Key_F1)

    qtbot.waitUntil(lambda: first_paint.page_name == HELP_PAGE, timeout=PATIENCE_MS)
    field = first_paint.findChild(QPlainTextEdit, "composerInput")
    assert field is not None
    assert field.toPlainText() == "hi"


def test_a_click_into_the_first_paint_does_what_it_means(first_paint: MainWindow, qtbot: QtBot) -> None:
    button = first_paint.findChild(QAbstractButton, "modelsPageButton")
    assert button is not None
    middle = button.mapTo(first_paint, button.rect().center())

    QTest.mouseClick(first_paint.windowHandle(), Qt.MouseButton.LeftButton, pos=middle)

    qtbot.waitUntil(lambda: first_paint.page_name == MODELS_PAGE, timeout=PATIENCE_MS)


def test_a_window_closed_at_its_first_paint_closes_when_it_is_complete(first_paint: MainWindow, qtbot: QtBot) -> None:
    first_paint.close()
    was_closed_at_once = not first_paint.isVisible()

    with qtbot.waitSignal(first_paint.closing, timeout=PATIENCE_MS):
        pass

    assert not was_closed_at_once
    assert first_paint.findChild(ConversationPage) is not None
    qtbot.waitUntil(lambda: not first_paint.isVisible())


@pytest.mark.parametrize("has_panel", [False, True])
def test_back_by_tab_the_keyboard_follows_the_eye_through_what_came_later(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, has_panel: bool
) -> None:
    with OllamaDaemon([phi4_mini()]) as daemon, open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        program.send("What is a fox?")
        program.wait_for_end()
        if has_panel:
            program.window.toggle_panel()
    panel = ["closePanel"] if has_panel else []
    wanted = ["transcript", "panelButton", *panel, "gaugeLine", "sendButton", "composerInput", "deleteMessage"]
    names: list[str] = []

    with open_program(qtbot, qapp, tmp_path) as program:
        program.wait(lambda: len(program.transcript.content.messages) == 2)
        program.input.setFocus()
        while "deleteMessage" not in names and len(names) < MOST_STEPS:
            QTest.keyClick(focused_widget(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
            names.append(focused_widget().objectName())

        assert [name for name in names if name in wanted] == wanted
