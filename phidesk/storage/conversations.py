"""Conversations on disk. Every action of the person is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

import apsw

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import (
    Conversation,
    ConversationSettings,
    Message,
    Role,
    title_of,
)
from phidesk.core.conversation_summary import ConversationSummary
from phidesk.core.drafts import Draft
from phidesk.core.parts import FilePart, Part
from phidesk.storage.branches import Branches, delete_message
from phidesk.storage.conversation_rows import (
    Asked,
    as_asked,
    expect_change,
    insert_conversation,
    note_asked,
    read_conversation,
    read_leaf,
    show_path_to,
    write_settings,
)
from phidesk.storage.conversation_summaries import list_summaries
from phidesk.storage.database import Database
from phidesk.storage.draft_rows import read_draft, write_draft
from phidesk.storage.message_queue import MessageQueue, remove_queued
from phidesk.storage.message_rows import insert_message, read_thinking_ms, reopen_message, write_outcome
from phidesk.storage.part_rows import merge_pieces
from phidesk.storage.remembered_path import RememberedPath
from phidesk.storage.stored_values import storable
from phidesk.storage.summary_rows import covered_by_unfinished
from phidesk.storage.unsaved_edits import UnsavedEdits

__all__ = ["Asked", "Conversations"]


class Conversations:
    """Keeps conversations. Safe from every thread; futures may carry a `StorageError` beside what is named."""

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        """`clock` tells aware datetimes, `new_id` ids that nobody else has; both run on the database thread."""
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._path = RememberedPath()
        self.branches = Branches(database, clock, new_id)
        self.queue = MessageQueue(database)
        self.unsaved_edits = UnsavedEdits(database)

    def ask(
        self,
        parts: tuple[Part, ...],
        *,
        conversation_id: str | None,
        settings: ConversationSettings,
        queued_id: int | None = None,
    ) -> Future[Asked]:
        """Append a question and its empty answer to the path that is shown, and drop the draft that it was.

        With `queued_id` it was no draft but that queued message, which leaves its queue.

        None begins a conversation with these settings and a title from the question. An existing conversation
        keeps the settings that it has (see `change_settings`).

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: self._ask(connection, parts, conversation_id, settings, queued_id))

    def reopen_answer(self, conversation_id: str) -> Future[Asked]:
        """Make the last answer of the shown path one that is being written; its text stays.

        Raises:
            ConversationMissing: no conversation has this id.
            ValueError: the path does not end with an answer.
        """
        return self._database.run(lambda connection: self._reopen_answer(connection, conversation_id))

    def last_asked(self, conversation_id: str) -> Future[Asked]:
        """Read the question and the answer with which the shown path ends, the answer as it is.

        Raises:
            ConversationMissing: no conversation has this id.
            ValueError: the path does not end with an answer.
        """
        return self._database.run(lambda connection: as_asked(self._read(connection, conversation_id)))

    def get(self, conversation_id: str) -> Future[Conversation]:
        """Read a conversation with the path that is shown.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: self._read(connection, conversation_id))

    def list(self) -> Future[list[ConversationSummary]]:
        """List all conversations, the one that was asked last first."""
        return self._database.run(list_summaries)

    def change_settings(self, conversation_id: str, settings: ConversationSettings) -> Future[None]:
        """Let the next answers of a conversation be made with these settings.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: write_settings(connection, conversation_id, settings))

    def rename(self, conversation_id: str, title: str) -> Future[None]:
        """Give a conversation a title.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _rename(connection, conversation_id, title))

    def draft(self, conversation_id: str | None) -> Future[Draft]:
        """Read what was typed but not sent; None means: without a conversation yet.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: read_draft(connection, conversation_id))

    def save_draft(
        self, conversation_id: str | None, text: str, files: Sequence[FilePart] | None = None
    ) -> Future[None]:
        """Keep what is typed but not sent; None means: without a conversation yet, and of the files: they stay.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: write_draft(connection, conversation_id, text, files))

    def set_unread(self, conversation_id: str, *, is_unread: bool) -> Future[None]:
        """Remember whether an answer was completed that nobody has seen.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _set_unread(connection, conversation_id, is_unread=is_unread))

    def end_unfinished_answers(self) -> Future[int]:
        """End answers that were being written when the program was killed; return how many. Their text stays.

        Only for the start, by whoever owns the profile: nothing else is writing then.
        """
        return self._database.run(_end_unfinished_answers)

    def _read(self, connection: apsw.Connection, conversation_id: str) -> Conversation:
        return read_conversation(connection, conversation_id, self._path.read)

    def _ask(
        self,
        connection: apsw.Connection,
        parts: tuple[Part, ...],
        conversation_id: str | None,
        settings: ConversationSettings,
        queued_id: int | None,
    ) -> Asked:
        now = self._clock()
        if queued_id is None:
            write_draft(connection, conversation_id, "", ())
        else:
            remove_queued(connection, queued_id)
        if conversation_id is None:
            conversation_id = self._new_id()
            insert_conversation(connection, conversation_id, title_of(parts), settings, now)
        leaf = _leave_unfinished_summary(connection, conversation_id, now)
        question = Message(self._new_id(), conversation_id, leaf, Role.PERSON, parts, now)
        answer = Message(self._new_id(), conversation_id, question.id, Role.MODEL, (), now)
        insert_message(connection, question)
        insert_message(connection, answer)
        show_path_to(connection, conversation_id, answer.id)
        note_asked(connection, conversation_id, now)
        return as_asked(self._read(connection, conversation_id))

    def _reopen_answer(self, connection: apsw.Connection, conversation_id: str) -> Asked:
        leaf = read_leaf(connection, conversation_id)
        if leaf is None:
            raise ValueError(f"conversation {conversation_id} has no answer to go on with")
        reopen_message(connection, leaf)
        note_asked(connection, conversation_id, self._clock())
        asked = as_asked(self._read(connection, conversation_id))
        return replace(asked, thought_ms=read_thinking_ms(connection, leaf))


def _leave_unfinished_summary(connection: apsw.Connection, conversation_id: str, now: datetime) -> str | None:
    """Return the leaf to ask below. A summary that was broken off is none: it is deleted, and the path beside it shown.

    Below it, the question would be cut off from what was said last.
    """
    leaf = read_leaf(connection, conversation_id)
    while leaf is not None and (covered := covered_by_unfinished(connection, leaf)) is not None:
        delete_message(connection, conversation_id, leaf, covered, now)
        leaf = read_leaf(connection, conversation_id)
    return leaf


def _rename(connection: apsw.Connection, conversation_id: str, title: str) -> None:
    connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (storable(title), conversation_id))
    expect_change(connection, conversation_id)


def _set_unread(connection: apsw.Connection, conversation_id: str, *, is_unread: bool) -> None:
    connection.execute("UPDATE conversations SET is_unread = ? WHERE id = ?", (is_unread, conversation_id))
    expect_change(connection, conversation_id)


def _end_unfinished_answers(connection: apsw.Connection) -> int:
    unfinished = list(
        connection.execute("SELECT id, engine, model FROM messages WHERE role = ? AND finish IS NULL", (Role.MODEL,))
    )
    for message_id, engine, model in unfinished:
        merge_pieces(connection, message_id)
        write_outcome(connection, message_id, AnswerOutcome(FinishReason.ENDED_EARLY), engine=engine, model=model)
    return len(unfinished)
