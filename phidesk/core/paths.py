"""Where the program's files live. Computes paths; opens and creates nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs

HOME_VARIABLE = "PHIDESK_HOME"
PRACTICE_MODEL_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass(frozen=True)
class Paths:
    """All folders of one installation for one person."""

    data: Path
    """Conversations and backups: what must not be lost."""
    models: Path
    """Model files that we fetched or that the person gave us."""
    logs: Path
    notes: Path
    """Where notes that a model writes are put, among the person's own documents."""
    shared_models: tuple[Path, ...] = ()
    """Folders with models that came with the program; read only."""

    @property
    def database(self) -> Path:
        """The conversations."""
        return self.data / "phidesk.sqlite"

    @property
    def vocabularies(self) -> Path:
        """Vocabularies of models, for counting; read again where they are missing."""
        return self.data / "vocabularies"

    @property
    def lock(self) -> Path:
        """Held by the one process that owns the profile."""
        return self.data / "phidesk.lock"


def find_paths(environment: Mapping[str, str]) -> Paths:
    """Compute the folders. PHIDESK_HOME moves every file that is ours into one folder."""
    shared = (Path(sys.prefix) / "share" / "phidesk" / "models", package_resources() / "models")
    home = environment.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(
            data=root / "data", models=root / "models", logs=root / "logs", notes=root / "notes", shared_models=shared
        )
    folders = platformdirs.PlatformDirs("PhiDesk", appauthor=False)
    data = Path(folders.user_data_dir)
    notes = Path(folders.user_documents_dir) / "PhiDesk"
    return Paths(data=data, models=data / "models", logs=Path(folders.user_log_dir), notes=notes, shared_models=shared)


@cache
def package_resources() -> Path:
    """Return the folder of icons, fonts and texts: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
