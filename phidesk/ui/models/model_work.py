"""What the page Models has done for it: blocking functions, called from the pool, given by app."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from phidesk.chat.models_overview import ModelsOverview
from phidesk.core.downloads import Download
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation

Progress = Callable[[int, int], None]
"""Takes bytes done and bytes in all, on the thread that works."""


class Downloads(Protocol):
    """Models on their way: those of `ModelDownloads`, and in tests those of a script."""

    def start(self, name: str, engine: str) -> None:
        """Begin, or go on where an earlier one ended."""

    def pause(self, name: str, engine: str) -> None:
        """Stop; what is here is kept."""

    def resume(self, name: str, engine: str) -> None:
        """Go on."""

    def cancel(self, name: str, engine: str) -> None:
        """Forget it, and delete what is here of it."""

    def list(self) -> builtins.list[Download]:
        """Return those that are not done."""


@dataclass(frozen=True)
class ModelWork:
    """They raise `PhiDeskError`, and `Cancelled` where they take a cancellation."""

    look: Callable[[Cancellation], ModelsOverview]
    downloads: Callable[[], Downloads]
    unload: Callable[[ModelInfo], None]
    delete: Callable[[ModelInfo], int | None]
    """Returns the bytes that are free now; None means unknown."""
    add_file: Callable[[Path, Cancellation, Progress], str]
    """Returns the name under which the model is here now."""
    import_models: Callable[[Path, str, Cancellation, Progress], list[str]]
    """Gives all models of a folder on a stick to an engine; returns their names."""
    export_model: Callable[[ModelInfo, Path, Cancellation, Progress], object]
    choose_folder: Callable[[Path], None]
    keep_ready_s: Callable[[], int | None]
    """How long Ollama keeps a model in memory after its last answer; None where it decides itself."""
    set_keep_ready_s: Callable[[int | None], None]
    frees_on_close: Callable[[], bool]
    """Whether models that answered leave Ollama's memory when PhiDesk closes."""
    set_frees_on_close: Callable[[bool], None]
