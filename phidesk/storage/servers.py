"""The servers that the person added. Secrets never live here: they belong to `secrets.py`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

import apsw

from phidesk.core.servers import Server
from phidesk.storage.database import Database
from phidesk.storage.stored_values import storable, to_microseconds


class Servers:
    """A list in the order of adding. Safe from every thread; futures may carry a `StorageError`."""

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def list(self) -> Future[list[Server]]:
        """Read all servers, the oldest first."""
        return self._database.run(_read_servers)

    def add(self, address: str, *, name: str = "") -> Future[Server]:
        """Keep a server under its normalised address. One that is there already is returned as it is."""
        server_id, now_us = self._new_id(), to_microseconds(self._clock())
        return self._database.run(lambda connection: _add(connection, Server(server_id, address, name), now_us))

    def rename(self, server_id: str, name: str) -> Future[None]:
        """Give a server the person's own name; empty takes it away."""
        return self._database.run(lambda connection: _rename(connection, server_id, name))

    def remove(self, server_id: str) -> Future[None]:
        """Forget a server; doing it twice is no error."""
        return self._database.run(lambda connection: _remove(connection, server_id))


def _read_servers(connection: apsw.Connection) -> list[Server]:
    rows = connection.execute("SELECT id, address, name FROM servers ORDER BY added_at_us, rowid")
    return [Server(server_id, address, name) for server_id, address, name in rows]


def _add(connection: apsw.Connection, server: Server, now_us: int) -> Server:
    connection.execute(
        "INSERT INTO servers (id, address, name, added_at_us) VALUES (?, ?, ?, ?) ON CONFLICT (address) DO NOTHING",
        (server.id, server.address, storable(server.name), now_us),
    )
    return next(known for known in _read_servers(connection) if known.address == server.address)


def _rename(connection: apsw.Connection, server_id: str, name: str) -> None:
    connection.execute("UPDATE servers SET name = ? WHERE id = ?", (storable(name), server_id))


def _remove(connection: apsw.Connection, server_id: str) -> None:
    connection.execute("DELETE FROM servers WHERE id = ?", (server_id,))
