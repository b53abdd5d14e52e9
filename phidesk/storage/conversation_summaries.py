"""The list of conversations, read without anything that is in them."""

from __future__ import annotations

import apsw

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.storage.stored_values import from_microseconds


def list_summaries(connection: apsw.Connection) -> list[ConversationSummary]:
    """List all conversations inside a transaction, the one that was asked last first."""
    rows = connection.execute(
        "SELECT id, title, updated_at_us, is_unread FROM conversations ORDER BY updated_at_us DESC, rowid DESC"
    )
    return [ConversationSummary(row[0], row[1], from_microseconds(row[2]), is_unread=bool(row[3])) for row in rows]
