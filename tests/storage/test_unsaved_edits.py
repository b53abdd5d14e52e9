"""What is typed over messages stays on disk until it is saved or given up."""

from __future__ import annotations

import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.parts import TextPart
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database

DEFAULTS = ConversationSettings()


@pytest.fixture
def asked(conversations: Conversations) -> Asked:
    return conversations.ask((TextPart("Hi"),), conversation_id=None, settings=DEFAULTS).result()


def kept(conversations: Conversations, asked: Asked) -> dict[str, str]:
    return conversations.unsaved_edits.list(asked.conversation.id).result()


def test_the_newest_text_of_each_message_is_kept(conversations: Conversations, asked: Asked) -> None:
    other = conversations.ask((TextPart("Else"),), conversation_id=None, settings=DEFAULTS).result()

    for message, text in ((asked.question, "Hi y"), (asked.question, ""), (asked.answer, "Yes"), (other.question, "E")):
        conversations.unsaved_edits.keep(message.id, text).result()

    assert kept(conversations, asked) == {asked.question.id: "", asked.answer.id: "Yes"}
    assert kept(conversations, other) == {other.question.id: "E"}


def test_what_is_given_up_is_forgotten(conversations: Conversations, asked: Asked) -> None:
    conversations.unsaved_edits.keep(asked.question.id, "Hi you").result()

    conversations.unsaved_edits.forget(asked.question.id).result()
    conversations.unsaved_edits.forget(asked.answer.id).result()

    assert kept(conversations, asked) == {}


def test_saving_an_edit_forgets_what_was_typed(conversations: Conversations, asked: Asked) -> None:
    for message in (asked.question, asked.answer):
        conversations.unsaved_edits.keep(message.id, "More").result()

    conversations.branches.edit_answer(asked.answer, "More").result()
    assert kept(conversations, asked) == {asked.question.id: "More"}
    conversations.branches.edit_question(asked.question, "More").result()

    assert kept(conversations, asked) == {}


def test_nothing_is_kept_for_a_message_that_is_gone(
    conversations: Conversations, asked: Asked, database: Database
) -> None:
    conversations.unsaved_edits.keep("no-message", "More").result()

    stored = database.run(lambda connection: connection.execute("SELECT count(*) FROM unsaved_edits").get).result()
    assert stored == 0
    assert kept(conversations, asked) == {}
