"""After one more question only what is new is read; what changed meanwhile, by whomever, is seen."""

from __future__ import annotations

from itertools import pairwise
from operator import is_
from pathlib import Path
from uuid import uuid4

import apsw
import pytest

from phidesk.core.conversation import Message
from phidesk.core.errors import StorageError
from phidesk.core.parts import TextPart
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database
from phidesk.storage.remembered_path import RememberedPath
from tests.storage.saved_database import OUTCOME, SETTINGS, Clock

QUESTIONS = 30


@pytest.fixture
def talk(conversations: Conversations, database: Database) -> list[Asked]:
    """What was asked in a conversation, in its order; each question is answered."""
    asked: list[Asked] = []
    for number in range(QUESTIONS):
        conversation_id = asked[0].conversation.id if asked else None
        asked.append(
            conversations.ask(
                (TextPart(f"question {number}"),), conversation_id=conversation_id, settings=SETTINGS
            ).result()
        )
        writer = AnswerWriter(database, asked[-1].answer)
        writer.append(f"answer {number}")
        writer.finish(OUTCOME).result()
    return asked


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [message.text for message in messages]


def test_a_question_reads_what_is_new_only(talk: list[Asked]) -> None:
    for before, after in pairwise(talk):
        known, found = before.conversation.messages, after.conversation.messages
        assert all(map(is_, known[:-1], found))
        assert len(found) == len(known) + 2


def test_each_question_sees_the_answer_before_it_whole(talk: list[Asked]) -> None:
    for number, asked in enumerate(talk[1:]):
        answer = asked.conversation.messages[-3]
        assert answer.text == f"answer {number}"
        assert answer.outcome == OUTCOME


def test_what_another_program_changed_is_seen(talk: list[Asked], conversations: Conversations, path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("UPDATE parts SET content = 'changed' WHERE message_id = ?", (talk[0].question.id,))
    other.close()

    messages = conversations.get(talk[0].conversation.id).result().messages

    assert texts(messages[:2]) == ["changed", "answer 0"]


def test_what_was_taken_back_was_never_seen(talk: list[Asked], database: Database) -> None:
    conversation_id, leaf = talk[-1].conversation.id, talk[-1].answer.id
    path = RememberedPath()

    def read(connection: apsw.Connection) -> tuple[Message, ...]:
        return tuple(path.read(connection, conversation_id, leaf))

    def move_and_fail(connection: apsw.Connection) -> None:
        move = "UPDATE messages SET parent_id = ? WHERE id = ?"
        connection.execute(move, (talk[3].question.id, talk[9].question.id))
        assert len(read(connection)) < 2 * QUESTIONS
        raise StorageError(database.path)

    before = database.run(read).result()
    with pytest.raises(StorageError):
        database.run(move_and_fail).result()

    assert database.run(read).result() == before


def test_what_happens_in_another_conversation_changes_nothing(talk: list[Asked], database: Database) -> None:
    conversation_id, leaf = talk[-1].conversation.id, talk[-1].answer.id
    path = RememberedPath()
    others = Conversations(database, Clock(), lambda: uuid4().hex)

    def read(connection: apsw.Connection) -> tuple[Message, ...]:
        return tuple(path.read(connection, conversation_id, leaf))

    before = database.run(read).result()
    others.ask((TextPart("Elsewhere"),), conversation_id=None, settings=SETTINGS).result()

    assert all(map(is_, before, database.run(read).result()))


def test_a_title_that_changed_is_told_with_the_summary(talk: list[Asked], conversations: Conversations) -> None:
    summarised = conversations.branches.summarise(talk[-1].answer).result()
    follower = conversations.branches.continue_from(summarised.answer, "Before").result()
    path_before = conversations.get(talk[0].conversation.id).result().messages

    conversations.rename(follower.id, "After").result()

    path_after = conversations.get(talk[0].conversation.id).result().messages
    assert [link.title for link in path_before[-1].linked] == ["Before"]
    assert [link.title for link in path_after[-1].linked] == ["After"]
