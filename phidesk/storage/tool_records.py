"""What tools may do without asking, and what they did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

import apsw

from phidesk.core.permissions import Allowance, LoggedCall, Permission
from phidesk.core.tools import ToolOutcome
from phidesk.storage.database import Database
from phidesk.storage.stored_values import from_microseconds, storable, to_microseconds

KEPT_CALLS = 10_000
"""The log forgets the oldest ones beyond."""


class ToolRecords:
    """Permissions, and the log of all calls. Safe from every thread; futures may carry a `StorageError`."""

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def permissions(self) -> Future[list[Permission]]:
        """Read all that is remembered, the newest first."""
        return self._database.run(_read_permissions)

    def remember(
        self, tool: str, place: str, allowance: Allowance, *, conversation_id: str | None = None, fingerprint: str = ""
    ) -> Future[None]:
        """Keep an allowance in place of an older one for the same tool, place and conversation."""
        permission = Permission(self._new_id(), tool, place, allowance, self._clock(), conversation_id, fingerprint)
        return self._database.run(lambda connection: _remember(connection, permission))

    def revoke(self, permission_id: str) -> Future[None]:
        """Forget a permission: the person is asked again. Doing it twice is no error."""
        return self._database.run(
            lambda connection: _execute(connection, "DELETE FROM tool_permissions WHERE id = ?", permission_id)
        )

    def log(self, call: LoggedCall) -> Future[None]:
        """Add a call to the log."""
        return self._database.run(lambda connection: _log(connection, call))

    def logged(self, most: int = 200) -> Future[list[LoggedCall]]:
        """Read the newest calls, the newest first."""
        return self._database.run(lambda connection: _read_log(connection, most))

    def clear_log(self) -> Future[None]:
        """Forget what tools did. The answers that they served keep their cards."""
        return self._database.run(lambda connection: _execute(connection, "DELETE FROM tool_log"))


def _read_permissions(connection: apsw.Connection) -> list[Permission]:
    rows = connection.execute(
        """SELECT id, tool, place, allowance, given_at_us, conversation_id, fingerprint FROM tool_permissions
        ORDER BY given_at_us DESC, rowid DESC"""
    )
    return [
        Permission(row[0], row[1], row[2], Allowance(row[3]), from_microseconds(row[4]), row[5], row[6]) for row in rows
    ]


def _remember(connection: apsw.Connection, permission: Permission) -> None:
    tool, place = storable(permission.tool), storable(permission.place)
    connection.execute(
        "DELETE FROM tool_permissions WHERE tool = ? AND place = ? AND conversation_id IS ?",
        (tool, place, permission.conversation_id),
    )
    connection.execute(
        """INSERT INTO tool_permissions (id, tool, place, allowance, given_at_us, conversation_id, fingerprint)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            *(permission.id, tool, place, permission.allowance),
            *(to_microseconds(permission.given_at), permission.conversation_id, permission.fingerprint),
        ),
    )


def _log(connection: apsw.Connection, call: LoggedCall) -> None:
    connection.execute(
        """INSERT INTO tool_log (called_at_us, conversation_id, tool, arguments, place, result, outcome, duration_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(to_microseconds(call.called_at), call.conversation_id),
            *map(storable, (call.tool, call.arguments, call.place, call.result)),
            *(call.outcome, call.duration_ms),
        ),
    )
    connection.execute("DELETE FROM tool_log WHERE id <= (SELECT max(id) FROM tool_log) - ?", (KEPT_CALLS,))


def _read_log(connection: apsw.Connection, most: int) -> list[LoggedCall]:
    rows = connection.execute(
        """SELECT called_at_us, conversation_id, tool, arguments, place, result, outcome, duration_ms FROM tool_log
        ORDER BY id DESC LIMIT ?""",
        (most,),
    )
    return [
        LoggedCall(
            called_at=from_microseconds(called_at_us),
            conversation_id=conversation_id,
            tool=tool,
            arguments=arguments,
            place=place,
            result=result,
            outcome=ToolOutcome(outcome),
            duration_ms=duration_ms,
        )
        for called_at_us, conversation_id, tool, arguments, place, result, outcome, duration_ms in rows
    ]


def _execute(connection: apsw.Connection, sql: str, *values: str) -> None:
    connection.execute(sql, values)
