"""Acting on single messages: other versions of them, conversations that begin as copies, deleting.

A conversation is a tree, and every action only adds to it: editing and asking again make one more version beside the
message, and the old one stays with everything below it. Deleting marks; the words stay on disk until nobody can want
them back (`ERASED_AFTER`), and `restore` shows them again as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

import apsw

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, Message, Role
from phidesk.core.errors import ConversationMissing
from phidesk.core.parts import Part, PassagesPart, TextPart, with_text
from phidesk.storage.conversation_rows import (
    Asked,
    as_asked,
    insert_conversation,
    note_asked,
    read_conversation,
    show_path_through,
    show_path_to,
)
from phidesk.storage.database import Database
from phidesk.storage.message_rows import (
    choose_message,
    choose_path_to,
    copy_message,
    insert_message,
    read_path,
    read_versions,
    write_outcome,
)
from phidesk.storage.part_rows import append_pieces
from phidesk.storage.stored_values import to_microseconds
from phidesk.storage.summary_rows import lift_from_summary, link_copy, settle_summary
from phidesk.storage.unsaved_edits import forget_edit

ERASED_AFTER = timedelta(days=30)
"""How long deleted messages stay on disk: as long as everything else in the trash."""


class Branches:
    """Grows and prunes the trees. Safe from every thread; futures may carry a `StorageError` beside what is named.

    Each action is one transaction. Messages come from a conversation that was read; where the message is not there
    any more, its future raises `ConversationMissing`.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        """`clock` tells aware datetimes, `new_id` ids that nobody else has; both run on the database thread."""
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def edit_question(self, question: Message, text: str) -> Future[Asked]:
        """Ask something else in its place: one more version of the question, with an empty answer below it.

        What the question holds besides text is asked again with it. What was kept as typed over it is forgotten.
        """
        return self.ask_instead(question, with_text(question.parts, text))

    def ask_instead(self, question: Message, parts: tuple[Part, ...]) -> Future[Asked]:
        """Ask something else, as `edit_question` does, that need not have the same files."""
        return self._database.run(lambda connection: self._ask_instead(connection, question, parts))

    def keep_passages(self, question: Message, passages: tuple[PassagesPart, ...]) -> Future[None]:
        """Add to a question what of the conversation's documents it is sent with."""
        return self._database.run(lambda connection: append_pieces(connection, question.id, passages))

    def answer_again(self, question: Message) -> Future[Asked]:
        """Put one more answer below a question, empty so far; also the first one, where the question has none."""
        return self._database.run(lambda connection: self._answer_again(connection, question))

    def answer_from(self, answer: Message, parts: tuple[Part, ...]) -> Future[Asked]:
        """Begin another version of an answer that says this so far and is to go on; the old one stays beside it."""
        return self._database.run(lambda connection: self._answer_from(connection, answer, parts))

    def edit_answer(self, answer: Message, text: str) -> Future[Conversation]:
        """Put one more version beside an answer, in the person's words and marked as such.

        What was kept as typed over it is forgotten.
        """
        return self._database.run(lambda connection: self._edit_answer(connection, answer, text))

    def summarise(self, last: Message) -> Future[Asked]:
        """Put an empty summary of everything down to `last` below it, as the end of the path that is shown.

        What followed `last` follows the summary once it is written (`summary_rows`).
        """
        return self._database.run(lambda connection: self._summarise(connection, last))

    def show_version(self, message: Message, number: int) -> Future[Conversation]:
        """Show another version in place of a message, counted from 1, down to where that branch was left.

        Raises:
            ValueError: there is no such version.
        """
        return self._database.run(lambda connection: _show_version(connection, message, number))

    def fork(self, message: Message, title: str) -> Future[Conversation]:
        """Begin a conversation with this title as a copy of the path down to a message, settings and figures too.

        An answer that is still being written ends early in the copy.
        """
        return self._database.run(lambda connection: self._fork(connection, message, title))

    def continue_from(self, summary: Message, title: str) -> Future[Conversation]:
        """Begin a conversation with this title with a copy of a summary and nothing above it; the two are linked."""
        return self._database.run(lambda connection: self._continue_from(connection, summary, title))

    def delete(self, message: Message) -> Future[Conversation]:
        """Take a message with everything below it out of sight; `restore` brings it back.

        A summary goes alone: what follows it stays, and what it covers is sent again. In its place stands the version
        of it that was shown before, where there is one.
        """
        return self._database.run(lambda connection: self._delete(connection, message))

    def restore(self, message: Message) -> Future[Conversation]:
        """Show a deleted message again, with everything below it, as it was."""
        return self._database.run(lambda connection: _restore(connection, message))

    def erase_deleted(self) -> Future[None]:
        """Erase what was deleted so long ago (`ERASED_AFTER`) that nobody wants it back."""
        return self._database.run(self._erase_deleted)

    def _ask_instead(self, connection: apsw.Connection, question: Message, parts: tuple[Part, ...]) -> Asked:
        _expect(connection, question)
        edited = replace(question, id=self._new_id(), parts=parts, created_at=self._clock())
        insert_message(connection, edited)
        forget_edit(connection, question.id)
        return self._answer_again(connection, edited)

    def _answer_again(self, connection: apsw.Connection, question: Message) -> Asked:
        _expect(connection, question)
        if question.role is not Role.PERSON:
            raise ValueError(f"message {question.id} is no question")
        now = self._clock()
        answer = Message(self._new_id(), question.conversation_id, question.id, Role.MODEL, (), now)
        insert_message(connection, answer)
        show_path_to(connection, question.conversation_id, answer.id)
        note_asked(connection, question.conversation_id, now)
        return as_asked(read_conversation(connection, question.conversation_id))

    def _answer_from(self, connection: apsw.Connection, answer: Message, parts: tuple[Part, ...]) -> Asked:
        _expect(connection, answer)
        now = self._clock()
        begun = Message(self._new_id(), answer.conversation_id, answer.parent_id, Role.MODEL, parts, now)
        insert_message(connection, begun)
        show_path_to(connection, answer.conversation_id, begun.id)
        note_asked(connection, answer.conversation_id, now)
        return as_asked(read_conversation(connection, answer.conversation_id))

    def _summarise(self, connection: apsw.Connection, last: Message) -> Asked:
        _expect(connection, last)
        now = self._clock()
        summary = Message(self._new_id(), last.conversation_id, last.id, Role.MODEL, (), now, is_summary=True)
        insert_message(connection, summary)
        show_path_to(connection, last.conversation_id, summary.id)
        note_asked(connection, last.conversation_id, now)
        return as_asked(read_conversation(connection, last.conversation_id))

    def _edit_answer(self, connection: apsw.Connection, answer: Message, text: str) -> Conversation:
        _expect(connection, answer)
        edited = replace(answer, id=self._new_id(), parts=(TextPart(text),), created_at=self._clock(), is_edited=True)
        outcome = AnswerOutcome(FinishReason.EDITED)
        insert_message(connection, edited)
        write_outcome(connection, edited.id, outcome, engine=answer.engine, model=answer.model)
        forget_edit(connection, answer.id)
        return _show(connection, edited.conversation_id, edited.id)

    def _fork(self, connection: apsw.Connection, message: Message, title: str) -> Conversation:
        _expect(connection, message)
        settings = read_conversation(connection, message.conversation_id).settings
        conversation_id = self._new_id()
        insert_conversation(connection, conversation_id, title, settings, self._clock())
        parent_id: str | None = None
        for original in read_path(connection, message.conversation_id, message.id):
            new_id = self._new_id()
            copy_message(connection, original.id, new_id=new_id, conversation_id=conversation_id, parent_id=parent_id)
            if original.role is Role.MODEL and original.outcome is None:
                early = AnswerOutcome(FinishReason.ENDED_EARLY)
                write_outcome(connection, new_id, early, engine=original.engine, model=original.model)
            parent_id = new_id
        return _show(connection, conversation_id, parent_id)

    def _continue_from(self, connection: apsw.Connection, summary: Message, title: str) -> Conversation:
        _expect(connection, summary)
        settings = read_conversation(connection, summary.conversation_id).settings
        conversation_id, new_id = self._new_id(), self._new_id()
        insert_conversation(connection, conversation_id, title, settings, self._clock())
        copy_message(connection, summary.id, new_id=new_id, conversation_id=conversation_id, parent_id=None)
        link_copy(connection, new_id, original_id=summary.id)
        return _show(connection, conversation_id, new_id)

    def _delete(self, connection: apsw.Connection, message: Message) -> Conversation:
        _expect(connection, message)
        delete_message(connection, message.conversation_id, message.id, message.parent_id, self._clock())
        return read_conversation(connection, message.conversation_id)

    def _erase_deleted(self, connection: apsw.Connection) -> None:
        connection.execute(
            "DELETE FROM messages WHERE deleted_at_us < ?", (to_microseconds(self._clock() - ERASED_AFTER),)
        )


def delete_message(
    connection: apsw.Connection, conversation_id: str, message_id: str, parent_id: str | None, now: datetime
) -> None:
    """Mark a message as deleted, and show what stood in its place before, else the path down to what is above it."""
    lift_from_summary(connection, message_id)
    connection.execute("UPDATE messages SET deleted_at_us = ? WHERE id = ?", (to_microseconds(now), message_id))
    before = connection.execute(
        """SELECT id FROM messages WHERE conversation_id = ? AND parent_id IS ? AND deleted_at_us IS NULL
        ORDER BY chosen DESC LIMIT 1""",
        (conversation_id, parent_id),
    ).get
    settle_summary(connection, before)
    show_path_through(connection, conversation_id, before or parent_id)


def _show_version(connection: apsw.Connection, message: Message, number: int) -> Conversation:
    _expect(connection, message)
    versions = read_versions(connection, message.conversation_id).get(message.id, (message.id,))
    if not 1 <= number <= len(versions):
        raise ValueError(f"message {message.id} has {len(versions)} versions, not {number}")
    choose_message(connection, versions[number - 1])
    return _show(connection, message.conversation_id, versions[number - 1])


def _restore(connection: apsw.Connection, message: Message) -> Conversation:
    _expect(connection, message)
    connection.execute("UPDATE messages SET deleted_at_us = NULL WHERE id = ?", (message.id,))
    choose_path_to(connection, message.id)
    return _show(connection, message.conversation_id, message.id)


def _show(connection: apsw.Connection, conversation_id: str, message_id: str | None) -> Conversation:
    """Show the path through a message, below it as it was shown last."""
    settle_summary(connection, message_id)
    show_path_through(connection, conversation_id, message_id)
    return read_conversation(connection, conversation_id)


def _expect(connection: apsw.Connection, message: Message) -> None:
    where = (message.id, message.conversation_id)
    if connection.execute("SELECT 1 FROM messages WHERE id = ? AND conversation_id = ?", where).get is None:
        raise ConversationMissing(message.conversation_id)
