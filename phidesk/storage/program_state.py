"""What the program remembers about itself: the last open conversation, the text size, where the window stood.

Secrets never live here: they belong to `secrets.py`.
"""

from __future__ import annotations

from concurrent.futures import Future

import apsw

from phidesk.storage.database import Database
from phidesk.storage.stored_values import storable

OFFLINE = "offline"
"""Key of the offline switch; its value is ON or OFF, or it was never touched."""
ON, OFF = "on", "off"
KEEP_READY = "keep_ready_s"
"""Key of how many seconds an engine keeps a model in memory after its last answer; -1 is for ever."""

FREE_ON_CLOSE = "free_on_close"
"""Key of whether models that answered leave Ollama's memory when the window closes: ON, OFF, or never touched."""

CACHE_PRECISION = "cache_precision"
"""Key of the name of the `CachePrecision` of the built-in engine; F16 where it was never chosen."""

READ_ANSWERS = "read_answers_aloud"
"""Key of whether screen readers are told each sentence of an answer; ON, OFF, or it was never touched, which is ON."""

OFFER_CALCULATOR = "offer_calculator"
"""Key of whether the calculator stands ready where a question has sums; ON, OFF, or never touched, which is ON."""

PERSON_NAME = "person_name"
"""Key of what the person wants to be called where instructions ask for the name."""

MODELS_FOLDER = "models_folder"
"""Key of the folder where new models of the built-in engine are put, from the next start on."""


class ProgramState:
    """Texts by key. Safe from every thread; futures may carry a `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Future[str | None]:
        """Read a value; None where it was never set."""
        return self._database.run(lambda connection: read_state(connection, key))

    def set(self, key: str, value: str) -> Future[None]:
        """Keep a value in place of an earlier one."""
        return self._database.run(lambda connection: write_state(connection, key, value))


def read_state(connection: apsw.Connection, key: str) -> str | None:
    """Read a value inside a transaction."""
    value: str | None = connection.execute("SELECT value FROM program_state WHERE key = ?", (key,)).get
    return value


def write_state(connection: apsw.Connection, key: str, value: str) -> None:
    """Write a value inside a transaction."""
    connection.execute(
        "INSERT INTO program_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, storable(value)),
    )
