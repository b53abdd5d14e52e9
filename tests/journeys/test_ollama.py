"""An Ollama that is installed and not running, in the real window: it starts by itself, answers, and is gone with us."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import OLLAMA
from phidesk.processes.ports import free_port
from phidesk.storage.program_state import FREE_ON_CLOSE, OFF, ON
from phidesk.ui.sidebar.sidebar import Sidebar
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine, StateTone
from tests.cli.program import Program as CommandLine
from tests.engine.test_conformance import becomes_true
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_executable import InstalledOllama, Settings, install_ollama
from tests.fakes.ollama_models import phi4_mini, scripted
from tests.journeys.program import Program, open_program
from tests.processes.test_child import has_ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the executable is a script with a first line")


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[InstalledOllama]:
    installed = install_ollama(tmp_path / "bin")
    yield installed
    installed.end_all()


@pytest.fixture
def address() -> str:
    """Where nobody answers yet."""
    return f"http://127.0.0.1:{free_port()}"


def state_line(program: Program) -> StateLine:
    line = program.child(Sidebar).findChild(StateLine, "engineState")
    assert isinstance(line, StateLine)
    return line


def state_words(program: Program) -> str:
    words = state_line(program).findChild(QLabel, "stateWords")
    assert isinstance(words, QLabel)
    return words.text()


def log_lines(program: Program) -> list[str]:
    engine = program.services.directory.engine(OLLAMA)
    assert isinstance(engine, OllamaEngine)
    return engine.log_lines


def test_it_starts_by_itself_and_a_question_asked_meanwhile_waits_for_it(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, ollama: InstalledOllama, address: str
) -> None:
    ollama.behave(Settings(silent_s=1.5))
    with open_program(qtbot, qapp, tmp_path / "home", ollama=address, executable=str(ollama.path)) as program:
        program.wait(lambda: state_words(program) == "Ollama is starting…")
        assert state_line(program).tone is StateTone.WAITING

        program.send("Hello")
        program.wait_for_end()
        program.wait(lambda: state_words(program) == "Phi-4-mini is ready")

        conversation_id = program.page.current_id
        assert conversation_id is not None
        answer = program.profile.conversations.get(conversation_id).result().messages[-1]
        assert answer.outcome is not None
        assert (answer.engine, answer.outcome.finish) == (OLLAMA, FinishReason.STOP)
        assert answer.text
        assert any("Listening on" in line for line in log_lines(program))
    (start,) = ollama.starts
    assert has_ended(start.process_id)
    assert has_ended(start.runner_id)


def test_a_start_that_fails_has_a_card_with_its_last_words_and_a_button_that_tries_again(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, ollama: InstalledOllama, address: str
) -> None:
    ollama.behave(Settings(refusal="could not create directory mkdir /home/somebody/.ollama: permission denied"))
    with open_program(qtbot, qapp, tmp_path / "home", ollama=address, executable=str(ollama.path)) as program:
        program.page.set_model(OLLAMA, None)
        program.send("Hello")
        program.wait_for_end()
        card = program.child(NoticeCard)
        sentence = card.findChild(QLabel, "noticeSentence")
        details = card.findChild(QPlainTextEdit, "noticeDetails")
        assert isinstance(sentence, QLabel)
        assert isinstance(details, QPlainTextEdit)
        assert sentence.text() == "Ollama could not be started."
        assert "mkdir /home/somebody/.ollama: permission denied" in details.toPlainText()

        ollama.behave(Settings())
        button = card.findChild(QPushButton, "noticeAction")
        assert isinstance(button, QPushButton)
        assert button.text() == "Try again"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

        program.wait(lambda: bool(program.page.writing_ids))
        program.wait_for_end()
        assert program.shown_answer
        assert len(ollama.starts) == 1


def test_the_panel_says_what_an_ollama_that_is_not_installed_would_bring(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, address: str
) -> None:
    nowhere = str(tmp_path / "absent")
    with open_program(qtbot, qapp, tmp_path / "home", ollama=address, executable=nowhere) as program:
        advice = program.child(QLabel, "engineAdvice")

        program.wait(lambda: bool(advice.text()))

        assert advice.text().startswith("Ollama is not installed.")
        assert state_words(program).startswith("SmolLM2")
        assert state_line(program).tone is StateTone.READY


def test_an_ollama_on_another_computer_is_never_started_here(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, ollama: InstalledOllama
) -> None:
    elsewhere = "http://192.0.2.1:11434"
    with open_program(qtbot, qapp, tmp_path / "home", ollama=elsewhere, executable=str(ollama.path)) as program:
        program.wait(lambda: state_words(program).startswith("SmolLM2"))

        assert log_lines(program) == []
    assert ollama.starts == []


def test_it_is_gone_with_the_killed_program(tmp_path: Path, ollama: InstalledOllama, address: str) -> None:
    environment = {**CommandLine(tmp_path / "home", address).environment, "PHIDESK_OLLAMA": str(ollama.path)}
    command = [sys.executable, "-m", "tests.journeys.window_process"]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"Hello\n")
        process.stdin.close()
        assert becomes_true(lambda: bool(ollama.starts))
        (start,) = ollama.starts

        process.kill()

        assert has_ended(start.process_id)
        assert has_ended(start.runner_id)


def test_the_command_line_starts_and_stops_it_too(tmp_path: Path, ollama: InstalledOllama, address: str) -> None:
    program = CommandLine(tmp_path / "home", address)
    environment = {**program.environment, "PHIDESK_OLLAMA": str(ollama.path)}

    ended = subprocess.run(
        [sys.executable, "-m", "phidesk", "ask", "--json", "Hello"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )

    assert '"engine": "ollama"' in ended.stdout
    (start,) = ollama.starts
    assert has_ended(start.process_id)
    assert has_ended(start.runner_id)
    assert start.process_id != os.getpid()


@pytest.mark.parametrize("choice", [ON, OFF])
def test_what_answered_leaves_memory_on_close_if_wanted_and_nothing_else_does(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, choice: str
) -> None:
    with OllamaDaemon([phi4_mini(), scripted()]) as daemon:
        with open_program(qtbot, qapp, tmp_path / "home", ollama=daemon.url) as program:
            program.profile.state.set(FREE_ON_CLOSE, choice).result()
            engine = program.services.directory.engine(OLLAMA)
            others = next(model for model in engine.models() if not model.is_phi4_mini)
            engine.load(others, 2048)
            program.send("Hello")
            program.wait_for_end()
            held = {loaded.name for loaded in engine.loaded()}

        daemon.wait_until(lambda: choice == OFF or len(daemon.runners) == 1)
        left = {runner.model.name for runner in daemon.runners}

    assert held == {"phi4-mini:latest", others.name}
    assert left == (held if choice == OFF else {others.name})
