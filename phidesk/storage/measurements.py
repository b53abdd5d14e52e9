"""What answers took on this computer. It holds figures and names, no text."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import astuple, fields

import apsw

from phidesk.core.expectations import Measurement
from phidesk.storage.database import Database

KEPT_COUNT = 100
"""Newest measurements of a model on an engine; more than anybody looks at."""

_COLUMNS = ", ".join(field.name for field in fields(Measurement))
_INSERT = f"INSERT INTO measurements ({_COLUMNS}) VALUES ({', '.join('?' for _ in fields(Measurement))})"  # noqa: S608 - names of our own
_SELECT = f"SELECT {_COLUMNS} FROM measurements WHERE engine = ? AND model = ? ORDER BY id DESC"  # noqa: S608 - see above
_FORGET = """
    DELETE FROM measurements WHERE engine = ? AND model = ? AND id NOT IN (
        SELECT id FROM measurements WHERE engine = ? AND model = ? ORDER BY id DESC LIMIT ?
    )
"""


class Measurements:
    """Keeps the newest of each model. Safe from every thread; futures may carry a `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, measurement: Measurement) -> Future[None]:
        """Keep it, and forget the oldest of its model."""
        return self._database.run(lambda connection: _add(connection, measurement))

    def recent(self, engine: str, model: str) -> Future[list[Measurement]]:
        """Return those of this model on this engine, the newest first."""
        return self._database.run(
            lambda connection: [Measurement(*row) for row in connection.execute(_SELECT, (engine, model))]
        )


def _add(connection: apsw.Connection, measurement: Measurement) -> None:
    connection.execute(_INSERT, astuple(measurement))
    of_model = (measurement.engine, measurement.model)
    connection.execute(_FORGET, (*of_model, *of_model, KEPT_COUNT))
