"""What is not sent yet as rows: drafts, and files that go along with drafts and with queued messages.

Called inside transactions, on the database thread. `None` stands for the draft of a conversation not begun yet.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from phidesk.core.drafts import Draft
from phidesk.core.errors import ConversationMissing
from phidesk.core.parts import FilePart
from phidesk.storage.program_state import read_state, write_state
from phidesk.storage.stored_values import storable

NEW_CONVERSATION_DRAFT = "new_conversation_draft"
"""Key in the program's state of what was typed before there is a conversation."""


def read_draft(connection: apsw.Connection, conversation_id: str | None) -> Draft:
    """Return what was typed but not sent; `ConversationMissing` if there is no conversation."""
    return Draft(_read_text(connection, conversation_id), read_files(connection, conversation_id=conversation_id))


def write_draft(
    connection: apsw.Connection, conversation_id: str | None, text: str, files: Sequence[FilePart] | None
) -> None:
    """Store what is typed; where `files` is None, they stay as they are. `ConversationMissing` as above."""
    if conversation_id is None:
        write_state(connection, NEW_CONVERSATION_DRAFT, text)
    else:
        connection.execute("UPDATE conversations SET draft = ? WHERE id = ?", (storable(text), conversation_id))
        if connection.changes() == 0:
            raise ConversationMissing(conversation_id)
    if files is not None:
        connection.execute(
            "DELETE FROM unsent_files WHERE queued_id IS NULL AND conversation_id IS ?", (conversation_id,)
        )
        insert_files(connection, files, conversation_id=conversation_id)


def read_files(
    connection: apsw.Connection, *, conversation_id: str | None = None, queued_id: int | None = None
) -> tuple[FilePart, ...]:
    """Return the files of a draft, or of a queued message, in their order."""
    rows = connection.execute(
        """SELECT name, media_type, content, is_document FROM unsent_files
        WHERE conversation_id IS ? AND queued_id IS ? ORDER BY id""",
        (conversation_id, queued_id),
    )
    return tuple(FilePart(name, kind, text, bool(is_document)) for name, kind, text, is_document in rows)


def insert_files(
    connection: apsw.Connection,
    files: Sequence[FilePart],
    *,
    conversation_id: str | None = None,
    queued_id: int | None = None,
) -> None:
    """Store files of a draft, or of a queued message."""
    connection.executemany(
        """INSERT INTO unsent_files (conversation_id, queued_id, name, media_type, content, is_document)
        VALUES (?, ?, ?, ?, ?, ?)""",
        [
            (conversation_id, queued_id, storable(file.name), file.media_type, storable(file.text), file.is_document)
            for file in files
        ],
    )


def _read_text(connection: apsw.Connection, conversation_id: str | None) -> str:
    if conversation_id is None:
        return read_state(connection, NEW_CONVERSATION_DRAFT) or ""
    text: str | None = connection.execute("SELECT draft FROM conversations WHERE id = ?", (conversation_id,)).get
    if text is None:
        raise ConversationMissing(conversation_id)
    return text
