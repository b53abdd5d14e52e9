"""The library of prompts on disk: every entry with all that it ever was."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import apsw

from phidesk.core.errors import PromptMissing
from phidesk.core.prompts import Prompt, PromptDefaults, PromptVersion
from phidesk.storage.database import Database
from phidesk.storage.program_state import read_state, write_state
from phidesk.storage.stored_values import from_microseconds, storable, to_microseconds

ERASED_AFTER = timedelta(days=30)
"""How long deleted entries stay on disk."""
SHIPPED = "shipped_prompts"
"""Key of the program's state: a JSON array of the names of the shipped prompts that were put into this library."""

_COLUMNS = "name, icon, text, starters, engine, model, temperature, tools"
_SELECT = f"""
    SELECT prompts.id, prompts.is_snippet, number, saved_at_us, {_COLUMNS}
    FROM prompts JOIN prompt_versions ON prompt_id = prompts.id
"""  # noqa: S608 - the columns stand above
_SELECT_NEWEST = f"""
    {_SELECT} WHERE deleted_at_us IS NULL AND number = (
        SELECT max(number) FROM prompt_versions WHERE prompt_id = prompts.id
    )
"""  # noqa: S608 - see above


class Prompts:
    """Safe from every thread; futures may carry a `StorageError` beside what is named."""

    def __init__(self, database: Database, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    def list(self) -> Future[tuple[Prompt, ...]]:
        """Read all entries as they are now, instructions and snippets, by name."""
        return self._database.run(_list)

    def add(self, prompts: Sequence[Prompt]) -> Future[tuple[Prompt, ...]]:
        """Keep new entries; return them with their ids."""
        return self._database.run(lambda connection: self._add(connection, prompts))

    def take_in(self, prompts: Sequence[Prompt]) -> Future[None]:
        """Keep entries of a file, all or none: one with an id as the newest version of that entry, the others as new.

        Raises:
            PromptMissing: an entry with that id was erased.
        """
        return self._database.run(lambda connection: self._take_in(connection, prompts))

    def add_shipped(self, prompts: Mapping[str, Prompt]) -> Future[None]:
        """Keep those that were never put into this library: what the person deleted does not come back."""
        return self._database.run(lambda connection: self._add_shipped(connection, prompts))

    def save(self, prompt: Prompt, *, since: datetime | None = None) -> Future[None]:
        """Keep what an entry is now as its newest version.

        It takes the place of one that was saved `since` then: the changes of one sitting are one version.

        Raises:
            PromptMissing: there is no such entry.
        """
        return self._database.run(lambda connection: self._save(connection, prompt, since))

    def versions(self, prompt_id: str) -> Future[tuple[PromptVersion, ...]]:
        """Read everything that an entry was, the newest first; nothing where there is no such entry."""
        return self._database.run(lambda connection: _versions(connection, prompt_id))

    def delete(self, prompt_id: str) -> Future[None]:
        """Take an entry out of the library; conversations that follow it keep its text."""
        return self._database.run(lambda connection: self._mark_deleted(connection, prompt_id))

    def restore(self, prompt_id: str) -> Future[None]:
        """Take a deleted entry back."""
        return self._database.run(lambda connection: _restore(connection, prompt_id))

    def erase_deleted(self) -> Future[None]:
        """Erase what was deleted so long ago (`ERASED_AFTER`) that nobody wants it back."""
        return self._database.run(self._erase_deleted)

    def _add(self, connection: apsw.Connection, prompts: Sequence[Prompt]) -> tuple[Prompt, ...]:
        added = tuple(replace(prompt, id=self._new_id()) for prompt in prompts)
        for prompt in added:
            connection.execute("INSERT INTO prompts (id, is_snippet) VALUES (?, ?)", (prompt.id, prompt.is_snippet))
            _write_version(connection, prompt, 1, self._clock())
        return added

    def _take_in(self, connection: apsw.Connection, prompts: Sequence[Prompt]) -> None:
        for prompt in prompts:
            if prompt.id:
                self._save(connection, prompt, since=None)
            else:
                self._add(connection, (prompt,))

    def _add_shipped(self, connection: apsw.Connection, prompts: Mapping[str, Prompt]) -> None:
        known = json.loads(read_state(connection, SHIPPED) or "[]")
        new = [name for name in prompts if name not in known]
        if new:
            self._add(connection, [prompts[name] for name in new])
            write_state(connection, SHIPPED, json.dumps([*known, *new]))

    def _save(self, connection: apsw.Connection, prompt: Prompt, since: datetime | None) -> None:
        versions = _versions(connection, prompt.id)
        if not versions:
            raise PromptMissing(prompt.id)
        is_same_sitting = since is not None and versions[0].saved_at >= since
        number = versions[0].number + (0 if is_same_sitting else 1)
        _write_version(connection, prompt, number, self._clock())

    def _mark_deleted(self, connection: apsw.Connection, prompt_id: str) -> None:
        now_us = to_microseconds(self._clock())
        connection.execute("UPDATE prompts SET deleted_at_us = ? WHERE id = ?", (now_us, prompt_id))

    def _erase_deleted(self, connection: apsw.Connection) -> None:
        """Give conversations that follow what is erased its text; the reference goes with the entry."""
        before_us = to_microseconds(self._clock() - ERASED_AFTER)
        connection.execute(
            """UPDATE conversations SET instructions = (
                SELECT text FROM prompt_versions WHERE prompt_id = conversations.prompt_id ORDER BY number DESC LIMIT 1
            )
            WHERE NOT is_detached AND prompt_id IN (SELECT id FROM prompts WHERE deleted_at_us < ?)""",
            (before_us,),
        )
        connection.execute("DELETE FROM prompts WHERE deleted_at_us < ?", (before_us,))


def _list(connection: apsw.Connection) -> tuple[Prompt, ...]:
    prompts = (_version(row).prompt for row in connection.execute(_SELECT_NEWEST))
    return tuple(sorted(prompts, key=lambda prompt: (prompt.name.casefold(), prompt.id)))


def _versions(connection: apsw.Connection, prompt_id: str) -> tuple[PromptVersion, ...]:
    rows = connection.execute(f"{_SELECT} WHERE prompts.id = ? ORDER BY number DESC", (prompt_id,))
    return tuple(_version(row) for row in rows)


def _restore(connection: apsw.Connection, prompt_id: str) -> None:
    connection.execute("UPDATE prompts SET deleted_at_us = NULL WHERE id = ?", (prompt_id,))


def _write_version(connection: apsw.Connection, prompt: Prompt, number: int, now: datetime) -> None:
    defaults = prompt.defaults
    connection.execute(
        f"""INSERT INTO prompt_versions (prompt_id, number, saved_at_us, {_COLUMNS})
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (prompt_id, number) DO UPDATE SET
            saved_at_us = excluded.saved_at_us, name = excluded.name, icon = excluded.icon, text = excluded.text,
            starters = excluded.starters, engine = excluded.engine, model = excluded.model,
            temperature = excluded.temperature, tools = excluded.tools""",  # noqa: S608 - the columns stand above
        (
            *(prompt.id, number, to_microseconds(now)),
            *(storable(prompt.name), storable(prompt.icon), storable(prompt.text)),
            json.dumps([storable(starter) for starter in prompt.starters]),
            *(defaults.engine, defaults.model, defaults.temperature),
            json.dumps([storable(tool) for tool in defaults.tools]),
        ),
    )


def _version(row: tuple[Any, ...]) -> PromptVersion:
    prompt_id, is_snippet, number, saved_at_us, name, icon, text, starters, engine, model, temperature, tools = row
    defaults = PromptDefaults(engine, model, temperature, tuple(json.loads(tools)))
    prompt = Prompt(prompt_id, name, text, icon, tuple(json.loads(starters)), defaults, is_snippet=bool(is_snippet))
    return PromptVersion(number, from_microseconds(saved_at_us), prompt)
