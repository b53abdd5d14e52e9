"""Model downloads as values: what is fetched, how far it is, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from phidesk.core.errors import PhiDeskError


class DownloadPhase(StrEnum):
    """Where a download stands. The values are stored."""

    WAITING = "waiting"
    """Asked for; nothing has come yet, or another download comes first."""
    RUNNING = "running"
    STALLED = "stalled"
    """Nothing came for a minute; it goes on by itself when something comes."""
    CHECKING = "checking"
    """Everything is here and its checksum is computed."""
    PAUSED = "paused"
    """Stopped by the person or by the end of the program; what is here is kept."""
    DONE = "done"
    FAILED = "failed"
    """`error` tells why; what is here is kept where it can be used."""
    CANCELLED = "cancelled"
    """Given up by the person: nothing is kept, it is no longer listed. Told once."""


@dataclass(frozen=True)
class Download:
    """One model on its way to one engine. None means unknown."""

    name: str
    """As the registry calls it ("phi4-mini", "library/phi4-mini:3.8b-q8_0")."""
    engine: str
    """OLLAMA or BUILTIN: who will have it."""
    phase: DownloadPhase = DownloadPhase.WAITING
    completed_bytes: int = 0
    total_bytes: int | None = None
    """Over all layers."""
    bytes_per_s: float | None = None
    remaining_s: float | None = None
    error: PhiDeskError | None = None


@dataclass(frozen=True)
class DownloadChanged:
    """Published by the hub, a few times a second at most."""

    download: Download
