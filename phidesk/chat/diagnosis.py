"""What a look at everything finds: for the page Health, for `phidesk doctor`, and for the support bundle."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from phidesk.chat.engine_choice import EngineDirectory, EngineReport
from phidesk.chat.logs import LogLine, log_lines
from phidesk.chat.placement import Placement, place_model
from phidesk.core.errors import PhiDeskError, StorageError
from phidesk.core.memory_fit import Room
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.paths import Paths
from phidesk.engine.hardware import GraphicsCard, computer_memory, disk_room, graphics_cards
from phidesk.engine.network import Gate
from phidesk.engine.protocol import Engine, EngineState
from phidesk.storage.inspection import DatabaseLook, folder_problem, look_at_database
from phidesk.storage.secrets import Secrets


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

    def folder(self, use: FolderUse) -> Path:
        """Return the folder of this use."""
        return next(folder.path for folder in self.folders if folder.use is use)


class Doctor:
    """Looks at everything. Safe from every thread but the main one, which it would hold up."""

    def __init__(
        self,
        *,
        directory: EngineDirectory,
        paths: Paths,
        models_folder: Callable[[], Path],
        gate: Gate,
        secrets: Secrets,
        fonts: FontFinding,
    ) -> None:
        """`fonts` comes from the room that knows fonts."""
        self._directory = directory
        self._paths = paths
        self._models_folder = models_folder
        self._gate = gate
        self._secrets = secrets
        self._fonts = fonts

    def diagnose(self, wanted: tuple[str | None, str | None] = (None, None)) -> Diagnosis:
        """Look; blocks for as long as the engines take. `wanted` names engine and model of the conversation in view."""
        engines = tuple(_look_at(engine) for engine in self._directory.local_engines)
        choice = self._directory.report(*wanted)
        loaded = next((finding.loaded for finding in engines if finding.name == choice.engine_name), ())
        cards = tuple(graphics_cards())
        return Diagnosis(
            system=f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
            engines=engines,
            choice=choice,
            placement=place_model(choice, loaded, cards),
            graphics=cards,
            memory=computer_memory(),
            disk=disk_room(self._paths.data),
            database=look_at_database(self._paths.database),
            folders=tuple(self._look_at_folders()),
            keyring=self._secrets.keyring_name(),
            fonts=self._fonts,
            network=self._look_at_network(),
        )

    def log_lines(self) -> list[LogLine]:
        """Return the newest lines of the program's log and of the engines' processes."""
        return log_lines(self._directory, self._paths.logs)

    def _look_at_folders(self) -> list[FolderFinding]:
        folders = {
            FolderUse.DATA: self._paths.data,
            FolderUse.MODELS: self._models_folder(),
            FolderUse.LOGS: self._paths.logs,
        }
        return [FolderFinding(use, path, folder_problem(path)) for use, path in folders.items()]

    def _look_at_network(self) -> NetworkFinding:
        outside = sum(not record.stays_here for record in self._gate.connections)
        try:
            return NetworkFinding(self._gate.is_offline, outside)
        except StorageError:
            return NetworkFinding(None, outside)


def _look_at(engine: Engine) -> EngineFinding:
    state = engine.state()
    try:
        models = tuple(engine.models()) if state.is_ready else ()
        loaded = tuple(engine.loaded()) if state.is_ready else ()
    except PhiDeskError as error:
        return EngineFinding(engine.name, state, error=error)
    return EngineFinding(engine.name, state, models, loaded)
