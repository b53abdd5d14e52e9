"""What a look at everything finds, as values: for the page Health, for `phidesk doctor`, and for the support bundle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.placement import Placement
from phidesk.core.errors import PhiDeskError, StorageError
from phidesk.core.memory_fit import Room
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.engine.hardware import GraphicsCard
from phidesk.engine.protocol import EngineState
from phidesk.storage.inspection import DatabaseLook, MiscountLook


@dataclass(frozen=True)
class EngineFinding:
    """One engine: what it says of itself. `error` tells why models could not be listed."""

    name: str
    state: EngineState
    models: tuple[ModelInfo, ...] = ()
    loaded: tuple[LoadedModel, ...] = ()
    error: PhiDeskError | None = None


class FolderUse(Enum):
    """What a folder of ours is for."""

    DATA = "data"
    MODELS = "models"
    LOGS = "logs"


@dataclass(frozen=True)
class FolderFinding:
    """One folder; `error` tells why it cannot be written."""

    use: FolderUse
    path: Path
    error: StorageError | None = None


@dataclass(frozen=True)
class FontFinding:
    """The font of texts, and the scripts (by English name) that no font on this computer can show."""

    family: str
    missing_scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkFinding:
    """Whether the offline switch is on, and how many connections left this computer since the start.

    `is_offline` None: nobody can tell how the switch was left.
    """

    is_offline: bool | None
    outside_connections: int


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was found. `keyring` is the name of the system's keyring, empty where there is none."""

    system: str
    engines: tuple[EngineFinding, ...]
    choice: EngineReport
    placement: Placement
    graphics: tuple[GraphicsCard, ...]
    memory: Room
    disk: Room
    database: DatabaseLook
    folders: tuple[FolderFinding, ...]
    keyring: str
    fonts: FontFinding
    network: NetworkFinding
    miscount: MiscountLook
    """The count before sending that was furthest from what an engine read."""

    def folder(self, use: FolderUse) -> Path:
        """Return the folder of this use."""
        return next(folder.path for folder in self.folders if folder.use is use)
