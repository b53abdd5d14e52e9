"""Conversations as rows, and what is read back of them. Called inside transactions, on the database thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import apsw

from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow, Role
from phidesk.core.errors import ConversationMissing
from phidesk.core.prompts import PromptLink
from phidesk.storage.message_rows import read_path, with_links
from phidesk.storage.stored_values import from_microseconds, storable, to_microseconds

ReadPath = Callable[[apsw.Connection, str, str | None], Iterable[Message]]
"""Reads the messages of a conversation down to one, as `message_rows.read_path`."""


@dataclass(frozen=True)
class Asked:
    """A question and its answer, both on disk, the answer still to be written (or to be gone on with).

    `conversation.messages` ends with the two.
    """

    conversation: Conversation
    question: Message
    answer: Message
    thought_ms: tuple[int, ...] = ()
    """How long the thinking parts took that the answer has already, where that is known."""

    def with_question(self, question: Message) -> Asked:
        """Return the same with the question as it is now."""
        messages = (*self.conversation.messages[:-2], question, self.answer)
        return replace(self, conversation=replace(self.conversation, messages=messages), question=question)


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
    overflow: str
    top_p: float | None
    top_k: int | None
    min_p: float | None
    repeat_penalty: float | None
    stop_strings: str
    answer_schema: str
    prompt_id: str | None
    is_detached: int
    variables: str


_SELECT = """
    SELECT id, title, created_at_us, updated_at_us, active_leaf,
        coalesce(
            (
                SELECT text FROM prompt_versions WHERE prompt_id = conversations.prompt_id AND NOT is_detached
                ORDER BY number DESC LIMIT 1
            ),
            instructions
        ),
        engine, model, window_tokens, answer_limit_tokens, temperature, seed,
        overflow, top_p, top_k, min_p, repeat_penalty, stop_strings, answer_schema,
        prompt_id, is_detached, variables
    FROM conversations WHERE id = ?
"""

_SELECT_SHOWN_BELOW = """
    WITH RECURSIVE shown (id) AS (
        SELECT ?2
        UNION ALL
        SELECT (
            SELECT messages.id FROM messages
            WHERE conversation_id = ?1 AND parent_id = shown.id AND deleted_at_us IS NULL
            ORDER BY chosen DESC LIMIT 1
        ) FROM shown WHERE shown.id IS NOT NULL
    )
    SELECT id FROM shown WHERE id IS NOT NULL
"""


def as_asked(conversation: Conversation) -> Asked:
    """Return what was asked last; ValueError if the path does not end with an answer."""
    if not conversation.messages or conversation.messages[-1].role is not Role.MODEL:
        raise ValueError(f"conversation {conversation.id} does not end with an answer")
    question, answer = conversation.messages[-2:]
    return Asked(conversation, question, answer)


def read_conversation(
    connection: apsw.Connection, conversation_id: str, read_path: ReadPath = read_path
) -> Conversation:
    """Return a conversation with the path that is shown; `ConversationMissing` if there is none."""
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
            overflow=Overflow(row.overflow),
            top_p=row.top_p,
            top_k=row.top_k,
            min_p=row.min_p,
            repeat_penalty=row.repeat_penalty,
            stop_strings=tuple(json.loads(row.stop_strings)),
            answer_schema=row.answer_schema,
            tools=_read_tools(connection, row.id),
            prompt=PromptLink(row.prompt_id, bool(row.is_detached)) if row.prompt_id is not None else None,
            variables=tuple(json.loads(row.variables).items()),
        ),
        messages=with_links(connection, read_path(connection, row.id, row.active_leaf)),
    )


def insert_conversation(
    connection: apsw.Connection, conversation_id: str, title: str, settings: ConversationSettings, now: datetime
) -> None:
    """Store a conversation without messages."""
    connection.execute(
        "INSERT INTO conversations (id, title, created_at_us, updated_at_us, instructions) VALUES (?, ?, ?, ?, '')",
        (conversation_id, storable(title), to_microseconds(now), to_microseconds(now)),
    )
    write_settings(connection, conversation_id, settings)


def write_settings(connection: apsw.Connection, conversation_id: str, settings: ConversationSettings) -> None:
    """Store how a conversation is answered; `ConversationMissing` if there is none.

    An entry of the library that was erased meanwhile is forgotten; its text stays.
    """
    connection.execute(
        """UPDATE conversations SET instructions = ?, engine = ?, model = ?, window_tokens = ?,
            answer_limit_tokens = ?, temperature = ?, seed = ?, overflow = ?, top_p = ?, top_k = ?, min_p = ?,
            repeat_penalty = ?, stop_strings = ?, answer_schema = ?,
            prompt_id = (SELECT id FROM prompts WHERE id = ?), is_detached = ?, variables = ? WHERE id = ?""",
        (
            storable(settings.instructions),
            settings.engine,
            settings.model,
            settings.window_tokens,
            settings.answer_limit_tokens,
            settings.temperature,
            settings.seed,
            settings.overflow,
            settings.top_p,
            settings.top_k,
            settings.min_p,
            settings.repeat_penalty,
            json.dumps([storable(text) for text in settings.stop_strings]),
            storable(settings.answer_schema),
            settings.prompt.prompt_id if settings.prompt is not None else None,
            settings.prompt is not None and settings.prompt.is_detached,
            json.dumps({storable(name): storable(value) for name, value in settings.variables}),
            conversation_id,
        ),
    )
    expect_change(connection, conversation_id)
    connection.execute("DELETE FROM conversation_tools WHERE conversation_id = ?", (conversation_id,))
    connection.executemany(
        "INSERT INTO conversation_tools (conversation_id, tool_id) VALUES (?, ?)",
        [(conversation_id, tool_id) for tool_id in sorted(settings.tools)],
    )


def read_leaf(connection: apsw.Connection, conversation_id: str) -> str | None:
    """Return the message with which the shown path ends; `ConversationMissing` if there is no conversation."""
    return _row(connection, conversation_id).active_leaf


def show_path_to(connection: apsw.Connection, conversation_id: str, leaf: str | None) -> None:
    """Show the path from the root down to this message."""
    connection.execute("UPDATE conversations SET active_leaf = ? WHERE id = ?", (leaf, conversation_id))


def show_path_through(connection: apsw.Connection, conversation_id: str, message_id: str | None) -> None:
    """Show the path through this message, below it as it was shown last; nothing of the tree for None."""
    below: Sequence[tuple[Any, ...]] = connection.execute(_SELECT_SHOWN_BELOW, (conversation_id, message_id)).fetchall()
    leaf: str | None = below[-1][0] if below else None
    show_path_to(connection, conversation_id, leaf)


def note_asked(connection: apsw.Connection, conversation_id: str, now: datetime) -> None:
    """Store that this is the conversation that was asked last."""
    connection.execute(
        "UPDATE conversations SET updated_at_us = ? WHERE id = ?", (to_microseconds(now), conversation_id)
    )


def expect_change(connection: apsw.Connection, conversation_id: str) -> None:
    """Raise `ConversationMissing` if the statement before found no conversation."""
    if connection.changes() == 0:
        raise ConversationMissing(conversation_id)


def _row(connection: apsw.Connection, conversation_id: str) -> _ConversationRow:
    row = connection.execute(_SELECT, (conversation_id,)).fetchone()
    if row is None:
        raise ConversationMissing(conversation_id)
    return _ConversationRow(*row)


def _read_tools(connection: apsw.Connection, conversation_id: str) -> frozenset[str]:
    rows = connection.execute("SELECT tool_id FROM conversation_tools WHERE conversation_id = ?", (conversation_id,))
    return frozenset(str(tool_id) for (tool_id,) in rows)
