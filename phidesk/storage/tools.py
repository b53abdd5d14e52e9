"""The person's tools: every version of them, what is half typed, and which tools a conversation uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import apsw

from phidesk.core.errors import ToolNameTaken
from phidesk.core.tool_exchange import action_value, free_name, read_action
from phidesk.core.tool_spec import AskAction, ToolSpec
from phidesk.storage.database import Database
from phidesk.storage.stored_values import from_microseconds, storable, to_microseconds

ERASED_AFTER = timedelta(days=30)
"""How long a deleted tool can be brought back."""


@dataclass(frozen=True)
class ToolVersion:
    """A tool as it was saved once."""

    number: int
    saved_at: datetime
    spec: ToolSpec


class Tools:
    """A list in the order of making. Safe from every thread; futures may carry a `StorageError`.

    Names are unique among tools that are not deleted: a model knows a tool by its name only.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        self.new_id = new_id

    def list(self) -> Future[list[ToolSpec]]:
        """Read all tools, the oldest first."""
        return self._database.run(_read_tools)

    def save(self, spec: ToolSpec) -> Future[None]:
        """Keep a tool under its id, new or in place of what it was, which stays as a version; its draft is done.

        The future may carry `ToolNameTaken`: another tool has the name.
        """
        now_us = self._now_us()
        return self._database.run(lambda connection: _save_whole(connection, spec, now_us))

    def take_in(self, specs: Sequence[ToolSpec]) -> Future[Sequence[ToolSpec]]:
        """Keep tools of a file, all or none, and return them as they are kept.

        One with an id takes the place of that tool, which stays as a version; what is half typed about it stays too.
        The others are new, under names that were free.
        """
        now_us = self._now_us()
        return self._database.run(lambda connection: self._take_in(connection, specs, now_us))

    def set_enabled(self, tool_id: str, *, is_enabled: bool) -> Future[None]:
        """Say whether conversations may use a tool."""
        return self._database.run(
            lambda connection: _execute(connection, "UPDATE tools SET is_enabled = ? WHERE id = ?", is_enabled, tool_id)
        )

    def versions(self, tool_id: str) -> Future[Sequence[ToolVersion]]:
        """Read every version of a tool, the newest first."""
        return self._database.run(lambda connection: _read_versions(connection, tool_id))

    def delete(self, tool_id: str) -> Future[None]:
        """Delete a tool; `bring_back` takes it back for `ERASED_AFTER`. Conversations that use it know it still."""
        now_us = self._now_us()
        return self._database.run(
            lambda connection: _execute(connection, "UPDATE tools SET deleted_at_us = ? WHERE id = ?", now_us, tool_id)
        )

    def bring_back(self, tool_id: str) -> Future[None]:
        """Take a deletion back. The future may carry `ToolNameTaken`: another tool took the name meanwhile."""
        return self._database.run(lambda connection: _bring_back(connection, tool_id))

    def erase_deleted(self) -> Future[None]:
        """Erase for good what was deleted longer than `ERASED_AFTER` ago."""
        before_us = to_microseconds(self._clock() - ERASED_AFTER)
        return self._database.run(lambda connection: _erase_deleted(connection, before_us))

    def keep_draft(self, tool_id: str, draft: str) -> Future[None]:
        """Keep what is half typed about a tool, made already or not; in place of what was kept before."""
        return self._database.run(
            lambda connection: _execute(
                connection,
                """INSERT INTO tool_drafts (tool_id, draft) VALUES (?, ?)
                ON CONFLICT (tool_id) DO UPDATE SET draft = excluded.draft""",
                tool_id,
                storable(draft),
            )
        )

    def forget_draft(self, tool_id: str) -> Future[None]:
        """Drop what is half typed about a tool, if anything is."""
        return self._database.run(
            lambda connection: _execute(connection, "DELETE FROM tool_drafts WHERE tool_id = ?", tool_id)
        )

    def drafts(self) -> Future[dict[str, str]]:
        """Read everything half typed, by the ids of the tools. Of a deleted tool nothing is read."""
        return self._database.run(_read_drafts)

    def _take_in(self, connection: apsw.Connection, specs: Sequence[ToolSpec], now_us: int) -> Sequence[ToolSpec]:
        taken = {tool.name for tool in _read_tools(connection)}
        kept = []
        for spec in specs:
            named = spec if spec.id else replace(spec, id=self.new_id(), name=free_name(spec.name, taken))
            _save(connection, named, now_us)
            taken.add(named.name)
            kept.append(named)
        return kept

    def _now_us(self) -> int:
        return to_microseconds(self._clock())


_COLUMNS = "tools.id, name, description, action, parameters, icon, is_enabled"
_NEWEST = f"""SELECT {_COLUMNS} FROM tools JOIN tool_versions
    ON tool_versions.id = (SELECT max(id) FROM tool_versions WHERE tool_id = tools.id)"""  # noqa: S608 - our own names
_ALL = f"{_NEWEST} WHERE deleted_at_us IS NULL ORDER BY made_at_us, tools.rowid"
_ONE = f"{_NEWEST} WHERE tools.id = ?"
_VERSIONS = f"""SELECT saved_at_us, {_COLUMNS} FROM tool_versions JOIN tools ON tools.id = tool_id
    WHERE tool_id = ? ORDER BY tool_versions.id"""  # noqa: S608 - our own names


def _execute(connection: apsw.Connection, sql: str, *values: str | int) -> None:
    connection.execute(sql, values)


def _read_tools(connection: apsw.Connection) -> list[ToolSpec]:
    return [_spec(*row) for row in connection.execute(_ALL)]


def _read_tool(connection: apsw.Connection, tool_id: str) -> ToolSpec | None:
    """Return a tool, deleted or not."""
    return next((_spec(*row) for row in connection.execute(_ONE, (tool_id,))), None)


def _spec(
    tool_id: str, name: str, description: str, action: str, parameters: str, icon: str, is_enabled: int
) -> ToolSpec:
    does = read_action(json.loads(action)) or AskAction()
    return ToolSpec(tool_id, name, description, does, parameters, icon, bool(is_enabled))


def _save_whole(connection: apsw.Connection, spec: ToolSpec, now_us: int) -> None:
    """Save what the person finished: nothing is half typed any more."""
    _save(connection, spec, now_us)
    connection.execute("DELETE FROM tool_drafts WHERE tool_id = ?", (spec.id,))


def _save(connection: apsw.Connection, spec: ToolSpec, now_us: int) -> None:
    _check_name(connection, spec)
    before = _read_tool(connection, spec.id)
    connection.execute(
        """INSERT INTO tools (id, is_enabled, made_at_us) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET is_enabled = excluded.is_enabled, deleted_at_us = NULL""",
        (spec.id, spec.is_enabled, now_us),
    )
    if before is None or before != replace(spec, is_enabled=before.is_enabled):
        _insert_version(connection, spec, now_us)


def _check_name(connection: apsw.Connection, spec: ToolSpec) -> None:
    if any(tool.name == spec.name for tool in _read_tools(connection) if tool.id != spec.id):
        raise ToolNameTaken(spec.name)


def _insert_version(connection: apsw.Connection, spec: ToolSpec, now_us: int) -> None:
    action = json.dumps(action_value(spec.does), ensure_ascii=False)
    texts = (spec.id, spec.name, spec.description, action, spec.parameters, spec.icon)
    connection.execute(
        """INSERT INTO tool_versions (tool_id, name, description, action, parameters, icon, saved_at_us)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (*map(storable, texts), now_us),
    )


def _read_versions(connection: apsw.Connection, tool_id: str) -> Sequence[ToolVersion]:
    rows = connection.execute(_VERSIONS, (tool_id,))
    versions = [
        ToolVersion(number, from_microseconds(saved_at_us), _spec(*columns))
        for number, (saved_at_us, *columns) in enumerate(rows, start=1)
    ]
    return versions[::-1]


def _bring_back(connection: apsw.Connection, tool_id: str) -> None:
    spec = _read_tool(connection, tool_id)
    if spec is not None:
        _check_name(connection, spec)
        connection.execute("UPDATE tools SET deleted_at_us = NULL WHERE id = ?", (tool_id,))


def _erase_deleted(connection: apsw.Connection, before_us: int) -> None:
    for table in ("tool_drafts", "conversation_tools"):
        old = f"DELETE FROM {table} WHERE tool_id IN (SELECT id FROM tools WHERE deleted_at_us < ?)"  # noqa: S608
        connection.execute(old, (before_us,))
    connection.execute("DELETE FROM tools WHERE deleted_at_us < ?", (before_us,))


def _read_drafts(connection: apsw.Connection) -> dict[str, str]:
    rows = connection.execute(
        """SELECT tool_id, draft FROM tool_drafts
        WHERE tool_id NOT IN (SELECT id FROM tools WHERE deleted_at_us IS NOT NULL) ORDER BY tool_drafts.rowid"""
    )
    return {str(tool_id): str(draft) for tool_id, draft in rows}
