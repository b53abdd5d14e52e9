"""What the person's data is read and written through."""

from __future__ import annotations

from dataclasses import dataclass

from phidesk.storage.database import Database
from phidesk.storage.program_state import ProgramState


@dataclass(frozen=True)
class Records:
    """The person's data, open for us alone."""

    database: Database
    state: ProgramState
