"""Answers may run in several conversations: the sidebar tells who writes, and what nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from phidesk.ui.sidebar.conversation_list import ConversationList
from phidesk.ui.sidebar.conversation_list_model import ConversationListModel
from phidesk.ui.sidebar.pages import MODELS_PAGE
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.journeys.program import Program, open_program


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([phi4_mini()]) as daemon:
        yield daemon


def is_marked(program: Program, conversation_id: str, role: int) -> bool:
    model = program.child(ConversationList).conversation_model
    return bool(model.index_of(conversation_id).data(role))


def is_unread(program: Program, conversation_id: str) -> bool:
    return is_marked(program, conversation_id, ConversationListModel.IS_UNREAD_ROLE)


def is_writing(program: Program, conversation_id: str) -> bool:
    return is_marked(program, conversation_id, ConversationListModel.IS_WRITING_ROLE)


def begin_held(program: Program, daemon: OllamaDaemon) -> str:
    """Ask, and let the answer hold after its first words; return the conversation."""
    daemon.say(["It ", None, "is so."])
    program.send("Is it so?")
    program.wait(lambda: "It" in program.shown_answer and program.page.current_id is not None)
    assert program.page.current_id is not None
    return program.page.current_id


def leave_and_let_it_end(program: Program, daemon: OllamaDaemon, conversation_id: str) -> None:
    program.page.show_conversation(None)
    program.wait(lambda: is_writing(program, conversation_id))
    daemon.go_on()
    program.wait(lambda: not program.page.writing_ids)


def test_what_ended_out_of_sight_is_unread_until_it_is_opened(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon
) -> None:
    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        conversation_id = begin_held(program, daemon)

        leave_and_let_it_end(program, daemon, conversation_id)
        program.wait(lambda: is_unread(program, conversation_id))
        program.page.show_conversation(conversation_id)

        program.wait(lambda: not is_unread(program, conversation_id))
        assert not any(it.is_unread for it in program.profile.conversations.list().result())


def test_what_is_unread_is_so_after_a_restart(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon
) -> None:
    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        conversation_id = begin_held(program, daemon)
        leave_and_let_it_end(program, daemon, conversation_id)
        program.wait(lambda: is_unread(program, conversation_id))

    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        program.wait(lambda: is_unread(program, conversation_id))


def test_what_ended_in_sight_is_read(qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon) -> None:
    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        conversation_id = begin_held(program, daemon)

        daemon.go_on()
        program.wait_for_end()

        program.profile.conversations.list().result()  # whatever was to be marked is marked now
        assert not is_unread(program, conversation_id)
        assert not any(it.is_unread for it in program.profile.conversations.list().result())


def test_an_answer_behind_a_page_is_unread_until_the_page_is_left(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, daemon: OllamaDaemon
) -> None:
    with open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        conversation_id = begin_held(program, daemon)

        program.window.show_page(MODELS_PAGE)
        daemon.go_on()
        program.wait(lambda: is_unread(program, conversation_id))
        program.window.show_conversation()

        program.wait(lambda: not is_unread(program, conversation_id))
