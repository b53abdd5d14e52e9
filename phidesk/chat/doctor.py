"""Who looks at everything: engines, the computer, the profile, the way out."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from pathlib import Path

from phidesk.chat.diagnosis import (
    Diagnosis,
    EngineFinding,
    FolderFinding,
    FolderUse,
    FontFinding,
    NetworkFinding,
)
from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.logs import LogLine, log_lines
from phidesk.chat.placement import place_model
from phidesk.chat.support_bundle import BundleContent, personal_names, write_support_bundle
from phidesk.core.errors import PhiDeskError, StorageError
from phidesk.core.paths import Paths
from phidesk.core.scrubbing import Scrubber
from phidesk.engine.hardware import computer_memory, disk_room, graphics_cards
from phidesk.engine.network import Gate
from phidesk.engine.protocol import Engine
from phidesk.storage.inspection import (
    MiscountLook,
    folder_problem,
    look_at_counts,
    look_at_database,
    peek_state,
    texts_of_person,
)
from phidesk.storage.program_state import KEEP_READY, MODELS_FOLDER, OFFLINE
from phidesk.storage.secrets import Secrets

HARMLESS_SETTINGS = (OFFLINE, KEEP_READY, MODELS_FOLDER, "text_size_px", "window_sidebar", "window_panel")
"""What the program remembers and may go into a support bundle."""


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
            miscount=self._look_at_counts(),
        )

    def log_lines(self) -> list[LogLine]:
        """Return the newest lines of the program's log and of the engines' processes."""
        return log_lines(self._directory, self._paths.logs)

    def write_bundle(self, path: Path, diagnosis: Diagnosis, *, summary: Sequence[str], note: str) -> None:
        """Write the support bundle; `summary` and `note` are words for people. Blocks while all texts are compared.

        Raises:
            StorageError: it cannot be written, or the conversations cannot be read to be left out.
        """
        database = self._paths.database
        settings = {key: peek_state(database, key) for key in HARMLESS_SETTINGS}
        content = BundleContent(
            note=note,
            summary=summary,
            diagnosis=diagnosis,
            log=self.log_lines(),
            connections=self._gate.connections,
            settings={key: value for key, value in settings.items() if value is not None},
        )
        scrubber = Scrubber(
            home=Path.home(),
            names=personal_names(),
            keys=self._secrets.keys_of_this_run,
            folders={use.value: folder for use, folder in self._folders().items()},
        )
        write_support_bundle(path, content, scrubber, texts_of_person(database))

    def _look_at_folders(self) -> list[FolderFinding]:
        return [FolderFinding(use, path, folder_problem(path)) for use, path in self._folders().items()]

    def _folders(self) -> dict[FolderUse, Path]:
        return {
            FolderUse.DATA: self._paths.data,
            FolderUse.MODELS: self._models_folder(),
            FolderUse.LOGS: self._paths.logs,
        }

    def _look_at_counts(self) -> MiscountLook:
        try:
            return look_at_counts(self._paths.database)
        except StorageError:
            return MiscountLook()  # What is wrong with the file is a finding of its own.

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
