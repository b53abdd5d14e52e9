"""Messages and how answers ended, as rows. Called inside transactions, on the database thread."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import apsw

from phidesk.core.answers import AnswerOutcome, FinishReason, Timings, Usage
from phidesk.core.conversation import Message, Role
from phidesk.core.parts import Part
from phidesk.storage.part_rows import insert_parts, read_parts, read_parts_by_message
from phidesk.storage.stored_values import from_microseconds, to_microseconds
from phidesk.storage.summary_rows import read_linked


class _MessageRow(NamedTuple):
    """One row of `messages`, in the order of `_COLUMNS`."""

    id: str
    conversation_id: str
    parent_id: str | None
    role: str
    created_at_us: int
    engine: str | None
    model: str | None
    finish: str | None
    prompt_tokens: int | None
    answer_tokens: int | None
    cached_tokens: int | None
    load_ms: float | None
    reading_ms: float | None
    writing_ms: float | None
    first_token_ms: float | None
    total_ms: float | None
    window_tokens: int | None
    gpu_bytes: int | None
    total_bytes: int | None
    error: str | None
    facts: str | None
    is_edited: int
    is_summary: int


_COLUMNS = """
    messages.id, conversation_id, messages.parent_id, role, created_at_us, engine, model, finish,
    prompt_tokens, answer_tokens, cached_tokens, load_ms, reading_ms, writing_ms, first_token_ms, total_ms,
    window_tokens, gpu_bytes, total_bytes, error, facts, is_edited, is_summary
"""
_SELECT_PATH = f"""
    WITH RECURSIVE path (id, parent_id, height) AS (
        SELECT id, parent_id, 0 FROM messages WHERE id = ?
        UNION ALL
        SELECT messages.id, messages.parent_id, height + 1 FROM messages JOIN path ON messages.id = path.parent_id
    )
    SELECT {_COLUMNS} FROM path JOIN messages USING (id) ORDER BY height DESC
"""  # noqa: S608 - names of our own
_SELECT_VERSIONS_BELOW = """
    SELECT id FROM messages
    WHERE conversation_id = ? AND parent_id IS ? AND is_summary = ? AND deleted_at_us IS NULL
    ORDER BY created_at_us, rowid
"""
_SELECT_IDS_UP_TO = """
    WITH RECURSIVE path (id, parent_id) AS (
        SELECT id, parent_id FROM messages WHERE id = ?
        UNION ALL
        SELECT messages.id, messages.parent_id FROM messages JOIN path ON messages.id = path.parent_id
    )
    SELECT id FROM path
"""
_SELECT_VERSIONS = """
    WITH forks (parent_id) AS (
        SELECT parent_id FROM messages WHERE conversation_id = ?1 AND deleted_at_us IS NULL
        GROUP BY parent_id HAVING count(*) > 1
    )
    SELECT messages.parent_id, is_summary, messages.id FROM forks CROSS JOIN messages
        ON conversation_id = ?1 AND messages.parent_id IS forks.parent_id AND deleted_at_us IS NULL
    ORDER BY messages.parent_id, is_summary, created_at_us, messages.rowid
"""
_COPIED = """
    role, created_at_us, engine, model, finish, prompt_tokens, answer_tokens, cached_tokens, load_ms, reading_ms,
    writing_ms, first_token_ms, total_ms, window_tokens, gpu_bytes, total_bytes, error, facts, is_edited, is_summary
"""
_COPY = f"""
    INSERT INTO messages (id, conversation_id, parent_id, chosen, {_COPIED})
    SELECT ?, ?, ?, 1, {_COPIED} FROM messages WHERE id = ?
"""  # noqa: S608 - names of our own
_UPDATE_OUTCOME = """
    UPDATE messages SET engine = ?, model = ?, finish = ?,
        prompt_tokens = ?, answer_tokens = ?, cached_tokens = ?, load_ms = ?, reading_ms = ?, writing_ms = ?,
        first_token_ms = ?, total_ms = ?, window_tokens = ?, gpu_bytes = ?, total_bytes = ?, error = ?, facts = ?
    WHERE id = ?
"""


def read_path(connection: apsw.Connection, conversation_id: str, leaf: str | None) -> tuple[Message, ...]:
    """Return the messages from the root of the conversation's tree down to this one, without links; none for None."""
    parts = read_parts_by_message(connection, conversation_id)
    versions = read_versions(connection, conversation_id)
    rows = [_MessageRow(*row) for row in connection.execute(_SELECT_PATH, (leaf,))]
    return tuple(_message(row, parts.get(row.id, ()), versions.get(row.id, ())) for row in rows)


def read_message(connection: apsw.Connection, message_id: str) -> Message | None:
    """Return one message as `read_path` does: of a long path the few that are new, sooner than all; None for none."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM messages WHERE id = ?", (message_id,))  # noqa: S608 - our own
    rows = [_MessageRow(*values) for values in found]
    if not rows:
        return None
    (row,) = rows
    below = connection.execute(_SELECT_VERSIONS_BELOW, (row.conversation_id, row.parent_id, row.is_summary))
    versions = tuple(version for (version,) in below)
    return _message(row, read_parts(connection, message_id), versions if len(versions) > 1 else ())


def with_links(connection: apsw.Connection, path: Iterable[Message]) -> tuple[Message, ...]:
    """Tell of the summaries in a path which conversations begin with them. Their titles may have changed since."""
    return tuple(
        replace(message, linked=read_linked(connection, message.conversation_id, message.parent_id))
        if message.is_summary
        else message
        for message in path
    )


def read_versions(connection: apsw.Connection, conversation_id: str) -> dict[str, tuple[str, ...]]:
    """Return the ids of all messages that stand where this one stands, for each that does not stand alone.

    A summary that is still being written stands beside what follows it later, but is no version of that.
    """
    rows = connection.execute(_SELECT_VERSIONS, (conversation_id,))
    forks = [tuple(row[2] for row in fork) for _, fork in groupby(rows, key=itemgetter(0, 1))]
    return {message_id: fork for fork in forks if len(fork) > 1 for message_id in fork}


def insert_message(connection: apsw.Connection, message: Message) -> None:
    """Store a new message with its parts, as the one that is shown below its parent; it has no outcome yet."""
    connection.execute(
        """INSERT INTO messages (id, conversation_id, parent_id, role, is_edited, is_summary, created_at_us)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            *(message.id, message.conversation_id, message.parent_id, message.role),
            *(message.is_edited, message.is_summary, to_microseconds(message.created_at)),
        ),
    )
    insert_parts(connection, message.id, message.parts)
    choose_message(connection, message.id)


def choose_message(connection: apsw.Connection, message_id: str) -> None:
    """Make a message the one that is shown of all that stand below its parent."""
    connection.execute(
        """UPDATE messages SET chosen = 1 + (
            SELECT max(chosen) FROM messages AS versions
            WHERE versions.conversation_id = messages.conversation_id AND versions.parent_id IS messages.parent_id
        ) WHERE id = ?""",
        (message_id,),
    )


def choose_path_to(connection: apsw.Connection, message_id: str) -> None:
    """Make a message and all above it those that are shown: another version may have been shown above it meanwhile."""
    for (above,) in connection.execute(_SELECT_IDS_UP_TO, (message_id,)).fetchall():
        choose_message(connection, str(above))


def copy_message(
    connection: apsw.Connection, message_id: str, *, new_id: str, conversation_id: str, parent_id: str | None
) -> None:
    """Store a message with all that is known of it a second time, in another conversation."""
    connection.execute(_COPY, (new_id, conversation_id, parent_id, message_id))
    insert_parts(connection, new_id, read_parts(connection, message_id))


def write_outcome(
    connection: apsw.Connection, message_id: str, outcome: AnswerOutcome, *, engine: str | None, model: str | None
) -> None:
    """Store who answered and how the answer ended."""
    usage, timings = outcome.usage, outcome.timings
    values = (
        *(engine, model, outcome.finish),
        *(usage.prompt_tokens, usage.answer_tokens, usage.cached_tokens),
        *(timings.load_ms, timings.reading_ms, timings.writing_ms, timings.first_token_ms, timings.total_ms),
        *(outcome.window_tokens, outcome.gpu_bytes, outcome.total_bytes),
        *(outcome.error, json.dumps(outcome.facts)),
    )
    connection.execute(_UPDATE_OUTCOME, (*values, message_id))


def reopen_message(connection: apsw.Connection, message_id: str) -> None:
    """Make an answer one that is being written. Its figures are not read any more and will be written anew."""
    connection.execute("UPDATE messages SET finish = NULL WHERE id = ?", (message_id,))


def read_thinking_ms(connection: apsw.Connection, message_id: str) -> tuple[int, ...]:
    """Return how long the thinking parts of an answer took until it ended, also once it was reopened."""
    facts = connection.execute("SELECT facts FROM messages WHERE id = ?", (message_id,)).get
    return AnswerOutcome(FinishReason.STOP, facts=_facts(facts)).thinking_ms


def _message(row: _MessageRow, parts: tuple[Part, ...], versions: tuple[str, ...]) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        parent_id=row.parent_id,
        role=Role(row.role),
        parts=parts,
        created_at=from_microseconds(row.created_at_us),
        engine=row.engine,
        model=row.model,
        outcome=_outcome(row),
        is_edited=bool(row.is_edited),
        version=versions.index(row.id) + 1 if versions else 1,
        version_count=len(versions) or 1,
        is_summary=bool(row.is_summary),
    )


def _outcome(row: _MessageRow) -> AnswerOutcome | None:
    if row.finish is None:
        return None
    return AnswerOutcome(
        finish=FinishReason(row.finish),
        usage=Usage(row.prompt_tokens, row.answer_tokens, row.cached_tokens),
        timings=Timings(row.load_ms, row.reading_ms, row.writing_ms, row.first_token_ms, row.total_ms),
        window_tokens=row.window_tokens,
        gpu_bytes=row.gpu_bytes,
        total_bytes=row.total_bytes,
        error=row.error,
        facts=_facts(row.facts),
    )


def _facts(written: str | None) -> tuple[tuple[str, str | int | None], ...]:
    return tuple((name, value) for name, value in json.loads(written or "[]"))
