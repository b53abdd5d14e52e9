"""What the card says of a call before it is allowed."""

from __future__ import annotations

import sys
from dataclasses import fields, replace

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_loop import PermissionAsked, PersonAsked
from phidesk.core.tool_spec import ProgramAction
from phidesk.core.tools import Intent, Risk, ToolCall, ToolDefinition
from phidesk.processes.sandbox.limits import Enforced
from phidesk.tools.ask_person import PersonQuestion
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


FAKE = "/home/ada/letter.txt\nFile: /home/ada/harmless.txt\u202etxt.exe\u200b"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("path", FAKE, ["File: /home/ada/letter.txt⟨U+000A⟩File: /home/ada/harmless.txt⟨U+202E⟩txt.exe⟨U+200B⟩"]),
        ("address", "https://a.org/\u2028\u0007", ["Address: https://a.org/⟨U+2028⟩⟨U+0007⟩"]),
        ("text", "milk\nFile: /x\u2066", ["Text:", "    milk", "    File: /x⟨U+2066⟩"]),
        ("arguments", '{"a":\n1}\r', ["Given:", '    {"a":', "    1}⟨U+000D⟩"]),
        ("text", "grüße 👩\u200d🌾", ["Text: grüße 👩\u200d🌾"]),
    ],
)
def test_no_value_looks_like_another_fact_or_hides_a_sign(
    qtbot: QtBot, theme: Theme, name: str, value: str, shown: list[str]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    card = ToolQuestionCard(theme, window)
    intent = Intent(Risk.READING, value, ((name, value), ("tool", "z")))

    card.ask_permission(PermissionAsked(ToolCall("x\u202ey"), intent))

    facts = card.findChild(QPlainTextEdit, "toolQuestionFacts")
    assert isinstance(facts, QPlainTextEdit)
    assert facts.toPlainText().split("\n") == [*shown, "Tool: z"]
    assert bold_texts(facts) == [f"{shown[0].partition(':')[0]}:", "Tool:"]
    assert "x⟨U+202E⟩y" in card.accessibleName()
    assert not {"\u202e", "\u2066", "\u200b"} & set(card.accessibleName() + card.accessibleDescription())


def test_the_question_of_a_tool_shows_what_it_was_given_line_by_line(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    card = ToolQuestionCard(theme, window)

    card.ask_result(PersonAsked(PersonQuestion("get_weather", "How is it?", {"city": "Paris\nday: 1", "days": [1, 2]})))

    facts = card.findChild(QPlainTextEdit, "toolQuestionFacts")
    assert isinstance(facts, QPlainTextEdit)
    assert facts.toPlainText().split("\n") == ["city: Paris⟨U+000A⟩day: 1", "days: [1, 2]"]


def bold_texts(field: QPlainTextEdit) -> list[str]:
    found = []
    block = field.document().begin()
    while block.isValid():
        place = block.begin()
        while not place.atEnd():
            if place.fragment().charFormat().fontWeight() == QFont.Weight.Bold:
                found.append(place.fragment().text())
            place += 1
        block = block.next()
    return found
