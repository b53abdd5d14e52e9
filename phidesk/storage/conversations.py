"""Conversations on disk. Every action of the person is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import apsw

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import (
    Conversation,
    ConversationSettings,
    ConversationSummary,
    Message,
    Role,
    title_from,
)
from phidesk.core.errors import ConversationMissing
from phidesk.core.parts import Part, plain_text
from phidesk.storage.database import Database
from phidesk.storage.message_rows import insert_message, read_path, reopen_message, write_outcome
from phidesk.storage.part_rows import merge_pieces
from phidesk.storage.program_state import read_state, write_state
from phidesk.storage.stored_values import from_microseconds, storable, to_microseconds

NEW_CONVERSATION_DRAFT = "new_conversation_draft"
"""Key in the program's state of what was typed before there is a conversation."""


@dataclass(frozen=True)
class Asked:
    """A question and its answer, both on disk, the answer still to be written (or to be gone on with).

    `conversation.messages` ends with the two.
    """

    conversation: Conversation
    question: Message
    answer: Message


class _ConversationRow(NamedTuple):
    """One row of `conversations`, in the order of `_SELECT`."""

    id: str
    title: str
    created_at_us: int
    updated_at_us: int
    active_leaf: str | None
    instructions: str
    engine: str | None
    model: str | None
    window_tokens: int | None
    answer_limit_tokens: int | None
    temperature: float | None
    seed: int | None


_SELECT = """
    SELECT id, title, created_at_us, updated_at_us, active_leaf,
        instructions, engine, model, window_tokens, answer_limit_tokens, temperature, seed
    FROM conversations WHERE id = ?
"""


class Conversations:
    """Keeps conversations. Safe from every thread; futures may carry a `StorageError` beside what is named."""

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        """`clock` tells aware datetimes, `new_id` ids that nobody else has; both run on the database thread."""
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def ask(
        self, parts: tuple[Part, ...], *, conversation_id: str | None, settings: ConversationSettings
    ) -> Future[Asked]:
        """Append a question and its empty answer to the path that is shown, and drop the draft that it was.

        None begins a conversation with these settings and a title from the question. An existing conversation
        keeps the settings that it has (see `change_settings`).

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: self._ask(connection, parts, conversation_id, settings))

    def reopen_answer(self, conversation_id: str) -> Future[Asked]:
        """Make the last answer of the shown path one that is being written; its text stays.

        Raises:
            ConversationMissing: no conversation has this id.
            ValueError: the path does not end with an answer.
        """
        return self._database.run(lambda connection: self._reopen_answer(connection, conversation_id))

    def get(self, conversation_id: str) -> Future[Conversation]:
        """Read a conversation with the path that is shown.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _read(connection, conversation_id))

    def list(self) -> Future[list[ConversationSummary]]:
        """List all conversations, the one that was asked last first."""
        return self._database.run(_list)

    def change_settings(self, conversation_id: str, settings: ConversationSettings) -> Future[None]:
        """Let the next answers of a conversation be made with these settings.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _change_settings(connection, conversation_id, settings))

    def rename(self, conversation_id: str, title: str) -> Future[None]:
        """Give a conversation a title.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _rename(connection, conversation_id, title))

    def draft(self, conversation_id: str | None) -> Future[str]:
        """Read what was typed but not sent; None means: without a conversation yet.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _draft(connection, conversation_id))

    def save_draft(self, conversation_id: str | None, text: str) -> Future[None]:
        """Keep what is typed but not sent; None means: without a conversation yet.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _save_draft(connection, conversation_id, text))

    def end_unfinished_answers(self) -> Future[int]:
        """End answers that were being written when the program was killed; return how many. Their text stays.

        Only for the start, by whoever owns the profile: nothing else is writing then.
        """
        return self._database.run(_end_unfinished_answers)

    def _ask(
        self,
        connection: apsw.Connection,
        parts: tuple[Part, ...],
        conversation_id: str | None,
        settings: ConversationSettings,
    ) -> Asked:
        now = self._clock()
        _save_draft(connection, conversation_id, "")
        if conversation_id is None:
            conversation_id = self._new_id()
            _insert(connection, conversation_id, title_from(plain_text(parts)), settings, now)
        leaf = _row(connection, conversation_id).active_leaf
        question = Message(self._new_id(), conversation_id, leaf, Role.PERSON, parts, now)
        answer = Message(self._new_id(), conversation_id, question.id, Role.MODEL, (), now)
        insert_message(connection, question)
        insert_message(connection, answer)
        connection.execute(
            "UPDATE conversations SET active_leaf = ?, updated_at_us = ? WHERE id = ?",
            (answer.id, to_microseconds(now), conversation_id),
        )
        return _asked(_read(connection, conversation_id))

    def _reopen_answer(self, connection: apsw.Connection, conversation_id: str) -> Asked:
        leaf = _row(connection, conversation_id).active_leaf
        if leaf is None:
            raise ValueError(f"conversation {conversation_id} has no answer to go on with")
        reopen_message(connection, leaf)
        connection.execute(
            "UPDATE conversations SET updated_at_us = ? WHERE id = ?",
            (to_microseconds(self._clock()), conversation_id),
        )
        return _asked(_read(connection, conversation_id))


def _asked(conversation: Conversation) -> Asked:
    question, answer = conversation.messages[-2:]
    if answer.role is not Role.MODEL:
        raise ValueError(f"conversation {conversation.id} does not end with an answer")
    return Asked(conversation, question, answer)


def _row(connection: apsw.Connection, conversation_id: str) -> _ConversationRow:
    row = connection.execute(_SELECT, (conversation_id,)).fetchone()
    if row is None:
        raise ConversationMissing(conversation_id)
    return _ConversationRow(*row)


def _read(connection: apsw.Connection, conversation_id: str) -> Conversation:
    row = _row(connection, conversation_id)
    return Conversation(
        id=row.id,
        title=row.title,
        created_at=from_microseconds(row.created_at_us),
        updated_at=from_microseconds(row.updated_at_us),
        settings=ConversationSettings(
            instructions=row.instructions,
            engine=row.engine,
            model=row.model,
            window_tokens=row.window_tokens,
            answer_limit_tokens=row.answer_limit_tokens,
            temperature=row.temperature,
            seed=row.seed,
        ),
        messages=read_path(connection, row.id, row.active_leaf),
    )


def _list(connection: apsw.Connection) -> list[ConversationSummary]:
    rows = connection.execute(
        "SELECT id, title, updated_at_us FROM conversations ORDER BY updated_at_us DESC, rowid DESC"
    )
    return [ConversationSummary(row[0], row[1], from_microseconds(row[2])) for row in rows]


def _insert(
    connection: apsw.Connection, conversation_id: str, title: str, settings: ConversationSettings, now: datetime
) -> None:
    connection.execute(
        "INSERT INTO conversations (id, title, created_at_us, updated_at_us, instructions) VALUES (?, ?, ?, ?, '')",
        (conversation_id, storable(title), to_microseconds(now), to_microseconds(now)),
    )
    _change_settings(connection, conversation_id, settings)


def _change_settings(connection: apsw.Connection, conversation_id: str, settings: ConversationSettings) -> None:
    connection.execute(
        """UPDATE conversations SET instructions = ?, engine = ?, model = ?, window_tokens = ?,
            answer_limit_tokens = ?, temperature = ?, seed = ? WHERE id = ?""",
        (
            storable(settings.instructions),
            settings.engine,
            settings.model,
            settings.window_tokens,
            settings.answer_limit_tokens,
            settings.temperature,
            settings.seed,
            conversation_id,
        ),
    )
    _expect_change(connection, conversation_id)


def _rename(connection: apsw.Connection, conversation_id: str, title: str) -> None:
    connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (storable(title), conversation_id))
    _expect_change(connection, conversation_id)


def _draft(connection: apsw.Connection, conversation_id: str | None) -> str:
    if conversation_id is None:
        return read_state(connection, NEW_CONVERSATION_DRAFT) or ""
    draft: str | None = connection.execute("SELECT draft FROM conversations WHERE id = ?", (conversation_id,)).get
    if draft is None:
        raise ConversationMissing(conversation_id)
    return draft


def _save_draft(connection: apsw.Connection, conversation_id: str | None, text: str) -> None:
    if conversation_id is None:
        write_state(connection, NEW_CONVERSATION_DRAFT, text)
        return
    connection.execute("UPDATE conversations SET draft = ? WHERE id = ?", (storable(text), conversation_id))
    _expect_change(connection, conversation_id)


def _expect_change(connection: apsw.Connection, conversation_id: str) -> None:
    if connection.changes() == 0:
        raise ConversationMissing(conversation_id)


def _end_unfinished_answers(connection: apsw.Connection) -> int:
    unfinished = list(
        connection.execute("SELECT id, engine, model FROM messages WHERE role = ? AND finish IS NULL", (Role.MODEL,))
    )
    for message_id, engine, model in unfinished:
        merge_pieces(connection, message_id)
        write_outcome(connection, message_id, AnswerOutcome(FinishReason.ENDED_EARLY), engine=engine, model=model)
    return len(unfinished)
