"""The path that was read last, so that after one more question only what is new is read.

Reading all takes 13 µs a message: 1 s for 100,000, before anything is sent.
"""

from __future__ import annotations

import apsw

from phidesk.core.conversation import Message
from phidesk.storage.message_rows import read_message, read_path

MOST_NEW = 16
"""Messages that are read one by one. Where more are new, reading all at once is not much more."""
_MESSAGE_CONVERSATION, _MESSAGE_PARENT, _PART_MESSAGE = 1, 2, 1
"""Columns of the tables `messages` and `parts`."""


class RememberedPath:
    """Holds the path of one conversation, down to the first message that changed. Lives on the database thread.

    SQLite itself tells what changes, whoever changes it, so nothing that writes need know of this.
    """

    def __init__(self) -> None:
        self._connection: apsw.Connection | None = None
        self._conversation_id = ""
        self._messages: list[Message] = []
        self._places: dict[str, int] = {}
        self._data_version = 0
        """SQLite's count of what other programs wrote."""

    def read(self, connection: apsw.Connection, conversation_id: str, leaf: str | None) -> list[Message]:
        """Do as `read_path`. The list is valid until something else is read or written."""
        self._watch(connection)
        data_version = int(connection.pragma("data_version"))
        if (conversation_id, data_version) != (self._conversation_id, self._data_version):
            self._forget()
            self._conversation_id, self._data_version = conversation_id, data_version
        new = self._read_new(connection, leaf)
        if new is None:
            self._forget()
            new = list(read_path(connection, conversation_id, leaf))
        else:
            self._keep(self._place_below(new[0].parent_id if new else leaf))
        self._places.update((message.id, place) for place, message in enumerate(new, len(self._messages)))
        self._messages += new
        return self._messages

    def _read_new(self, connection: apsw.Connection, leaf: str | None) -> list[Message] | None:
        """Return what stands between the held path and the leaf; None where that is too much, or nothing is held."""
        upwards: list[Message] = []
        next_id = leaf
        while next_id is not None and next_id not in self._places:
            message = read_message(connection, next_id) if self._messages and len(upwards) < MOST_NEW else None
            if message is None:
                return None
            upwards.append(message)
            next_id = message.parent_id
        return upwards[::-1]

    def _watch(self, connection: apsw.Connection) -> None:
        if self._connection is not connection:
            self._forget()
            self._connection = connection
            connection.preupdate_hook(self._on_change, id=self)
            connection.set_rollback_hook(self._forget, id=self)

    def _on_change(self, change: apsw.PreUpdate) -> None:
        """Let go of what stands from the changed row on: the versions beside a message count as a part of it."""
        if change.table_name not in ("messages", "parts"):
            return
        for row in (change.old, change.new):
            if row is None:
                continue
            if change.table_name == "parts":
                self._keep(self._places.get(str(row[_PART_MESSAGE])))
            elif row[_MESSAGE_CONVERSATION] == self._conversation_id:
                self._keep(self._place_below(row[_MESSAGE_PARENT]))

    def _place_below(self, message_id: object) -> int | None:
        """Return the place below a message, 0 for None; None where that message is not held."""
        if message_id is None:
            return 0
        place = self._places.get(str(message_id))
        return None if place is None else place + 1

    def _keep(self, count: int | None) -> None:
        """Hold so many messages, all for None."""
        if count is not None:
            for message in self._messages[count:]:
                del self._places[message.id]
            del self._messages[count:]

    def _forget(self) -> None:
        self._keep(0)
