"""The real window with a screen reader behind it, used by the keyboard alone: what is read, what is said, what is done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.storage.program_state import OFF, READ_ANSWERS
from phidesk.ui.chat.message_actions import KEYS, ActionKind
from tests.cli.program import Program
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted
from tests.journeys.assistive_bus import Node, Role, ScreenReader, assistive_bus, missing_tools, wait

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}")

ANSWER = "# Sky\n\nIt is blue. At night it is black!\n\n## Why\n\nThe air scatters light."
SENTENCES = ["Sky", "It is blue.", "At night it is black!", "Why", "The air scatters light."]


@dataclass(frozen=True)
class Desk:
    """A program in use, and what is heard of it."""

    process: subprocess.Popen[str]
    program: Node
    reader: ScreenReader
    pressed: set[str] = field(default_factory=set)
    """All keys that were pressed until now."""
    acted: set[str] = field(default_factory=set)
    """The names of all actions that were done to messages until now."""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed.add(key)
            self._do(f"key {key}")

    def act(self, kind: ActionKind, number: int = -1) -> None:
        """Do something with a message as soon as that is possible; `number` counts from the end."""
        wait(lambda: kind.value in self.messages()[number].actions)
        self.messages()[number].act(kind.value)
        self.acted.add(kind.value)

    def type(self, text: str) -> None:
        self._do(f"type {text}")

    def open_menu(self) -> None:
        self._do("menu")

    def ask(self, text: str) -> None:
        self.type(text)
        self.press("Return")

    def messages(self) -> list[Node]:
        """Return the messages, each of which is an item of the list."""
        transcript = self.program.find(Role.LIST, "Conversation")
        return [] if transcript is None else [node for node in transcript.children() if node.role == Role.LIST_ITEM]

    def read(self) -> list[str]:
        return [message.words for message in self.messages()]

    def button(self, words: str) -> Node:
        """Wait for a button that can be pressed, and return it."""
        return self.wait_for(lambda node: node.role == Role.BUTTON and node.words == words and node.can_be_used)

    def entry(self, words: str) -> Node:
        """Go down the open menu to an entry, and return it."""

        def heard() -> Node | None:
            self.reader.listen()
            focused = self.reader.focused
            if focused is not None and focused.words.startswith(words):
                return focused
            self.press("Down")
            return None

        found: Node = wait(heard)
        return found

    def wait_until_read(self, *expected: str) -> None:
        wait(lambda: self.read() == list(expected))

    def wait_until_heard(self, *expected: str) -> None:
        """Wait until this is the last that was said."""
        wait(lambda: self.reader.listen()[-len(expected) :] == list(expected))

    def wait_until_answered(self, text: str) -> None:
        """Wait until the last answer is this one, below which a note may stand."""
        wait(lambda: self.read()[-1].partition("\n")[0] == f"Answer: {text}")

    def wait_until_summed_up(self) -> None:
        """Wait until a summary stands above the last question."""
        wait(lambda: len(self.read()) == 5)

    def wait_until_focused(self, words: str) -> None:
        """Wait until the screen reader was told that the keyboard is there."""
        wait(lambda: self.reader.listen() is not None and self.reader.focused and self.reader.focused.words == words)

    def focus_last_message(self) -> None:
        """Go from the composer to the last message, and wait until it is complete."""
        self.press("Shift+Tab")
        self.button("Delete from here on")

    def wait_for(self, is_wanted: Callable[[Node], bool]) -> Node:
        """Wait until there is something of a kind, and return it."""
        found: Node = wait(lambda: next(filter(is_wanted, self.program.walk()), None))
        return found

    def _do(self, line: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted()]) as daemon:
        daemon.say("Blue.")
        yield daemon


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def quiet_home(home: Path) -> None:
    """Let answers not be read aloud."""
    environment = {"PHIDESK_HOME": str(home)}
    with Services(find_paths(environment), environment, post=lambda closure: closure()) as services:
        services.open_profile().state.set(READ_ANSWERS, OFF).result()


@pytest.fixture
def desk(tmp_path: Path, home: Path, daemon: OllamaDaemon) -> Iterator[Desk]:
    command = [sys.executable, "-m", "tests.journeys.keyboard_process"]
    with assistive_bus(tmp_path) as (bus, reader):
        environment = {**Program(home, daemon.url).environment, **bus}
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            (program,) = wait(reader.programs)
            yield Desk(process, program, reader)
            process.kill()


def test_messages_are_read_in_order_with_headings_to_jump_by(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(ANSWER)

    desk.ask("Which colour has the sky?")
    desk.wait_until_heard(*SENTENCES)

    question, answer = desk.messages()
    assert desk.program.words == "PhiDesk"
    assert question.words == "You: Which colour has the sky?"
    assert answer.words.startswith("Answer: Sky\n\nIt is blue. At night it is black!")
    assert not question.children()
    assert [(heading.role, heading.words, heading.level) for heading in answer.children()] == [
        (Role.HEADING, "Sky", 1),
        (Role.HEADING, "Why", 2),
    ]
    transcript = desk.program.find(Role.LIST, "Conversation")
    assert transcript is not None
    assert transcript.headings() == answer.children()


def test_a_key_goes_from_heading_to_heading(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(ANSWER)
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard(*SENTENCES)
    desk.focus_last_message()

    for key, words in (("H", "Sky"), ("H", "Why"), ("Shift+H", "Sky")):
        desk.press(key)
        desk.wait_until_focused(words)
    desk.press("Shift+H")

    desk.wait_until_heard("No further heading")


def test_a_message_is_read_by_character_and_word_where_it_stands(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(ANSWER)
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard(*SENTENCES)

    question, answer = desk.messages()

    assert question.text == "Which colour has the sky?"
    assert answer.text.split("\n\n") == ["Sky", "It is blue. At night it is black!", "Why", "The air scatters light."]
    assert answer.word_at(answer.text.index("night") + 1).strip() == "night"


def test_the_keyboard_is_where_the_screen_reader_is_told(desk: Desk) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard("Blue.")
    desk.focus_last_message()
    desk.wait_until_focused("Answer: Blue.")

    desk.press("Alt+Up")
    desk.wait_until_focused("You: Which colour has the sky?")
    question, answer = desk.messages()
    focus = question.has_focus, answer.has_focus
    desk.press("Right", "Right", "Right")

    assert focus == (True, False)
    assert wait(lambda: desk.reader.listen() is not None and desk.reader.caret == (question, 2))
    assert question.caret == 2


def test_what_can_be_used_in_an_answer_is_reached_and_pressed(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("See [this](https://example.org/a):\n\n```py\nx = 1\n```\n")
    desk.ask("Which colour has the sky?")
    wait(lambda: desk.read()[-1].endswith("x = 1"))
    desk.focus_last_message()

    desk.press("Tab")
    desk.wait_until_focused("this, https://example.org/a")
    desk.press("Tab")
    desk.wait_until_focused("Copy code")
    desk.press("Return")
    desk.wait_until_heard("Copied")
    link, button = desk.messages()[-1].children()
    heard = len(desk.reader.listen())
    button.act()

    wait(lambda: desk.reader.listen()[heard:] == ["Copied"])
    assert (link.role, button.role) == (Role.LINK, Role.BUTTON)
    assert button.has_focus


def test_what_a_screen_reader_remembers_of_an_answer_is_told_to_be_old(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(["Blue", None, " and white."])
    desk.ask("Which colour has the sky?")
    desk.wait_until_read("You: Which colour has the sky?", "Answer: Blue")
    answer = desk.messages()[-1]
    desk.reader.listen()
    before = desk.reader.renamed.count(answer.path)

    daemon.go_on()
    desk.wait_until_heard("Blue and white.")

    wait(lambda: desk.reader.listen() is not None and desk.reader.renamed.count(answer.path) > before)
    assert answer.words == "Answer: Blue and white."


def test_each_finished_sentence_is_said_once(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(ANSWER)

    desk.ask("Which colour has the sky?")
    desk.wait_until_heard(*SENTENCES)
    desk.focus_last_message()

    assert [said for said in desk.reader.listen() if said in SENTENCES] == SENTENCES


def test_messages_that_come_and_go_together_are_told_once(desk: Desk) -> None:
    said = ["You: One?", "Answer: Blue.", "You: Two?", "Answer: Blue."]
    desk.ask("One?")
    desk.wait_until_read(*said[:2])
    desk.ask("Two?")
    desk.wait_until_read(*said)
    desk.focus_last_message()
    desk.press("Alt+Up", "Alt+Up", "Alt+Up")
    transcript = desk.program.find(Role.LIST, "Conversation")
    assert transcript is not None
    told = [desk.reader.count_changes(transcript)]

    desk.press("Del")
    wait(lambda: not desk.messages())
    told.append(desk.reader.count_changes(transcript))
    desk.press("Ctrl+Z")
    desk.wait_until_read(*said)
    told.append(desk.reader.count_changes(transcript))

    assert told == [told[0], told[0] + 1, told[0] + 2]


def test_reading_answers_aloud_is_switched_off_in_the_menu(desk: Desk, daemon: OllamaDaemon) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard("Blue.")
    desk.focus_last_message()

    desk.open_menu()
    desk.entry("Read answers aloud to screen readers")
    desk.press("Return")
    daemon.say("Green.")
    desk.button("Again").act()
    wait(lambda: desk.read()[-1].startswith("Answer: Green."))
    desk.button("Previous version").act()
    desk.wait_until_heard("Version 1 of 2")

    assert "Green." not in desk.reader.listen()


def test_an_answer_is_given_again_at_another_creativity(desk: Desk, daemon: OllamaDaemon) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard("Blue.")
    desk.focus_last_message()

    daemon.say("Azure.")
    desk.button("Again with…").act()
    assert desk.entry("Higher creativity").role == Role.MENU_ITEM
    desk.press("Return")

    desk.wait_until_heard("Azure.")
    assert [text.partition("\n")[0] for text in desk.read()] == ["You: Which colour has the sky?", "Answer: Azure."]


def test_a_question_is_edited_and_asked(desk: Desk, daemon: OllamaDaemon) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard("Blue.")
    desk.focus_last_message()
    desk.press("Alt+Up")

    daemon.say("Green.")
    desk.press("E")
    field = desk.wait_for(lambda node: node.words == "Your message, to be changed" and node.can_be_used)
    before = field.text
    desk.press("Ctrl+A")
    desk.type("Which colour has grass?")
    desk.button("Ask").act()

    desk.wait_until_heard("Green.")
    assert before == "Which colour has the sky?"
    assert [text.partition("\n")[0] for text in desk.read()] == ["You: Which colour has grass?", "Answer: Green."]


@pytest.mark.usefixtures("quiet_home")
def test_nothing_is_said_where_that_is_switched_off(desk: Desk) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_read("You: Which colour has the sky?", "Answer: Blue.")
    desk.focus_last_message()
    desk.press("C")
    desk.wait_until_heard("Copied")

    assert "Blue." not in desk.reader.listen()


def test_every_button_that_can_be_pressed_has_a_name(desk: Desk) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard("Blue.")
    desk.focus_last_message()

    buttons = [node for node in desk.program.walk() if node.role == Role.BUTTON]
    names = [button.words for button in buttons if button.can_be_used]

    assert {"Copy message", "New conversation"} <= set(names)
    assert all(names)
    assert "Search titles" in [button.words for button in buttons]


def test_a_message_is_read_by_the_character_in_its_reading_view(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(ANSWER)
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard(*SENTENCES)
    desk.focus_last_message()

    desk.press("F4")

    text = desk.wait_for(lambda node: node.words == "Answer" and node.can_be_used and "Text" in node.interfaces)
    assert text.text.split("\n") == ["Sky", "It is blue. At night it is black!", "Why", "The air scatters light."]


def test_the_actions_of_a_message_can_be_done_by_assistive_technology(desk: Desk) -> None:
    desk.ask("Which colour has the sky?")
    desk.wait_until_heard("Blue.")
    desk.focus_last_message()

    desk.button("Copy message").act()
    desk.wait_until_heard("Copied")
    desk.button("Again").act()
    desk.wait_until_heard("Blue.")
    desk.button("Previous version").act()

    desk.wait_until_heard("Version 1 of 2")


@pytest.fixture
def asked_twice(desk: Desk, daemon: OllamaDaemon) -> None:
    """Let the last answer be one that can go on, below a question that has something above it."""
    desk.ask("Which colour?")
    desk.wait_until_read("You: Which colour?", "Answer: Blue.")
    desk.ask("And grass?")
    wait(lambda: len(desk.read()) == 4 and desk.read()[-1] == "Answer: Blue.")
    daemon.say("Green.")


@pytest.mark.usefixtures("asked_twice")
def test_every_action_is_an_action_of_its_message(desk: Desk, daemon: OllamaDaemon) -> None:
    desk.act(ActionKind.COPY)
    desk.wait_until_heard("Copied")

    desk.act(ActionKind.AGAIN)
    desk.wait_until_answered("Green.")
    desk.act(ActionKind.PREVIOUS)
    desk.wait_until_heard("Version 1 of 2")
    desk.act(ActionKind.NEXT)
    desk.wait_until_heard("Version 2 of 2")

    desk.act(ActionKind.DELETE)
    desk.wait_until_heard("Message deleted. Press Ctrl+Z to undo.")
    desk.button("Undo").act()
    desk.wait_until_answered("Green.")

    daemon.say("Azure.")
    desk.act(ActionKind.AGAIN_WITH)
    desk.entry("Higher creativity")
    desk.press("Return")
    desk.wait_until_answered("Azure.")

    desk.act(ActionKind.EDIT)
    desk.button("Save")
    desk.press("Ctrl+A")
    desk.type("Red,")
    desk.button("Save").act()
    desk.wait_until_answered("Red,")
    daemon.say(" They say.")
    desk.act(ActionKind.GO_ON)
    desk.wait_until_answered("Red, They say.")

    desk.act(ActionKind.DETAILS)
    desk.button("Back to the conversation").act()
    desk.act(ActionKind.SUMMARISE, -2)
    desk.wait_until_summed_up()
    desk.act(ActionKind.FORK)

    desk.wait_for(lambda node: node.role == Role.LIST_ITEM and node.words.startswith("Which colour? ("))
    assert desk.acted == {kind.value for kind in ActionKind}


@pytest.mark.usefixtures("asked_twice")
def test_every_action_of_a_message_is_reached_by_the_keyboard_alone(desk: Desk, daemon: OllamaDaemon) -> None:
    desk.focus_last_message()
    desk.press("C")
    desk.wait_until_heard("Copied")

    desk.press("R")
    desk.wait_until_answered("Green.")
    desk.button("Previous version")
    desk.press("Alt+Left")
    desk.wait_until_heard("Version 1 of 2")
    desk.press("Alt+Right")
    desk.wait_until_heard("Version 2 of 2")

    desk.press("Del")
    desk.wait_until_heard("Message deleted. Press Ctrl+Z to undo.")
    desk.press("Ctrl+Z")
    desk.wait_until_answered("Green.")

    daemon.say("Azure.")
    desk.button("Again with…")
    desk.press("Shift+R")
    desk.entry("Higher creativity")
    desk.press("Return")
    desk.wait_until_answered("Azure.")

    desk.button("Edit")
    desk.press("E")
    desk.button("Save")
    desk.press("Ctrl+A")
    desk.type("Red,")
    desk.press("Ctrl+Return")
    desk.wait_until_answered("Red,")
    daemon.say(" They say.")
    desk.button("Go on writing")
    desk.press("G")
    desk.wait_until_answered("Red, They say.")

    desk.button("Details")
    for key in ("I", "F4"):
        desk.press(key)
        desk.button("Back to the conversation")
        desk.press("Esc")
        desk.button("Details")
    desk.press("Alt+Up")
    desk.button("Summarise the messages above")
    desk.press("S")
    desk.wait_until_summed_up()
    desk.press("Alt+Up")
    desk.button("New conversation from here")
    desk.press("N")

    desk.wait_for(lambda node: node.role == Role.LIST_ITEM and node.words.startswith("Which colour? ("))
    assert set(KEYS.values()) < desk.pressed
