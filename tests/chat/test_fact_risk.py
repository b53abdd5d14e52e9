"""An answer of facts that only the model stands for is marked, quietly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.core.answers import FACTS_FROM_MEMORY
from phidesk.core.conversation import ConversationSettings
from phidesk.core.parts import FilePart
from phidesk.core.tasks import StartLoop
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.ui.messages import note_for_message
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.desk import Desk, Followed, open_desk

FACTS = "Ulm Minster was begun in 1377 and finished in 1890; its steeple is 161.53 metres tall."
SETTINGS = ConversationSettings(window_tokens=2048)
FILE = FilePart("ulm.txt", "text/plain", FACTS)


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


def note_of(desk: Desk, followed: Followed) -> tuple[bool, str]:
    assert followed.turn.conversation_id is not None
    answer = desk.conversations.get(followed.turn.conversation_id).result().messages[-1]
    assert answer.outcome is not None
    return FACTS_FROM_MEMORY in answer.outcome.facts, note_for_message(answer)


def test_facts_from_memory_carry_a_note(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(FACTS)

    followed = desk.ask("How tall is it?", SETTINGS)

    assert note_of(desk, followed) == (True, "From the model's memory: check facts that matter")


def test_other_answers_carry_none(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("Gladly! What kind of letter shall it be?")

    assert note_of(desk, desk.ask("Write a letter", SETTINGS)) == (False, "")


def test_facts_of_a_file_carry_none(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say(FACTS)

    followed = Followed(desk.service.ask("What does it say?", files=(FILE,), conversation_id=None, settings=SETTINGS))
    followed.follow_to_end()

    assert note_of(desk, followed) == (False, "")
