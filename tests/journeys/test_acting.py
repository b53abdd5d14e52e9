"""Acting on messages in the real window, the program killed after each step: what was done is done, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Conversation
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.storage.conversations import Conversations
from phidesk.storage.inspection import texts_of_person
from tests.cli.program import Program
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted
from tests.journeys.program import PATIENCE_MS, open_program

START_S = 30.0
HALF = "Half a thought"


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted()]) as daemon:
        daemon.say("Blue.")
        yield daemon


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def window(home: Path, daemon: OllamaDaemon) -> Iterator[subprocess.Popen[str]]:
    """Start the program, and kill it without a warning in the end."""
    command = [sys.executable, "-m", "tests.journeys.acting_process"]
    environment = Program(home, daemon.url).environment
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def write(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def do_and_be_killed(home: Path, daemon: OllamaDaemon, *lines: str) -> None:
    with window(home, daemon) as process:
        for line in lines:
            write(process, line)
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"


@contextmanager
def restarted(home: Path) -> Iterator[Conversations]:
    """Open the profile as the next start does."""
    environment = {"PHIDESK_HOME": str(home)}
    with Services(find_paths(environment), environment, post=lambda closure: closure()) as services:
        yield services.open_profile().conversations


def newest(conversations: Conversations) -> Conversation:
    return conversations.get(conversations.list().result()[0].id).result()


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def test_versions_survive_a_kill_and_each_can_be_shown(home: Path, daemon: OllamaDaemon) -> None:
    do_and_be_killed(home, daemon, "ask Which colour has the sky?", "press 1 R")
    daemon.say("Green.")
    do_and_be_killed(home, daemon, "press 0 E Which colour has grass?")
    with restarted(home) as conversations:
        edited = newest(conversations)
    do_and_be_killed(home, daemon, "press 0 Alt+Left", "press 1 Alt+Left")

    with restarted(home) as conversations:
        first = newest(conversations)
    assert texts(edited) == ["Which colour has grass?", "Green."]
    assert (edited.messages[0].version, edited.messages[0].version_count) == (2, 2)
    assert texts(first) == ["Which colour has the sky?", "Blue."]
    assert [(message.version, message.version_count) for message in first.messages] == [(1, 2), (1, 2)]


def test_what_is_deleted_stays_deleted_what_is_undone_is_there(home: Path, daemon: OllamaDaemon) -> None:
    do_and_be_killed(home, daemon, "ask Which colour has the sky?", "press 1 Del", "press 0 Ctrl+Z")
    with restarted(home) as conversations:
        undone = newest(conversations)
    do_and_be_killed(home, daemon, "press 1 Del")

    with restarted(home) as conversations:
        deleted = newest(conversations)
        back = conversations.branches.restore(undone.messages[1]).result()
    assert texts(undone) == ["Which colour has the sky?", "Blue."]
    assert texts(deleted) == ["Which colour has the sky?"]
    assert texts(back) == texts(undone)


def test_a_fork_is_there_after_a_kill_and_goes_its_own_way(home: Path, daemon: OllamaDaemon) -> None:
    do_and_be_killed(home, daemon, "ask Which colour has the sky?", "press 1 N", "ask And at night?")

    with restarted(home) as conversations:
        titles = [summary.title for summary in conversations.list().result()]
        fork = newest(conversations)
        origin = conversations.get(conversations.list().result()[1].id).result()
    assert titles == ["Which colour has the sky? (copy)", "Which colour has the sky?"]
    assert texts(fork) == ["Which colour has the sky?", "Blue.", "And at night?", "Blue."]
    assert texts(origin) == ["Which colour has the sky?", "Blue."]


def test_killed_while_it_is_written_again_both_answers_are_there(home: Path, daemon: OllamaDaemon) -> None:
    do_and_be_killed(home, daemon, "ask Which colour has the sky?")
    daemon.say("word ", is_endless=True, pieces_per_s=50)
    with window(home, daemon) as process:
        write(process, "press 1 R")
        daemon.wait_until(lambda: daemon.is_generating, timeout_s=START_S)

    with restarted(home) as conversations:
        cut = newest(conversations)
        whole = conversations.branches.show_version(cut.messages[1], 1).result()
    answer = cut.messages[1]
    assert (answer.version, answer.version_count) == (2, 2)
    assert answer.outcome is not None
    assert answer.outcome.finish is FinishReason.ENDED_EARLY
    assert texts(whole) == ["Which colour has the sky?", "Blue."]


def test_killed_while_it_sums_up_nothing_is_lost_and_half_a_summary_is_none(
    qtbot: QtBot, home: Path, daemon: OllamaDaemon
) -> None:
    do_and_be_killed(home, daemon, "ask Which colour has the sky?", "ask And a clear night?")
    daemon.say(f"{HALF} ", is_endless=True, pieces_per_s=50)
    database = find_paths({"PHIDESK_HOME": str(home)}).database
    with window(home, daemon) as process:
        write(process, "press 2 S")
        qtbot.waitUntil(lambda: HALF in stored_text(database), timeout=PATIENCE_MS)
    with restarted(home) as conversations:
        cut = newest(conversations)
    daemon.say("Black.")
    do_and_be_killed(home, daemon, "ask Sure?")

    with restarted(home) as conversations:
        asked_on = newest(conversations)
    summary = cut.messages[-1]
    assert summary.is_summary
    assert summary.text.startswith(HALF)
    assert summary.outcome is not None
    assert summary.outcome.finish is FinishReason.ENDED_EARLY
    assert not summary.is_standing_summary
    assert texts(cut)[:2] == ["Which colour has the sky?", "Blue."]
    originals = ["Which colour has the sky?", "Blue.", "And a clear night?", "Blue."]
    assert texts(asked_on) == [*originals, "Sure?", "Black."]
    assert all(text in daemon.prompts[-1] for text in originals)
    assert HALF not in daemon.prompts[-1]


def stored_text(database: Path) -> str:
    """Return all texts on disk, read beside the running program."""
    with closing(apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        return "".join(text for (text,) in connection.execute("SELECT content FROM parts ORDER BY id"))


def type_and_be_killed(qtbot: QtBot, home: Path, daemon: OllamaDaemon, index: int) -> None:
    """Ask, and type over the message at `index` until it is on disk."""
    do_and_be_killed(home, daemon, "ask Which colour has the sky?")
    database = find_paths({"PHIDESK_HOME": str(home)}).database
    with window(home, daemon) as process:
        write(process, f"type {index} E {HALF}")
        qtbot.waitUntil(lambda: HALF in set(texts_of_person(database)), timeout=PATIENCE_MS)


@pytest.mark.parametrize(("index", "save"), [(0, "Return"), (1, "Ctrl+Return")], ids=["question", "answer"])
def test_what_was_typed_over_a_message_is_offered_after_a_kill(
    qtbot: QtBot, qapp: QApplication, home: Path, daemon: OllamaDaemon, index: int, save: str
) -> None:
    type_and_be_killed(qtbot, home, daemon, index)

    with open_program(qtbot, qapp, home, ollama=daemon.url) as program:
        editor = program.child(QPlainTextEdit, "editorInput")
        program.wait(editor.isVisible)
        offered = editor.toPlainText()
        QTest.keySequence(editor, QKeySequence(save))
        program.wait(lambda: program.transcript.content.messages[index].text == HALF)
        program.wait_for_end()

    assert offered == HALF
    with restarted(home) as conversations:
        edited = newest(conversations)
        assert (edited.messages[index].text, edited.messages[index].version_count) == (HALF, 2)
        assert conversations.unsaved_edits.list(edited.id).result() == {}


def test_what_was_given_up_after_a_kill_is_not_offered_again(
    qtbot: QtBot, qapp: QApplication, home: Path, daemon: OllamaDaemon
) -> None:
    type_and_be_killed(qtbot, home, daemon, 0)

    with open_program(qtbot, qapp, home, ollama=daemon.url) as program:
        editor = program.child(QPlainTextEdit, "editorInput")
        program.wait(editor.isVisible)
        QTest.keyClick(editor, Qt.Key.Key_Escape)

    with restarted(home) as conversations:
        conversation = newest(conversations)
        assert texts(conversation) == ["Which colour has the sky?", "Blue."]
        assert conversations.unsaved_edits.list(conversation.id).result() == {}
