"""What is set under Advanced reaches the engine, and nothing else does."""

from __future__ import annotations

from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.program import Program
from tests.journeys.test_unsent import ANSWER, daemon, program

__all__ = ["daemon", "program"]


def type_into(program: Program, parameter: str, text: str) -> None:
    field = program.child(QWidget, f"parameter_{parameter}")
    assert isinstance(field, (QLineEdit, QPlainTextEdit))
    field.clear()
    QTest.keyClicks(field, text)


def asked(program: Program, daemon: OllamaDaemon) -> dict[str, Any]:
    """Ask a question and return the body of the last request for an answer."""
    daemon.say(ANSWER)
    program.send("Hello")
    program.wait_for_end()
    bodies: list[dict[str, Any]] = [it.body for it in daemon.requests if it.path == "/api/generate"]
    return bodies[-1]


def test_nothing_set_is_nothing_sent(program: Program, daemon: OllamaDaemon) -> None:
    body = asked(program, daemon)

    assert not {"top_p", "top_k", "min_p", "repeat_penalty", "seed"} & set(body["options"])
    assert "format" not in body


def test_what_is_set_is_sent_and_kept(program: Program, daemon: OllamaDaemon) -> None:
    asked(program, daemon)

    type_into(program, "top_p", "0.9")
    type_into(program, "top_k", "40")
    type_into(program, "min_p", "0.05")
    type_into(program, "seed", "7")
    type_into(program, "answer_limit_tokens", "50")
    type_into(program, "answer_schema", '{"type": "object"}')
    body = asked(program, daemon)

    options = body["options"]
    assert (options["top_p"], options["top_k"], options["min_p"], options["seed"]) == (0.9, 40, 0.05, 7)
    assert options["num_predict"] == 50
    assert body["format"] == {"type": "object"}
    assert program.page.current_id is not None
    stored = program.profile.conversations.get(program.page.current_id).result().settings
    assert (stored.top_p, stored.top_k, stored.min_p) == (0.9, 40, 0.05)


def test_what_cannot_be_sent_is_refused_in_words_and_not_sent(program: Program, daemon: OllamaDaemon) -> None:
    asked(program, daemon)

    type_into(program, "top_p", "7")
    assert program.child(QLabel, "fault_top_p").text()
    body = asked(program, daemon)

    assert "top_p" not in body["options"]


def test_the_models_own_values_are_a_click_away(program: Program, daemon: OllamaDaemon) -> None:
    asked(program, daemon)
    type_into(program, "temperature", "0.1")
    type_into(program, "top_k", "3")

    program.child(QPushButton, "preset_own").click()
    body = asked(program, daemon)

    assert "top_k" not in body["options"]


def test_half_a_schema_is_kept_through_another_conversation_and_not_sent(
    program: Program, daemon: OllamaDaemon
) -> None:
    asked(program, daemon)
    type_into(program, "answer_schema", '{"type": ')
    conversation_id = program.page.current_id

    program.page.show_conversation(None)
    program.wait(lambda: program.page.settings.answer_schema == "")
    program.page.show_conversation(conversation_id)
    program.wait(lambda: program.page.settings.answer_schema == '{"type": ')
    body = asked(program, daemon)

    assert program.child(QPlainTextEdit, "parameter_answer_schema").toPlainText() == '{"type": '
    assert "format" not in body
