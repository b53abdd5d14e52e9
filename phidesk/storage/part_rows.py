"""The parts of messages as rows. Called inside transactions, on the database thread.

A part is the concatenation of its pieces. While an answer streams, every write adds a piece to its last part, so
that its cost does not grow with the answer; when the answer ends, each part becomes one piece again.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import apsw

from phidesk.core.parts import Part, TextPart, ThinkingPart
from phidesk.storage.stored_values import storable

_KINDS: dict[str, type[TextPart | ThinkingPart]] = {"text": TextPart, "thinking": ThinkingPart}
_NAMES = {kind: name for name, kind in _KINDS.items()}

_INSERT = "INSERT INTO parts (message_id, position, piece, kind, content) VALUES (?, ?, ?, ?, ?)"


def insert_parts(connection: apsw.Connection, message_id: str, parts: Iterable[Part]) -> None:
    """Store the parts of a new message."""
    for position, part in enumerate(parts):
        connection.execute(_INSERT, (message_id, position, 0, _NAMES[type(part)], storable(part.text)))


def append_pieces(connection: apsw.Connection, message_id: str, pieces: Iterable[Part]) -> None:
    """Add to the end of a message: to its last part where the kind is the same, else as a new part."""
    last: tuple[int, int, str] | None = connection.execute(
        "SELECT position, piece, kind FROM parts WHERE message_id = ? ORDER BY position DESC, piece DESC LIMIT 1",
        (message_id,),
    ).fetchone()
    position, piece, last_kind = last or (-1, 0, "")
    for kind, same in groupby(pieces, key=lambda part: _NAMES[type(part)]):
        position, piece = (position, piece + 1) if kind == last_kind else (position + 1, 0)
        last_kind = kind
        content = storable("".join(part.text for part in same))
        connection.execute(_INSERT, (message_id, position, piece, kind, content))


def merge_pieces(connection: apsw.Connection, message_id: str) -> None:
    """Make each part of a message one piece."""
    parts = read_parts(connection, message_id)
    connection.execute("DELETE FROM parts WHERE message_id = ?", (message_id,))
    insert_parts(connection, message_id, parts)


def read_parts(connection: apsw.Connection, message_id: str) -> tuple[Part, ...]:
    """Return the parts of a message in their order."""
    rows = connection.execute(
        "SELECT position, kind, content FROM parts WHERE message_id = ? ORDER BY position, piece", (message_id,)
    )
    return _parts(rows)


def read_parts_by_message(connection: apsw.Connection, conversation_id: str) -> dict[str, tuple[Part, ...]]:
    """Return the parts of every message of a conversation that has any: twice as fast as one by one."""
    rows = connection.execute(
        """SELECT position, kind, content, message_id FROM parts JOIN messages ON messages.id = message_id
        WHERE conversation_id = ? ORDER BY message_id, position, piece""",
        (conversation_id,),
    )
    return {message_id: _parts(of_message) for message_id, of_message in groupby(rows, key=itemgetter(3))}


def _parts(rows: Iterable[tuple[Any, ...]]) -> tuple[Part, ...]:
    """Build parts from rows that begin with position, kind and content, in their order."""
    pieces_by_part = groupby(rows, key=itemgetter(0, 1))
    return tuple(_KINDS[kind]("".join(row[2] for row in pieces)) for (_, kind), pieces in pieces_by_part)
