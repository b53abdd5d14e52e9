"""What the card says of a call before it is allowed."""

from __future__ import annotations

import sys
from dataclasses import fields, replace

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_loop import PermissionAsked
from phidesk.core.tool_spec import ProgramAction
from phidesk.core.tools import Intent, Risk, ToolCall, ToolDefinition
from phidesk.processes.sandbox.limits import Enforced
from phidesk.tools.program import ProgramTool
from phidesk.ui.chat.tool_question_card import ToolQuestionCard
from phidesk.ui.theme.theme import Theme
from tests.processes.sandbox import start_loop

OF_SERVER = Intent(Risk.READING, "practice", (("server", "practice"), ("tool", "add")))


def facts_shown(qtbot: QtBot, theme: Theme, enforced: Enforced) -> list[str]:
    definition = ToolDefinition("weather", "Tell the weather.")
    tool = ProgramTool(definition, ProgramAction((sys.executable,)), enforced=enforced, start_loop=start_loop)
    window = QWidget()
    qtbot.addWidget(window)
    card = ToolQuestionCard(theme, window)
    card.ask_permission(PermissionAsked(ToolCall("weather"), tool.intent({"town": "Bern"})))
    facts = card.findChild(QPlainTextEdit, "toolQuestionFacts")
    assert isinstance(facts, QPlainTextEdit)
    return facts.toPlainText().splitlines()


@pytest.mark.parametrize(
    ("asked", "sentence", "hint"),
    [
        (PermissionAsked(ToolCall("add"), OF_SERVER), "up with “add” of the server “practice”", "longer holds for"),
        (PermissionAsked(ToolCall("add"), OF_SERVER, was_allowed=True), "“practice”", "has changed since you allowed"),
        (PermissionAsked(ToolCall("read_file"), replace(OF_SERVER, facts=())), "up with “Read a file”.", "longer"),
    ],
)
def test_a_tool_of_a_server_names_it_and_says_that_it_changed(
    qtbot: QtBot, theme: Theme, asked: PermissionAsked, sentence: str, hint: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    card = ToolQuestionCard(theme, window)

    card.ask_permission(asked)

    assert sentence in card.accessibleName()
    assert hint in card.accessibleDescription()


def test_what_the_system_keeps_a_program_from_needs_no_word(qtbot: QtBot, theme: Theme) -> None:
    shown = facts_shown(qtbot, theme, Enforced(network=True, folders=True, processes=True))

    assert shown == [f"Program: {sys.executable}", 'Given: {"town": "Bern"}']


def test_what_it_cannot_keep_it_from_is_said_in_words(qtbot: QtBot, theme: Theme) -> None:
    shown = facts_shown(qtbot, theme, Enforced(folders=True))

    assert shown[-1] == "This computer cannot keep it from: using the network, reaching other programs"


@pytest.mark.parametrize("wall", [field.name for field in fields(Enforced)])
def test_every_wall_has_words(qtbot: QtBot, theme: Theme, wall: str) -> None:
    walls = {field.name: field.name != wall for field in fields(Enforced)}

    shown = facts_shown(qtbot, theme, Enforced(**walls))

    beginning, _, words = shown[-1].partition(": ")
    assert beginning == "This computer cannot keep it from"
    assert words not in {wall, ""}
