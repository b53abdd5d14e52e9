"""An answer that comes while the disk is full: its text waits in memory, and is written as soon as there is room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.tasks import StartLoop
from phidesk.engine.ollama.client import OllamaEngine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.desk import Desk, Followed, open_desk

LONG_ANSWER = "word " * 1200
"""More than a page of the file holds, and less than the window."""
NO_MORE_PAGES, NO_LIMIT_PAGES = 1, 1_000_000


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    """A desk in a new profile."""
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


@pytest.fixture
def unsaved(desk: Desk, daemon: OllamaDaemon) -> Followed:
    """An answer whose text found no room."""
    daemon.say(LONG_ANSWER)
    desk.ask("Hello", ConversationSettings(window_tokens=8192))  # So that there are pages for another question.
    set_room(desk, NO_MORE_PAGES)
    followed = desk.begin("Hi", ConversationSettings(window_tokens=8192))
    outcome = followed.follow_to_end()
    assert outcome.error == "StorageFull"
    assert followed.shown == LONG_ANSWER
    return followed


def test_going_on_saves_an_answer_that_was_complete_and_asks_nothing(
    desk: Desk, daemon: OllamaDaemon, unsaved: Followed
) -> None:
    conversation_id = unsaved.turn.conversation_id
    assert conversation_id is not None
    set_room(desk, NO_LIMIT_PAGES)
    asked = len(daemon.requests)

    saved = Followed(desk.service.resume(conversation_id))
    outcome = saved.follow_to_end()

    assert outcome.finish is FinishReason.STOP
    assert outcome.usage.answer_tokens
    assert desk.stored_text(unsaved) == LONG_ANSWER
    assert len(daemon.requests) == asked


def test_an_end_that_still_finds_no_room_waits_on(desk: Desk, unsaved: Followed) -> None:
    conversation_id = unsaved.turn.conversation_id
    assert conversation_id is not None

    again = Followed(desk.service.resume(conversation_id))
    outcome = again.follow_to_end()
    set_room(desk, NO_LIMIT_PAGES)
    Followed(desk.service.resume(conversation_id)).follow_to_end()

    assert outcome.error == "StorageFull"
    assert desk.stored_text(unsaved) == LONG_ANSWER


def test_the_next_question_is_asked_after_all_of_it(desk: Desk, daemon: OllamaDaemon, unsaved: Followed) -> None:
    set_room(desk, NO_LIMIT_PAGES)
    daemon.say("Yes.")

    following = Followed(
        desk.service.ask("All?", conversation_id=unsaved.turn.conversation_id, settings=ConversationSettings())
    )
    following.follow_to_end()

    assert following.turn.conversation_id is not None
    messages = desk.conversations.get(following.turn.conversation_id).result().messages
    assert [message.text for message in messages] == ["Hi", LONG_ANSWER, "All?", "Yes."]


def test_closing_writes_it_too(desk: Desk, unsaved: Followed) -> None:
    set_room(desk, NO_LIMIT_PAGES)

    desk.service.stop_all()

    assert desk.stored_text(unsaved) == LONG_ANSWER


def set_room(desk: Desk, pages: int) -> None:
    """Let the file grow to this many pages; where it has more, no further."""
    desk.conversations._database.run(lambda connection: connection.pragma("max_page_count", pages)).result()
