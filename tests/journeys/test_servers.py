"""A server at an address in the running program: added, chosen, missing its key, given it, answering, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import ConversationSettings
from phidesk.ui.servers.server_card import ServerCard
from phidesk.ui.sidebar.pages import MODELS_PAGE
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine, StateTone
from tests.fakes.keyrings import MemoryKeyring, memory_keyring
from tests.fakes.openai_dialects import GREETING, KEY, MODEL, VLLM, DialectServer, dialect_server
from tests.journeys.program import Program, open_program


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def server() -> Iterator[DialectServer]:
    with dialect_server(VLLM, key=KEY) as server:
        yield server


def card_of_conversation(program: Program) -> NoticeCard:
    (card,) = program.page.findChildren(NoticeCard)
    return card


def press(card: NoticeCard, name: str) -> None:
    (button,) = card.findChildren(QPushButton, name)
    button.click()


def menu_of(program: Program) -> QMenu:
    return program.child(MenuButton, "modelButton").menu()


def offered(menu: QMenu) -> str:
    return "\n".join(action.text() for action in menu.actions())


def test_a_key_is_entered_where_it_is_missed_and_the_question_is_asked_again(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, server: DialectServer
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.profile.servers.add(server.address)
        program.page.change_settings(ConversationSettings(engine=server.address, model=MODEL))
        program.send("Hi")
        card = card_of_conversation(program)
        program.wait(lambda: card.notice is not None and "key" in card.notice.sentence)

        press(card, "noticeAction")
        assert program.window.page_name == MODELS_PAGE
        program.wait(lambda: any(field.isVisible() for field in program.window.findChildren(QLineEdit, "serverKey")))
        QTest.keyClicks(program.child(QLineEdit, "serverKey"), KEY)
        program.child(QPushButton, "serverKeyTake").click()
        found = program.child(ServerCard).findChild(StateLine, "serverState")
        assert isinstance(found, StateLine)
        program.wait(lambda: not found.isHidden() and found.tone is StateTone.READY)
        program.wait(lambda: server.address.removeprefix("http://") in offered(menu_of(program)))

        program.window.show_conversation()
        press(card, "noticeOtherAction")
        program.wait(lambda: program.shown_answer == "".join(GREETING))


def test_the_menu_names_a_server_as_the_person_does(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, server: DialectServer
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        added, _ = program.profile.servers.add(server.address, key=KEY)
        program.wait(lambda: server.address.removeprefix("http://") in offered(menu_of(program)))

        program.profile.servers.rename(added, "Study")

        program.wait(lambda: "Study" in offered(menu_of(program)))
        assert server.address.removeprefix("http://") not in offered(menu_of(program))


def test_a_conversation_with_a_removed_server_asks_nobody(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, server: DialectServer
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        added, _ = program.profile.servers.add(server.address, key=KEY)
        program.page.change_settings(ConversationSettings(engine=server.address, model=MODEL))
        program.send("Hi")
        program.wait(lambda: program.shown_answer == "".join(GREETING))
        asked = len(server.questions)

        program.profile.servers.remove(added)
        program.wait_for_end()
        program.send("And now?")

        card = card_of_conversation(program)
        program.wait(lambda: card.notice is not None and "not among your servers" in card.notice.sentence)
        assert len(server.questions) == asked
