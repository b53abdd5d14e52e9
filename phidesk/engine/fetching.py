"""What fetches a model, whoever does it: Ollama's daemon for itself, or we for the built-in engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from phidesk.core.tasks import Cancellation


@dataclass(frozen=True)
class FetchProgress:
    """How far one fetch is, over everything that belongs to the model.

    `completed_bytes` may fall: a part that broke off may have to come again. `begins_anew` says that what was here
    turned out to be useless.
    """

    completed_bytes: int
    total_bytes: int | None = None
    is_checking: bool = False
    begins_anew: bool = False


Tell = Callable[[FetchProgress], None]
"""Takes a progress, on the thread that fetches; quick."""


class ModelFetcher(Protocol):
    """Brings models to one engine. Blocking; what was fetched is kept when it ends early, and used the next time."""

    def fetch(self, name: str, cancel: Cancellation, tell: Tell) -> None:
        """Fetch this model, or what is missing of it; return when the engine has it.

        Raises:
            Cancelled: within a second of the wish.
            DownloadError, EngineError, StorageError, BlockedByOfflineRule: it did not work.
        """

    def kept(self, name: str) -> FetchProgress | None:
        """Tell how much of a model is here from an earlier time; None where only the engine itself knows."""

    def forget(self, name: str) -> None:
        """Delete what is here of a model that is not complete. Nobody may be fetching it."""
