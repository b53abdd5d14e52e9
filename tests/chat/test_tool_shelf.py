"""Which tools a conversation has: those that come with the program and the person's own, made ready to be called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.chat.tool_shelf import ToolShelf
from phidesk.core.conversation import Conversation, ConversationSettings
from phidesk.core.paths import find_paths
from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import AskAction, TemplateAction, ToolSpec
from phidesk.services import Services
from phidesk.tools.ask_person import PersonQuestion

NOW = datetime(2026, 11, 25, tzinfo=UTC)
GREET = ToolSpec("greet-id", "greet", "Greets", TemplateAction("Hello!"))
ASK = ToolSpec("ask-id", "ask_me", "Asks the person", AskAction("What now?"))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[ToolShelf]:
    """The shelf of the real program in a new profile, with two tools of the person."""
    environment = {"PHIDESK_HOME": str(tmp_path), "OLLAMA_HOST": "127.0.0.1:9"}
    with Services(find_paths(environment), environment, lambda closure: closure()) as services:
        profile = services.open_profile()
        for spec in (GREET, ASK):
            profile.tools.save(spec).result()
        yield profile.tool_shelf


def conversation(*tools: str) -> Conversation:
    return Conversation("c", "", NOW, NOW, ConversationSettings(tools=frozenset(tools)))


def ask(question: PersonQuestion, cancel: Cancellation) -> str:
    return f"{question.question} Nothing."


def test_what_comes_with_the_program_stands_before_the_persons_own(shelf: ToolShelf) -> None:
    choice = shelf.choice()

    assert [it.id for it in choice][-2:] == ["greet-id", "ask-id"]
    assert {it.id for it in choice if it.is_builtin} >= {"calculator"}


def test_a_conversation_has_what_was_chosen_for_it_and_nothing_else(shelf: ToolShelf) -> None:
    tools = shelf.tools_of(conversation("ask-id", "calculator", "greet-id", "gone"), ask)

    assert list(tools) == ["calculator", "greet", "ask_me"]
    assert tools["calculator"].run({"expression": "0.1+0.2"}, Cancellation()).count("0.3") == 1
    assert tools["greet"].run({}, Cancellation()) == "Hello!"
    assert tools["ask_me"].run({}, Cancellation()) == "What now? Nothing."
    assert shelf.tools_of(conversation(), ask) == {}


def test_what_is_switched_off_is_not_offered(shelf: ToolShelf) -> None:
    shelf._tools.save(replace(GREET, is_enabled=False)).result()

    assert "greet-id" not in [it.id for it in shelf.choice()]
    assert shelf.tools_of(conversation("greet-id"), ask) == {}
