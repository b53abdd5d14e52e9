"""What was typed over messages and not saved, on disk while it is typed."""

from __future__ import annotations

from concurrent.futures import Future

import apsw

from phidesk.storage.database import Database
from phidesk.storage.stored_values import storable


class UnsavedEdits:
    """Keeps at most one text for each message. Safe from every thread; futures may carry a `StorageError`.

    A text leaves when it is forgotten, or in the transaction that saves the edit (`Branches`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, message_id: str, text: str) -> Future[None]:
        """Keep what is typed over a message, in place of what was kept before; nothing where the message is gone."""
        return self._database.run(lambda connection: _keep(connection, message_id, text))

    def forget(self, message_id: str) -> Future[None]:
        """Drop what was typed over a message, if anything was."""
        return self._database.run(lambda connection: forget_edit(connection, message_id))

    def list(self, conversation_id: str) -> Future[dict[str, str]]:
        """Read the texts of a conversation, on all of its paths, by the ids of their messages."""
        return self._database.run(lambda connection: _list(connection, conversation_id))


def forget_edit(connection: apsw.Connection, message_id: str) -> None:
    """Drop what was typed over a message, inside a transaction."""
    connection.execute("DELETE FROM unsaved_edits WHERE message_id = ?", (message_id,))


def _keep(connection: apsw.Connection, message_id: str, text: str) -> None:
    connection.execute(
        """INSERT INTO unsaved_edits (message_id, text) SELECT id, ? FROM messages WHERE id = ?
        ON CONFLICT (message_id) DO UPDATE SET text = excluded.text""",
        (storable(text), message_id),
    )


def _list(connection: apsw.Connection, conversation_id: str) -> dict[str, str]:
    rows = connection.execute(
        """SELECT message_id, text FROM unsaved_edits JOIN messages ON messages.id = message_id
        WHERE conversation_id = ?""",
        (conversation_id,),
    )
    return {str(message_id): str(text) for message_id, text in rows}
