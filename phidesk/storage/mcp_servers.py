"""The servers of tools (MCP) that the person added.

What stands in their environment may be a key and belongs to `secrets.py`; here a value is null, or empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from itertools import count

import apsw

from phidesk.core.permissions import Allowance
from phidesk.core.tool_servers import ToolServer
from phidesk.storage.database import Database
from phidesk.storage.stored_values import storable, to_microseconds


class McpServers:
    """A list in the order of adding. Safe from every thread; futures may carry a `StorageError`."""

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def list(self) -> Future[list[ToolServer]]:
        """Read all servers, the oldest first."""
        return self._database.run(_read_servers)

    def save(self, server: ToolServer) -> Future[ToolServer]:
        """Keep a server as it is now, a new one under an id of its own. A name that is taken gets a number."""
        kept, now_us = replace(server, id=server.id or self._new_id()), to_microseconds(self._clock())
        return self._database.run(lambda connection: _save(connection, kept, now_us))

    def remove(self, server_id: str) -> Future[None]:
        """Forget a server and what it was allowed: another one may come by its name. Doing it twice is no error.

        Saving it again brings it back, without permissions.
        """
        return self._database.run(lambda connection: _remove(connection, server_id))


def _read_servers(connection: apsw.Connection) -> list[ToolServer]:
    rows = connection.execute(
        "SELECT id, name, program, arguments, environment, is_enabled FROM mcp_servers ORDER BY added_at_us, rowid"
    )
    return [
        ToolServer(
            name,
            (program, *json.loads(arguments)),
            tuple(json.loads(environment).items()),
            is_enabled=bool(is_enabled),
            id=server_id,
        )
        for server_id, name, program, arguments, environment, is_enabled in rows
    ]


def _save(connection: apsw.Connection, server: ToolServer, now_us: int) -> ToolServer:
    taken = {known.name for known in _read_servers(connection) if known.id != server.id}
    kept = replace(server, name=_free(storable(server.name), taken))
    program, *arguments = kept.command
    connection.execute(
        """
        INSERT INTO mcp_servers (id, name, program, arguments, environment, is_enabled, added_at_us)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, program = excluded.program,
            arguments = excluded.arguments, environment = excluded.environment, is_enabled = excluded.is_enabled
        """,
        (
            kept.id,
            kept.name,
            storable(program),
            json.dumps(arguments),
            json.dumps(dict(kept.environment)),
            kept.is_enabled,
            now_us,
        ),
    )
    return kept


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name} {number}" for number in count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def _remove(connection: apsw.Connection, server_id: str) -> None:
    connection.execute(
        """DELETE FROM tool_permissions
        WHERE allowance <> ? AND place = (SELECT name FROM mcp_servers WHERE id = ?)""",
        (Allowance.NEVER, server_id),
    )
    connection.execute("DELETE FROM mcp_servers WHERE id = ?", (server_id,))
