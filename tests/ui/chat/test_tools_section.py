"""Which tools a conversation uses is ticked in its panel, and kept with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_shelf import ShelvedTool
from phidesk.core.model_info import ModelInfo
from phidesk.core.tool_servers import AbsentServer
from phidesk.core.tools import ToolDefinition
from phidesk.ui.chat.tools_section import ToolsSection
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.wrapped_label import WrappedLabel

CALCULATOR = ShelvedTool("calculator", ToolDefinition("calculator", "Calculates."), is_builtin=True)
GREET = ShelvedTool("greet-id", ToolDefinition("greet", "Greets."))


@pytest.fixture
def section(theme: Theme, qtbot: QtBot) -> Iterator[ToolsSection]:
    host = QWidget()
    qtbot.addWidget(host)
    section = ToolsSection(theme, host)
    section.offer([CALCULATOR, GREET])
    host.show()
    yield section
    host.close()


def line(section: ToolsSection, name: str) -> CheckLine:
    found = section.findChild(CheckLine, f"tool_{name}")
    assert isinstance(found, CheckLine)
    return found


def test_what_the_conversation_uses_is_ticked(section: ToolsSection) -> None:
    section.show_wanted(frozenset({"greet-id"}))

    assert (line(section, "calculator").isChecked(), line(section, "greet").isChecked()) == (False, True)
    assert (line(section, "calculator").text(), line(section, "greet").text()) == ("Calculator", "greet")
    assert line(section, "greet").accessibleDescription() == "Greets."


def test_the_keyboard_stays_where_it_is_while_servers_come_and_go(section: ToolsSection) -> None:
    button(section, "chooseTools").click()
    greet = line(section, "greet")
    greet.setFocus(Qt.FocusReason.TabFocusReason)
    added = ShelvedTool("mcp:s:add", ToolDefinition("add", "Adds."), server="practice")

    section.offer([CALCULATOR, added, GREET])
    order = [line(section, name) for name in ("calculator", "add", "greet")]
    following = [it.nextInFocusChain() for it in order]
    stayed = section.window().focusWidget()
    section.offer([CALCULATOR])

    assert stayed is greet is order[-1]
    assert following[:2] == order[1:]
    assert section.window().focusWidget() is button(section, "chooseTools")


def test_a_tool_that_is_described_anew_is_shown_anew(section: ToolsSection) -> None:
    section.offer([CALCULATOR, replace(GREET, definition=ToolDefinition("greet", "Waves."))])

    assert line(section, "greet").accessibleDescription() == "Waves."


def test_a_tool_of_a_server_names_it(section: ToolsSection) -> None:
    section.offer([ShelvedTool("mcp:s:add", ToolDefinition("add", "Adds."), server="practice")])

    assert line(section, "add").text() == "add (server “practice”)"


def test_what_a_server_says_of_a_tool_is_a_text_and_no_page(section: ToolsSection) -> None:
    section.offer(
        [ShelvedTool("mcp:s:add", ToolDefinition("add", "<img src='x'>Adds.\nAll & more."), server="practice")]
    )

    tip = line(section, "add").toolTip()

    assert QTextDocumentFragment.fromHtml(tip).toPlainText() == "<img src='x'>Adds.\nAll & more."


def test_servers_whose_tools_are_wanted_but_not_there_are_named(section: ToolsSection) -> None:
    said = section.findChild(WrappedLabel, "toolsAbsent")
    assert isinstance(said, WrappedLabel)
    absent = [AbsentServer("s1", "slow", is_starting=True), AbsentServer("s2", "broken", is_starting=False)]
    section.offer([CALCULATOR], absent)
    unasked = said.isVisible()

    section.show_wanted(frozenset({"mcp:s1:add"}))
    wanted = said.text()
    button(section, "chooseTools").click()
    both = said.text()
    section.offer([CALCULATOR])

    assert (unasked, said.isVisible()) == (False, False)
    assert wanted == "“slow” is still starting. Its tools come when it is ready."
    assert both == f"{wanted}\n“broken” does not work. “All tools…” says why."


def test_ticking_a_box_tells_the_whole_choice(section: ToolsSection) -> None:
    section.show_wanted(frozenset({"greet-id"}))
    button(section, "chooseTools").click()
    chosen = QSignalSpy(section.chosen)

    QTest.keyClick(line(section, "calculator"), Qt.Key.Key_Space)

    assert [chosen.at(place) for place in range(chosen.count())] == [[frozenset({"calculator", "greet-id"})]]


def test_a_tool_that_is_switched_off_elsewhere_stays_chosen(section: ToolsSection) -> None:
    section.show_wanted(frozenset({"greet-id"}))
    section.offer([CALCULATOR])
    button(section, "chooseTools").click()
    chosen = QSignalSpy(section.chosen)

    QTest.keyClick(line(section, "calculator"), Qt.Key.Key_Space)

    assert chosen.at(0) == [frozenset({"calculator", "greet-id"})]


def test_it_says_where_the_model_cannot_call(section: ToolsSection) -> None:
    hint = section.findChild(WrappedLabel, "toolsHint")
    assert isinstance(hint, WrappedLabel)
    told = []

    for capabilities in ({"completion"}, {"completion", "tools"}):
        section.show_model(ModelInfo("m", "ollama", capabilities=frozenset(capabilities)))
        told.append(hint.isVisible())

    assert told == [True, False]


def test_what_is_not_ticked_is_folded_away_until_the_person_chooses(section: ToolsSection) -> None:
    section.show_wanted(frozenset({"greet-id"}))
    folded = [name for name in ("calculator", "greet") if line(section, name).isVisible()]

    QTest.mouseClick(button(section, "chooseTools"), Qt.MouseButton.LeftButton)

    assert folded == ["greet"]
    assert line(section, "calculator").isVisible()
    assert button(section, "editTools").isVisible()


def test_offering_the_calculator_is_switched_here(section: ToolsSection) -> None:
    box = section.findChild(CheckLine, "offerCalculator")
    assert isinstance(box, CheckLine)
    switched = QSignalSpy(section.standby_switched)
    section.show_standby(is_on=False)

    box.click()

    assert [switched.at(place) for place in range(switched.count())] == [[True]]


def button(section: ToolsSection, name: str) -> QPushButton:
    found = section.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found
