"""Everything that was said, to be looked through: the messages that conversations show, and the files in them.

It is read over a connection of its own, so that nothing waits that is being written meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from phidesk.core.conversation import Role
from phidesk.storage.inspection import open_for_reading
from phidesk.storage.stored_values import from_microseconds

_SELECT_SAID = """
    WITH RECURSIVE shown (id, parent_id, created_at_us, title, is_unfinished, is_being_answered) AS (
        SELECT messages.id, parent_id, messages.created_at_us, title, role = ?1 AND finish IS NULL, FALSE
        FROM conversations JOIN messages ON messages.id = active_leaf
        UNION ALL
        SELECT messages.id, messages.parent_id, messages.created_at_us, title,
            role = ?1 AND finish IS NULL, shown.is_unfinished
        FROM shown JOIN messages ON messages.id = shown.parent_id
        ORDER BY 3 DESC
    )
    SELECT parts.id, shown.created_at_us, iif(shown.parent_id IS NULL, title || char(10) || content, content)
    FROM shown CROSS JOIN parts ON message_id = shown.id
    WHERE kind IN ('text', 'file', 'document') AND NOT is_unfinished AND NOT is_being_answered
"""
"""The order within the recursion makes the newest come first, one by one, without sorting texts."""
_SELECT_SOURCE = """
    SELECT conversations.id, title, messages.created_at_us, role, parts.name, content, (
        SELECT last.content
        FROM messages AS answer JOIN parts AS last ON last.message_id = answer.id AND last.kind = 'text'
        WHERE answer.conversation_id = messages.conversation_id AND answer.parent_id = messages.id
            AND answer.role = ?1 AND answer.deleted_at_us IS NULL
        ORDER BY answer.chosen DESC, last.position DESC LIMIT 1
    )
    FROM parts JOIN messages ON messages.id = message_id JOIN conversations ON conversations.id = conversation_id
    WHERE parts.id = ?2
"""


@dataclass(frozen=True)
class SaidText:
    """A text, with its conversation's title where it is the first there; `read_sources` knows it by its number."""

    number: int
    said_at: datetime
    text: str


@dataclass(frozen=True)
class TextSource:
    """A text and where it stands. `file_name` is None for what was said, and empty for pasted text.

    `answer` is what a model said last right below it; empty for nothing.
    """

    conversation_id: str
    title: str
    said_at: datetime
    role: Role
    file_name: str | None
    text: str
    answer: str = ""


def read_said(path: Path) -> Iterator[SaidText]:
    """Yield all texts, the newest first. A question that is being answered is left out, with its unfinished answer.

    Raises:
        StorageError: the file cannot be read.
    """
    with open_for_reading(path) as connection:
        if connection is not None:
            for number, said_at_us, text in connection.execute(_SELECT_SAID, (Role.MODEL,)):
                yield SaidText(number, from_microseconds(said_at_us), text)


def read_sources(path: Path, numbers: Sequence[int]) -> list[TextSource]:
    """Read the texts with these numbers, in their order, as far as they are still there.

    Raises:
        StorageError: the file cannot be read.
    """
    with open_for_reading(path) as connection:
        if connection is None:
            return []
        rows = [connection.execute(_SELECT_SOURCE, (Role.MODEL, number)).fetchone() for number in numbers]
    return [
        TextSource(conversation_id, title, from_microseconds(said_at_us), Role(role), name, text, answer or "")
        for conversation_id, title, said_at_us, role, name, text, answer in filter(None, rows)
    ]
