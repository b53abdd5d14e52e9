"""Tools of MCP servers in the whole program: added, chosen, asked about, called, answered with; and hostile ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Message
from phidesk.core.parts import FilePart
from phidesk.core.permissions import Allowance
from phidesk.core.tools import ToolCall, ToolOutcome, ToolResult
from phidesk.ui.chat.tool_question_card import ToolQuestionCard
from phidesk.ui.messages import note_for_message
from phidesk.ui.tools.server_card import ServerCard
from phidesk.ui.widgets.check_line import CheckLine
from tests.fakes.keyrings import memory_keyring
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import Script, phi4_mini, pieces_of
from tests.journeys.program import Program, open_program
from tests.tools.mcp.hostile_server import CLAIM, FLOOD_BYTES

SERVERS = Path(__file__).parent.parent / "tools" / "mcp"

ADD = ("add", '{"first":2,"second":40}')
SLOW_SCRIPT = """
import os, runpy, time
while not os.path.exists({ready!r}):
    time.sleep(0.05)
runpy.run_path({server!r}, run_name="__main__")
"""


def written(name: str, arguments: str = "{}") -> str:
    return f'<|tool_call|>[{{"name":"{name}","arguments":{arguments}}}]<|/tool_call|>'


@contextmanager
def saying(**scripts: str) -> Iterator[OllamaDaemon]:
    """A daemon whose phi4-mini says these words where their name stands last in the prompt."""
    said = [Script(pieces_of(text), key=key) for key, text in scripts.items()]
    with OllamaDaemon([replace(phi4_mini(), scripts=(Script(pieces_of("No tool needed.")), *said))]) as daemon:
        yield daemon


@pytest.fixture(autouse=True)
def _own_keyring() -> Iterator[None]:
    with memory_keyring():
        yield


def adds_server(program: Program, name: str, *command: str, environment: str = "") -> None:
    """Write a server down on the page Tools, and switch it on."""
    program.child(QPushButton, "toolsPageButton").click()
    program.wait(lambda: program.window.findChild(QPushButton, "newServer") is not None)
    program.child(QPushButton, "newServer").click()
    program.child(QLineEdit, "serverName").setText(name)
    program.child(QLineEdit, "serverProgram").setText(command[0])
    program.child(QPlainTextEdit, "serverArguments").setPlainText("\n".join(command[1:]))
    program.child(QPlainTextEdit, "serverEnvironment").setPlainText(environment)
    program.child(QPushButton, "enterServer").click()
    program.wait(lambda: card(program, name) is not None)
    switches(program, name)


def card(program: Program, name: str) -> ServerCard | None:
    return next((it for it in program.window.findChildren(ServerCard) if it.title == name), None)


def state_of(program: Program, name: str) -> str:
    shown = card(program, name)
    label = shown.findChild(QLabel, "serverState") if shown is not None else None
    return label.text() if isinstance(label, QLabel) else ""


def switches(program: Program, name: str) -> None:
    shown = card(program, name)
    box = shown.findChild(CheckLine, "serverEnabled") if shown is not None else None
    assert isinstance(box, CheckLine)
    box.click()


def ticks(program: Program, *tools: str) -> None:
    """Choose tools for a new conversation."""
    program.child(QPushButton, "newConversation").click()
    program.wait(lambda: all(program.window.findChild(CheckLine, f"tool_{name}") is not None for name in tools))
    for name in tools:
        program.child(CheckLine, f"tool_{name}").click()
    program.wait(lambda: len(program.page.settings.tools) == len(tools))


def question(program: Program) -> ToolQuestionCard:
    return program.child(ToolQuestionCard)


def asks_until_asked(program: Program, text: str) -> str:
    """Send a question, wait until a tool asks, and return what stands on its card."""
    program.send(text)
    program.wait(question(program).isVisible)
    facts = program.child(QPlainTextEdit, "toolQuestionFacts").toPlainText()
    return "\n".join((question(program).accessibleName(), question(program).accessibleDescription(), facts))


def allows(program: Program, allowance: Allowance) -> None:
    program.child(QPushButton, f"allow_{allowance.value}").click()


def stored_answer(program: Program) -> Message:
    assert program.page.current_id is not None
    return program.profile.conversations.get(program.page.current_id).result().messages[-1]


def results_of(answer: Message) -> list[ToolResult]:
    return [part for part in answer.parts if isinstance(part, ToolResult)]


def test_a_model_calls_a_tool_of_a_server_and_answers_with_its_result(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with (
        saying(SUM=f"Let me see. {written(*ADD)}", **{"42": "It is forty-two."}) as daemon,
        open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program,
    ):
        adds_server(program, "practice", sys.executable, str(SERVERS / "real_server.py"), environment="KEY=sk-made-up")
        program.wait(lambda: state_of(program, "practice") == "On: 9 tools")
        ticks(program, "add")
        asked = asks_until_asked(program, "The SUM of 2 and 40?")
        allows(program, Allowance.ALWAYS)
        program.wait_for_end()
        shown, answer = program.shown_answer, stored_answer(program)
        program.send("The SUM again?")
        program.wait_for_end()
        again = stored_answer(program)

    assert "look something up with “add” of the server “practice”" in asked
    assert '"second": 40' in asked
    assert "It is forty-two." in shown
    assert answer.parts[1] == ToolCall(*ADD)
    assert results_of(answer) == [ToolResult("42")]
    assert (answer.outcome is not None and answer.outcome.finish) is FinishReason.STOP
    assert [it.outcome for it in results_of(again)] == [ToolOutcome.DONE]
    with open_program(qtbot, qapp, tmp_path) as program:
        conversation = program.profile.conversations.list().result()[0]
        assert program.profile.conversations.get(conversation.id).result().messages[1].parts == answer.parts


def test_a_server_that_starts_slowly_is_missed_in_words_and_there_the_next_time(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    script = tmp_path / "slow.py"
    script.write_text(SLOW_SCRIPT.format(ready=str(ready), server=str(SERVERS / "real_server.py")), encoding="utf-8")
    monkeypatch.setattr("phidesk.chat.tool_server_shelf.LONGEST_WAIT_S", 0.2)
    with (
        saying(SUM=written(*ADD), **{"42": "It is forty-two."}) as daemon,
        open_program(qtbot, qapp, tmp_path / "home", ollama=daemon.url) as program,
    ):
        ready.touch()
        adds_server(program, "slow", sys.executable, str(script))
        program.wait(lambda: state_of(program, "slow").startswith("On: "))
        ticks(program, "add")
        ready.unlink()
        program.child(QPushButton, "toolsPageButton").click()
        for _ in range(2):
            switches(program, "slow")
        program.wait(lambda: state_of(program, "slow") == "Starting…")
        program.window.show_conversation()
        program.send("Are you there?")
        program.wait_for_end()
        without = note_for_message(stored_answer(program))
        ready.touch()
        program.wait(lambda: state_of(program, "slow").startswith("On: "))
        asks_until_asked(program, "The SUM, please?")
        allows(program, Allowance.ONCE)
        program.wait_for_end()
        answer = stored_answer(program)

    assert without == "Without the tools of slow: still starting"
    assert (answer.text, note_for_message(answer)) == ("It is forty-two.", "")


@contextmanager
def hostile(qtbot: QtBot, qapp: QApplication, folder: Path, *tools: str, **scripts: str) -> Iterator[Program]:
    """The program with the hostile server on, and these tools of it in a new conversation."""
    with saying(**scripts) as daemon, open_program(qtbot, qapp, folder, ollama=daemon.url) as program:
        adds_server(program, "weather", sys.executable, "-m", "tests.tools.mcp.hostile_server")
        program.wait(lambda: state_of(program, "weather") == "On: 4 tools")
        ticks(program, *tools)
        yield program
        assert {str(prompt).count("<|system|>") for prompt in daemon.prompts} == {1}


def test_what_a_server_says_to_the_model_permits_nothing_and_what_it_says_anew_is_asked_about_anew(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    look = written("look", '{"town":"Bern"}')
    with hostile(qtbot, qapp, tmp_path, "look", "die", LOOK=look, **{"21 degrees": "Warm."}) as program:
        first = asks_until_asked(program, "LOOK at the weather")
        allows(program, Allowance.ALWAYS)
        program.wait_for_end()
        answer = stored_answer(program)
        second = asks_until_asked(program, "LOOK once more")
        allows(program, Allowance.NOT_NOW)
        program.wait_for_end()
        permissions = program.profile.tool_records.permissions().result()

    assert "has changed since" not in first
    assert "has changed since you allowed it" in second
    assert permissions == []
    assert [part.name for part in answer.parts if isinstance(part, ToolCall)] == ["look"]
    assert CLAIM in results_of(answer)[0].text
    assert answer.text == "Warm."


def test_one_that_dies_in_a_call_is_told_to_the_model_and_starts_again(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    scripts = {"DIE": written("die"), "its program ended": "It broke.", "21 degrees": "Warm."}
    with hostile(qtbot, qapp, tmp_path, "look", "die", LOOK=written("look", '{"town":"Bern"}'), **scripts) as program:
        asks_until_asked(program, "DIE now")
        allows(program, Allowance.ONCE)
        program.wait_for_end()
        broken = stored_answer(program)
        asks_until_asked(program, "LOOK at the weather")
        allows(program, Allowance.ONCE)
        program.wait_for_end()
        whole = stored_answer(program)

    assert ([it.outcome for it in results_of(broken)], broken.text) == ([ToolOutcome.FAILED], "It broke.")
    assert ([it.outcome for it in results_of(whole)], whole.text) == ([ToolOutcome.DONE], "Warm.")


def test_one_that_hangs_is_stopped_with_the_answer(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with hostile(qtbot, qapp, tmp_path, "hang", HANG=written("hang")) as program:
        asks_until_asked(program, "HANG on")
        allows(program, Allowance.ONCE)
        program.wait(lambda: not question(program).isVisible())
        program.press(Qt.Key.Key_Escape)
        program.wait_for_end()
        answer = stored_answer(program)

    assert (answer.outcome is not None and answer.outcome.finish) is FinishReason.STOPPED
    assert [it.outcome for it in results_of(answer)] == [ToolOutcome.STOPPED]


def test_of_a_flood_the_model_sees_the_ends_and_the_person_all(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with hostile(qtbot, qapp, tmp_path, "flood", FLOOD=written("flood"), **{"left out": "Too much."}) as program:
        asks_until_asked(program, "FLOOD it")
        allows(program, Allowance.ONCE)
        program.wait_for_end()
        answer = stored_answer(program)

    (whole,) = (part for part in answer.parts if isinstance(part, FilePart))
    assert len(whole.text) == FLOOD_BYTES
    assert "characters left out" in results_of(answer)[0].text
    assert answer.text == "Too much."
