"""Messages wait in their order, on disk, until they are asked or removed."""

from __future__ import annotations

import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.drafts import Draft
from phidesk.core.errors import ConversationMissing
from phidesk.core.parts import FilePart, TextPart
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database
from phidesk.storage.message_queue import MessageQueue
from tests.storage.conftest import Reader

FILE = FilePart("notes.md", "text/markdown", "# Notes\n")
DEFAULTS = ConversationSettings()


@pytest.fixture
def queue(database: Database) -> MessageQueue:
    return MessageQueue(database)


@pytest.fixture
def conversation_id(conversations: Conversations) -> str:
    return conversations.ask((TextPart("Hi"),), conversation_id=None, settings=DEFAULTS).result().conversation.id


def test_messages_wait_in_their_order_with_their_files(queue: MessageQueue, conversation_id: str) -> None:
    first = queue.add(conversation_id, Draft("first", (FILE,))).result()
    second = queue.add(conversation_id, Draft("second")).result()

    assert queue.list(conversation_id).result() == (first, second)
    assert first.draft == Draft("first", (FILE,))


def test_queuing_drops_the_draft(queue: MessageQueue, conversations: Conversations, conversation_id: str) -> None:
    conversations.save_draft(conversation_id, "first", (FILE,)).result()

    queue.add(conversation_id, Draft("first", (FILE,))).result()

    assert conversations.draft(conversation_id).result() == Draft()


def test_asking_takes_a_message_out_of_its_queue_and_leaves_the_draft(
    queue: MessageQueue, conversations: Conversations, conversation_id: str, read: Reader
) -> None:
    first = queue.add(conversation_id, Draft("first", (FILE,))).result()
    second = queue.add(conversation_id, Draft("second")).result()
    conversations.save_draft(conversation_id, "half a thought", (FILE,)).result()

    conversations.ask(
        first.draft.parts, conversation_id=conversation_id, settings=DEFAULTS, queued_id=first.id
    ).result()

    assert queue.list(conversation_id).result() == (second,)
    assert conversations.get(conversation_id).result().messages[-2].parts == first.draft.parts
    assert conversations.draft(conversation_id).result() == Draft("half a thought", (FILE,))
    assert read("SELECT count(*) FROM unsent_files WHERE queued_id IS NOT NULL") == 0


def test_a_question_that_cannot_be_asked_stays_in_its_queue(
    queue: MessageQueue, conversations: Conversations, conversation_id: str
) -> None:
    queued = queue.add(conversation_id, Draft("first")).result()

    with pytest.raises(ConversationMissing):
        conversations.ask(queued.draft.parts, conversation_id="none", settings=DEFAULTS, queued_id=queued.id).result()

    assert queue.list(conversation_id).result() == (queued,)


def test_a_removed_message_is_gone_and_its_number_is_not_used_again(
    queue: MessageQueue, conversation_id: str, read: Reader
) -> None:
    queued = queue.add(conversation_id, Draft("first", (FILE,))).result()

    queue.remove(queued.id).result()
    queue.remove(queued.id).result()

    assert queue.list(conversation_id).result() == ()
    assert read("SELECT count(*) FROM unsent_files") == 0
    assert queue.add(conversation_id, Draft("second")).result().id > queued.id


def test_a_conversation_that_is_not_there_has_no_queue(queue: MessageQueue) -> None:
    with pytest.raises(ConversationMissing):
        queue.add("none", Draft("first")).result()

    assert queue.list("none").result() == ()
