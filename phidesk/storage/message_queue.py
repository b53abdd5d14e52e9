"""Messages that wait until the answer before them is complete, on disk from the moment they are queued."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import apsw

from phidesk.core.drafts import Draft, QueuedMessage
from phidesk.core.errors import ConversationMissing
from phidesk.storage.database import Database
from phidesk.storage.draft_rows import insert_files, read_files, write_draft
from phidesk.storage.stored_values import storable


class MessageQueue:
    """Keeps one queue for each conversation. Safe from every thread; futures may carry a `StorageError`.

    A message leaves its queue when it is removed, or in the transaction that asks it (`Conversations.ask`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, conversation_id: str, draft: Draft) -> Future[QueuedMessage]:
        """Put a message at the end of a queue, and drop the draft that it was.

        Raises:
            ConversationMissing: no conversation has this id.
        """
        return self._database.run(lambda connection: _add(connection, conversation_id, draft))

    def list(self, conversation_id: str) -> Future[tuple[QueuedMessage, ...]]:
        """Read a queue, the message that is next first."""
        return self._database.run(lambda connection: _list(connection, conversation_id))

    def remove(self, queued_id: int) -> Future[None]:
        """Take a message out of its queue; nothing happens where it has left it already."""
        return self._database.run(lambda connection: remove_queued(connection, queued_id))


def remove_queued(connection: apsw.Connection, queued_id: int) -> None:
    """Take a message out of its queue, with its files, inside a transaction."""
    connection.execute("DELETE FROM queued_messages WHERE id = ?", (queued_id,))


def _add(connection: apsw.Connection, conversation_id: str, draft: Draft) -> QueuedMessage:
    if connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation_id,)).get is None:
        raise ConversationMissing(conversation_id)
    connection.execute(
        "INSERT INTO queued_messages (conversation_id, text) VALUES (?, ?)", (conversation_id, storable(draft.text))
    )
    queued_id = connection.last_insert_rowid()
    insert_files(connection, draft.files, queued_id=queued_id)
    write_draft(connection, conversation_id, "", ())
    return QueuedMessage(queued_id, draft)


def _list(connection: apsw.Connection, conversation_id: str) -> tuple[QueuedMessage, ...]:
    rows: list[Any] = connection.execute(
        "SELECT id, text FROM queued_messages WHERE conversation_id = ? ORDER BY id", (conversation_id,)
    ).fetchall()
    return tuple(QueuedMessage(row[0], Draft(row[1], read_files(connection, queued_id=row[0]))) for row in rows)
