"""Where summaries stand in the tree. Called inside transactions, on the database thread.

A summary is written at the end of a path of its own: below the last message that it covers, beside what followed there.
Once it is whole, what followed stands below it. Until then, and when it is deleted, everything is as it was before.
"""

from __future__ import annotations

import apsw

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import LinkedConversation

_SELECT_PLACE = "SELECT conversation_id, parent_id, finish FROM messages WHERE id = ? AND is_summary"

_SELECT_LINKED = """
    WITH versions (id, copy_of) AS (
        SELECT id, copy_of FROM messages
        WHERE conversation_id = ?1 AND parent_id IS ?2 AND is_summary AND deleted_at_us IS NULL
    )
    SELECT conversations.id, title, 1 FROM versions
        JOIN messages ON messages.id = versions.copy_of JOIN conversations ON conversations.id = conversation_id
    UNION
    SELECT conversations.id, title, 0 FROM versions
        JOIN messages ON messages.copy_of = versions.id JOIN conversations ON conversations.id = conversation_id
    ORDER BY 3 DESC, 2, 1
"""


def link_copy(connection: apsw.Connection, message_id: str, *, original_id: str) -> None:
    """Remember of the first message of a conversation which summary of another one it is."""
    connection.execute("UPDATE messages SET copy_of = ? WHERE id = ?", (original_id, message_id))


def read_linked(
    connection: apsw.Connection, conversation_id: str, parent_id: str | None
) -> tuple[LinkedConversation, ...]:
    """Return where the summaries that stand below this message lead, the conversation summarised first."""
    rows = connection.execute(_SELECT_LINKED, (conversation_id, parent_id))
    return tuple(LinkedConversation(row[0], row[1], is_earlier=bool(row[2])) for row in rows)


def settle_summary(connection: apsw.Connection, message_id: str | None) -> bool:
    """Let what follows the last message that a summary covers follow the summary, if it is one and whole; tell that."""
    place = connection.execute(_SELECT_PLACE, (message_id,)).fetchone()
    if place is None or place[2] is None or not FinishReason(place[2]).is_usable:
        return False
    connection.execute(
        """UPDATE messages SET parent_id = ?1 WHERE conversation_id = ?2 AND NOT is_summary AND (
            parent_id IS ?3 OR parent_id IN (
                SELECT id FROM messages AS summaries
                WHERE summaries.conversation_id = ?2 AND summaries.parent_id IS ?3 AND summaries.is_summary
            )
        )""",
        (message_id, *place[:2]),
    )
    return True


def covered_by_unfinished(connection: apsw.Connection, message_id: str) -> str | None:
    """Return the last message that a summary covers which was broken off; None where it is no such summary."""
    place = connection.execute(_SELECT_PLACE, (message_id,)).fetchone()
    if place is None or (place[2] is not None and FinishReason(place[2]).is_usable):
        return None
    covered: str | None = place[1]
    return covered


def lift_from_summary(connection: apsw.Connection, message_id: str) -> None:
    """Let what follows a summary follow the last message that it covers again; other messages stay as they are."""
    place = connection.execute(_SELECT_PLACE, (message_id,)).fetchone()
    if place is not None:
        connection.execute(
            "UPDATE messages SET parent_id = ? WHERE conversation_id = ? AND parent_id = ?",
            (place[1], place[0], message_id),
        )
