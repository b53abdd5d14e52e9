"""An answer that fills the window: what is offered, and that it goes on once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.tasks import StartLoop
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.ui.notices import NoticeAction
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.desk import Desk, Followed, open_desk

WINDOW = 1024
SETTINGS = ConversationSettings("Be kind.", model="scripted:latest", window_tokens=WINDOW)
LONG = list("tick tock. " * 100)
"""1,100 tokens, one for each byte: so the scripted model reads."""


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


def fill(desk: Desk, daemon: OllamaDaemon, *, conversation_id: str | None = None) -> Followed:
    daemon.say(LONG)
    full = desk.ask("Count", SETTINGS, conversation_id=conversation_id)
    assert full.outcome is not None
    assert full.outcome.finish is FinishReason.WINDOW_FULL
    return full


def offered(followed: Followed) -> list[NoticeAction]:
    assert followed.notice is not None
    return [action for action, _ in followed.notice.choices]


def test_a_larger_window_is_offered_and_the_answer_goes_on_in_it(desk: Desk, daemon: OllamaDaemon) -> None:
    full = fill(desk, daemon)
    before = desk.stored_text(full)
    daemon.say("And so on.")
    assert full.outcome is not None
    larger = replace(SETTINGS, window_tokens=int(dict(full.outcome.facts)["larger_window_tokens"] or 0))
    assert full.turn.conversation_id is not None
    desk.conversations.change_settings(full.turn.conversation_id, larger).result()

    on = Followed(desk.service.resume(full.turn.conversation_id))
    on.follow_to_end()

    assert offered(full) == [NoticeAction.MORE_MEMORY, NoticeAction.NEW_CONVERSATION]
    assert desk.stored_text(on) == before + "And so on."


def test_with_an_older_part_the_same_is_offered_as_for_a_question(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("Hello.")
    first = desk.ask("Hi", SETTINGS)
    full = fill(desk, daemon, conversation_id=first.turn.conversation_id)

    assert offered(full) == [
        NoticeAction.SUMMARISE,
        NoticeAction.MORE_MEMORY,
        NoticeAction.LET_OLDEST_GO,
        NoticeAction.NEW_CONVERSATION,
    ]


def test_after_a_summary_of_the_older_part_it_goes_on(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("word " * 90)
    first = desk.ask("Hi", SETTINGS)
    full = fill(desk, daemon, conversation_id=first.turn.conversation_id)
    before = desk.stored_text(full)
    talk = desk.conversations.get(full.turn.conversation_id or "").result()
    daemon.say("A word.")
    Followed(desk.service.summarise(talk.messages[1])).follow_to_end()
    daemon.say("And so on.")

    turn = desk.service.answer_after_summary(desk.conversations.get(talk.id).result())

    assert turn is not None
    on = Followed(turn)
    on.follow_to_end()
    assert desk.stored_text(on) == before + "And so on."
