"""What is not sent yet, in the whole program: queues, files and drafts, through switching, stopping and restarts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import Overflow, Role
from phidesk.core.drafts import Draft
from phidesk.core.parts import FilePart
from phidesk.core.paths import HOME_VARIABLE, find_paths
from phidesk.storage.inspection import texts_of_person
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.drop_sheet import DropSheet
from phidesk.ui.chat.queue_view import QueueView
from tests.cli.program import Program as CommandLine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.journeys.program import PATIENCE_MS, Program, open_program
from tests.journeys.unsent_process import HALF, LONG, QUESTION, QUEUED

ANSWER = ("It ", "is ", "so.")
WINDOW = 2048
"""Two long questions do not fit, one and a summary do: for this model each byte is a token."""


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([phi4_mini()]) as daemon:
        yield daemon


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon) -> Iterator[Program]:
    with open_program(qtbot, qapp, tmp_path / "home", ollama=daemon.url) as program:
        yield program


def begin_held(program: Program, daemon: OllamaDaemon, question: str = "First?") -> str:
    """Ask, and let the answer hold after its first words; return the conversation."""
    daemon.say(["It ", None, "is ", "so."])
    program.send(question)
    program.wait(lambda: "It" in program.shown_answer and program.page.current_id is not None)
    assert program.page.current_id is not None
    return program.page.current_id


def queued(program: Program) -> list[str]:
    return [message.draft.text for message in program.child(QueueView).messages]


def questions(program: Program, conversation_id: str) -> list[str]:
    return [message.text for message in program.profile.conversations.get(conversation_id).result().messages[::2]]


def stored_queue(program: Program, conversation_id: str) -> list[str]:
    return [message.draft.text for message in program.profile.conversations.queue.list(conversation_id).result()]


def press(program: Program, name: str) -> None:
    QTest.mouseClick(program.child(QToolButton, name), Qt.MouseButton.LeftButton)


def test_queued_messages_are_asked_one_after_the_other(program: Program, daemon: OllamaDaemon) -> None:
    conversation_id = begin_held(program, daemon)

    for text in ("Second?", "Third?"):
        program.send(text)
    program.wait(lambda: queued(program) == ["Second?", "Third?"])
    QTest.keyClicks(program.input, "half a thought")
    for _ in range(2):
        daemon.say(ANSWER)
    daemon.go_on()
    program.wait(lambda: len(questions(program, conversation_id)) == 3)
    program.wait_for_end()

    assert questions(program, conversation_id) == ["First?", "Second?", "Third?"]
    program.wait(program.child(QueueView).isHidden)
    assert program.input.toPlainText() == "half a thought"


def test_a_queue_goes_on_while_another_conversation_is_in_view(program: Program, daemon: OllamaDaemon) -> None:
    conversation_id = begin_held(program, daemon)
    program.send("Second?")
    program.wait(lambda: queued(program) == ["Second?"])

    program.page.show_conversation(None)
    assert program.child(QueueView).isHidden()
    daemon.say(ANSWER)
    daemon.go_on()
    program.wait(lambda: len(questions(program, conversation_id)) == 2)
    program.wait(lambda: not program.page.writing_ids)

    assert program.page.current_id is None
    assert stored_queue(program, conversation_id) == []


@pytest.mark.parametrize("overflow", [Overflow.SUMMARISE, Overflow.MORE_MEMORY])
def test_what_no_longer_fits_is_given_room_while_another_conversation_is_in_view(
    program: Program, daemon: OllamaDaemon, overflow: Overflow
) -> None:
    program.page.change_settings(replace(program.page.settings, window_tokens=WINDOW, overflow=overflow))
    conversation_id = begin_held(program, daemon, "Why? " * 160)
    for text in ("And why? " * 90, "Sure?"):
        program.send(text)
    program.wait(lambda: len(queued(program)) == 2)

    program.page.show_conversation(None)
    daemon.say(ANSWER)
    daemon.go_on()
    program.wait(lambda: stored_queue(program, conversation_id) == [] and not program.page.writing_ids)

    found = program.profile.conversations.get(conversation_id).result()
    assert [message.text for message in found.messages if message.role is Role.MODEL][-2:] == ["It is so."] * 2
    assert all(it.outcome is None or it.outcome.error is None for it in found.messages)
    assert any(it.is_standing_summary for it in found.messages) is (overflow is Overflow.SUMMARISE)
    assert found.settings.window_tokens == (WINDOW if overflow is Overflow.SUMMARISE else 2 * WINDOW)
    assert program.page.settings.window_tokens != 2 * WINDOW


def test_after_a_stop_the_queue_waits_until_it_is_sent(program: Program, daemon: OllamaDaemon) -> None:
    conversation_id = begin_held(program, daemon)
    program.send("Second?")
    program.wait(lambda: queued(program) == ["Second?"])

    program.press(Qt.Key.Key_Escape)
    program.wait(lambda: not program.page.writing_ids)
    send = program.child(QPushButton, "sendQueued")
    program.wait(send.isVisible)
    assert questions(program, conversation_id) == ["First?"]
    daemon.say(ANSWER)
    QTest.mouseClick(send, Qt.MouseButton.LeftButton)

    program.wait(lambda: questions(program, conversation_id) == ["First?", "Second?"])
    program.wait_for_end()


def test_a_queued_message_is_edited_in_the_composer_and_loses_nothing(program: Program, daemon: OllamaDaemon) -> None:
    conversation_id = begin_held(program, daemon)
    program.send("Second?")
    program.wait(lambda: queued(program) == ["Second?"])
    QTest.keyClicks(program.input, "half a thought")

    press(program, "editQueued")

    assert program.input.toPlainText() == "Second?\nhalf a thought"
    assert queued(program) == []
    program.wait(lambda: stored_queue(program, conversation_id) == [])
    draft = program.profile.conversations.draft(conversation_id).result()
    assert draft.text == "Second?\nhalf a thought"


def test_a_removed_message_is_not_asked(program: Program, daemon: OllamaDaemon) -> None:
    conversation_id = begin_held(program, daemon)
    program.send("Second?")
    program.wait(lambda: queued(program) == ["Second?"])

    press(program, "removeQueued")
    daemon.go_on()
    program.wait_for_end()

    assert stored_queue(program, conversation_id) == []
    assert questions(program, conversation_id) == ["First?"]


def test_a_closed_program_keeps_its_queue_and_does_not_send_it_by_itself(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon
) -> None:
    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        conversation_id = begin_held(program, daemon)
        for text in ("Second?", "Third?"):
            program.send(text)
        program.wait(lambda: queued(program) == ["Second?", "Third?"])

    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        program.wait(lambda: queued(program) == ["Second?", "Third?"])

        assert questions(program, conversation_id) == ["First?"]
        assert program.child(QPushButton, "sendQueued").isVisible()


def file_data(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag_in(widget: QWidget, data: QMimeData) -> QDragEnterEvent:
    place = widget.rect().center()
    event = QDragEnterEvent(
        place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event


def drop(widget: QWidget, data: QMimeData) -> None:
    place = QPointF(widget.rect().center())
    event = QDropEvent(place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def test_files_dropped_anywhere_on_the_page_go_along(program: Program, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_bytes("# Grüße".encode("cp1252"))
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    data = file_data(tmp_path / "notes.md", tmp_path / "photo.png")
    sheet, composer = program.child(DropSheet), program.child(Composer)

    assert drag_in(program.page, data).isAccepted()
    assert sheet.isVisible()
    assert sheet.geometry() == program.page.rect()
    drag_in(sheet, data)
    drop(sheet, data)
    assert sheet.isHidden()

    program.wait(lambda: bool(composer.draft.files))
    assert composer.draft.files == (FilePart("notes.md", "text/markdown", "# Grüße"),)
    assert "photo.png" in composer.note.text


def test_a_drag_that_leaves_takes_the_sheet_away(program: Program, tmp_path: Path) -> None:
    sheet = program.child(DropSheet)
    data = file_data(tmp_path)
    drag_in(program.page, data)
    drag_in(sheet, data)  # it lies under the mouse now
    assert sheet.isVisible()

    QApplication.sendEvent(sheet, QDragLeaveEvent())

    assert sheet.isHidden()


def test_dragged_text_is_no_matter_of_the_page(program: Program) -> None:
    data = QMimeData()
    data.setText("words")

    assert not drag_in(program.page, data).isAccepted()
    assert program.child(DropSheet).isHidden()
    assert drag_in(program.input.viewport(), data).isAccepted()


def test_files_over_the_text_belong_to_the_page_too(program: Program, tmp_path: Path) -> None:
    assert drag_in(program.input.viewport(), file_data(tmp_path)).isAccepted()

    assert program.child(DropSheet).isVisible()


def test_files_read_after_leaving_belong_to_where_they_were_given(
    program: Program, daemon: OllamaDaemon, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("# Notes")
    daemon.say(ANSWER)
    program.send("Hello")
    program.wait_for_end()
    conversation_id = program.page.current_id
    assert conversation_id is not None

    program.child(Composer).files_given.emit((tmp_path / "notes.md",))
    program.page.show_conversation(None)

    program.wait(lambda: bool(program.profile.conversations.draft(conversation_id).result().files))
    assert program.child(Composer).draft == Draft()
    program.page.show_conversation(conversation_id)
    program.wait(lambda: len(program.child(Composer).draft.files) == 1)


def test_the_model_reads_what_went_along(program: Program, daemon: OllamaDaemon, tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("Ulm;130000")
    composer = program.child(Composer)
    composer.files_given.emit((tmp_path / "towns.csv",))
    program.wait(lambda: bool(composer.draft.files))
    daemon.say(ANSWER)

    program.send("How many live in Ulm?")
    program.wait_for_end()

    (prompt,) = (request.body["prompt"] for request in daemon.requests if request.path == "/api/generate")
    assert prompt == ("<|user|>File towns.csv:\n```csv\nUlm;130000\n```\n\nHow many live in Ulm?<|end|><|assistant|>")
    assert composer.draft == Draft()


def test_a_sent_file_is_read_by_keyboard_and_stays_as_it_is(program: Program, daemon: OllamaDaemon) -> None:
    program.child(Composer).add_files([FilePart("towns.csv", "text/csv", "Ulm;130000")])
    daemon.say(ANSWER)
    program.send("How many live in Ulm?")
    program.wait_for_end()
    transcript = program.transcript

    transcript.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(transcript, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(transcript, Qt.Key.Key_Tab)
    QTest.keyClick(transcript, Qt.Key.Key_Return)

    text = program.child(QPlainTextEdit, "fileText")
    assert text.isVisible()
    assert text.toPlainText() == "Ulm;130000"
    assert not program.child(QPushButton, "removeFile").isVisible()
    assert not program.child(QPushButton, "insertFile").isVisible()
    QTest.mouseClick(program.child(QPushButton, "copyFile"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Ulm;130000"
    QTest.keyClick(text, Qt.Key.Key_Escape)
    assert transcript.hasFocus()


def test_a_chip_is_read_in_place_of_the_conversation(program: Program) -> None:
    composer = program.child(Composer)
    file = FilePart("notes.md", "text/markdown", "# Notes")
    composer.add_files([file])

    composer.view_requested.emit(composer.draft.files[0])
    text = program.child(QPlainTextEdit, "fileText")
    assert text.isVisible()
    assert text.toPlainText() == "# Notes"
    assert text.isReadOnly()
    assert text.hasFocus()
    QTest.keyClick(text, Qt.Key.Key_Escape)
    assert not text.isVisible()
    assert program.input.hasFocus()
    assert composer.draft.files == (file,)

    composer.view_requested.emit(composer.draft.files[0])
    QTest.mouseClick(program.child(QPushButton, "insertFile"), Qt.MouseButton.LeftButton)

    assert composer.draft == Draft("# Notes")


def test_a_draft_keeps_its_files_through_switching_and_a_restart(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon
) -> None:
    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        daemon.say(ANSWER)
        program.send("Hello")
        program.wait_for_end()
        conversation_id = program.page.current_id
        QTest.keyClicks(program.input, "Summarise")
        QGuiApplication.clipboard().setText(LONG)
        QTest.keySequence(program.input, QKeySequence(QKeySequence.StandardKey.Paste))
        draft = program.child(Composer).draft
        assert len(draft.files) == 1

        program.page.show_conversation(None)
        assert program.child(Composer).draft == Draft()
        program.page.show_conversation(conversation_id)
        program.wait(lambda: program.child(Composer).draft == draft)

    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        program.wait(lambda: program.child(Composer).draft == draft)
    QGuiApplication.clipboard().clear()


def test_a_killed_program_loses_nothing_that_was_not_sent(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon
) -> None:
    home, paths = tmp_path / "home", [tmp_path / "notes.md", tmp_path / "towns.csv"]
    for path in paths:
        path.write_text(f"the words of {path.name}")
    daemon.say(["It ", None, "is so."])
    database = find_paths({HOME_VARIABLE: str(home)}).database
    command = [sys.executable, "-m", "tests.journeys.unsent_process", *map(str, paths)]
    environment = CommandLine(home, daemon.url).environment
    with subprocess.Popen(command, env=environment) as process:
        try:
            qtbot.waitUntil(lambda: HALF in set(texts_of_person(database)), timeout=PATIENCE_MS)
        finally:
            process.kill()

    with open_program(qtbot, qapp, home, ollama=daemon.url) as program:
        program.wait(lambda: queued(program) == list(QUEUED))
        program.wait(lambda: not program.child(Composer).draft.is_blank)

        draft = program.child(Composer).draft
        assert draft.text == HALF
        assert [file.name for file in draft.files] == ["", "notes.md", "towns.csv"]
        assert [file.text for file in draft.files] == [LONG, *(f"the words of {path.name}" for path in paths)]
        assert program.page.current_id is not None
        assert questions(program, program.page.current_id) == [QUESTION]
