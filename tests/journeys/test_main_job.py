"""The main job in the real window with the real practice model: ask, read, stop, close, open again, all is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.core.changes import ConversationChanged
from phidesk.core.conversation import Message
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.main_window import MainWindow
from phidesk.ui.messages import gauge_text
from tests.journeys.program import Program, open_program

QUESTION = "Name three primary colours."
LONG_QUESTION = "Tell me a very long story about a fox and a river."


def always_answer_alike(program: Program) -> None:
    """Let the practice model answer `QUESTION` in the same sixty tokens every time: by chance it may fill its window."""
    program.page.change_settings(replace(program.page.settings, temperature=0.0, seed=1))


def builtin(program: Program) -> BuiltinEngine:
    engine = program.services.directory.engine(BUILTIN)
    assert isinstance(engine, BuiltinEngine)
    return engine


def stored_messages(program: Program) -> tuple[Message, ...]:
    assert program.page.current_id is not None
    return program.profile.conversations.get(program.page.current_id).result().messages


def tokens_of(program: Program, question: str) -> int:
    """Count the prompt with llama.cpp itself: the model's own template, then its own vocabulary."""
    server = builtin(program)._server
    assert server is not None
    messages = [{"role": "user", "content": question}]
    prompt = server.call("POST", "/apply-template", {"messages": messages})["prompt"]
    content = {"content": prompt, "add_special": True, "parse_special": True}
    return len(server.call("POST", "/tokenize", content)["tokens"])


def test_a_question_is_answered_in_a_stream_and_counted_by_the_engine(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        always_answer_alike(program)
        program.send(QUESTION)
        program.wait_for_text()
        first_seen = program.shown_answer
        program.wait_for_text(longer_than=len(first_seen) + 10)
        was_writing = bool(program.page.writing_ids)
        program.wait_for_end()

        question, answer = stored_messages(program)
        outcome = answer.outcome
        assert was_writing
        assert question.text == QUESTION
        assert program.transcript.message_text(answer.id) == answer.text
        assert outcome is not None
        assert outcome.finish is FinishReason.STOP
        assert outcome.usage.prompt_tokens == tokens_of(program, QUESTION)
        (loaded,) = builtin(program).loaded()
        assert (outcome.window_tokens, outcome.total_bytes) == (loaded.window_tokens, loaded.size_bytes)
        assert program.page.gauge == outcome.gauge
        assert program.gauge_line.accessibleName().endswith(gauge_text(outcome.gauge))


def test_escape_stops_the_answer_and_the_engine_and_keeps_the_text(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.send(LONG_QUESTION)
        program.wait_for_text(longer_than=20)

        program.press(Qt.Key.Key_Escape)
        program.wait_for_end()

        _, answer = stored_messages(program)
        assert answer.outcome is not None
        assert answer.outcome.finish is FinishReason.STOPPED
        assert program.transcript.message_text(answer.id) == answer.text
        program.wait(lambda: not builtin(program).is_working())


def test_closing_while_an_answer_runs_loses_nothing(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.send(LONG_QUESTION)
        program.wait_for_text(longer_than=20)
        QTest.keyClicks(program.input, "half a thou")
        seen = program.shown_answer
        title = program.page.title

    with open_program(qtbot, qapp, tmp_path) as program:
        program.wait(lambda: program.shown_answer != "")
        program.wait(lambda: program.input.toPlainText() != "")

        assert program.page.title == title
        assert program.shown_answer.startswith(seen)
        assert program.input.toPlainText() == "half a thou"
        _, answer = stored_messages(program)
        assert answer.outcome is not None
        assert answer.outcome.finish is FinishReason.ENDED_EARLY


def test_after_a_restart_the_gauge_is_last_known_and_the_conversation_goes_on(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        always_answer_alike(program)
        program.send(QUESTION)
        program.wait_for_end()
        gauge = program.page.gauge

    with open_program(qtbot, qapp, tmp_path) as program:
        program.wait(lambda: program.shown_answer != "")
        shown_at_first = program.gauge_line.accessibleName()
        program.page.change_settings(replace(program.page.settings, answer_limit_tokens=8))
        program.send("And two more?")
        program.wait(lambda: len(program.transcript.content.messages) == 4)
        program.wait_for_end()

        assert gauge is not None
        assert shown_at_first.endswith(gauge_text(gauge, last_known=True))
        assert program.page.gauge is not None
        assert gauge.consumed_tokens is not None
        assert program.page.gauge.consumed_tokens is not None
        assert program.page.gauge.consumed_tokens > gauge.consumed_tokens


def test_the_sidebar_names_the_conversation_and_says_who_is_ready(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.wait(lambda: "SmolLM2" in program.child(QLabel, "stateWords").text())
        always_answer_alike(program)

        program.send(QUESTION)
        program.wait(lambda: program.page.current_id is not None)

        assert program.window.windowTitle() == f"{QUESTION} – PhiDesk"
        program.wait_for_end()


def test_a_renamed_conversation_has_its_new_title_everywhere(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        always_answer_alike(program)
        program.send(QUESTION)
        program.wait_for_end()
        conversation_id = program.page.current_id
        assert conversation_id is not None

        program.profile.conversations.rename(conversation_id, "Colours").result()
        program.services.hub.publish(ConversationChanged(conversation_id))

        program.wait(lambda: program.window.windowTitle() == "Colours – PhiDesk")
        assert program.page.title == "Colours"


def test_the_window_comes_back_as_it_was_left(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.window.resize(790, 640)
        program.window.toggle_panel()
        for _ in range(5):
            program.press(Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        size = program.theme.text_size_px
        (reading_aloud,) = program.transcript.announcer.entries(MenuPlace())
        assert reading_aloud.activate is not None
        reading_aloud.activate()

    with open_program(qtbot, qapp, tmp_path) as program:
        window: MainWindow = program.window
        assert (window.width(), window.height()) == (790, 640)
        assert window.wants_panel
        assert program.theme.text_size_px == size
        assert program.child(QPushButton, "newConversation").font().pixelSize() == program.theme.font_sizes.small
        assert not program.transcript.announcer.is_on


def test_instructions_typed_before_the_first_question_are_kept(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.window.toggle_panel()
        QTest.keyClicks(program.child(QPlainTextEdit, "instructionsEditor"), "Answer in rhymes.")

    with open_program(qtbot, qapp, tmp_path) as program:
        restored = program.child(QPlainTextEdit, "instructionsEditor").toPlainText()
        program.send(QUESTION)
        program.wait(lambda: program.page.current_id is not None)
        program.press(Qt.Key.Key_Escape)
        program.wait_for_end()
        stored = program.page.settings.instructions
        program.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)

        assert restored == stored == "Answer in rhymes."
        assert program.page.settings.instructions == ""
