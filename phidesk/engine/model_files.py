"""The files of models on this computer: checked, added, found in Ollama's folder, deleted. Blocking."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from phidesk.core.errors import ModelError, ModelMissing, ModelNotOurs
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.builtin.suitability import check_model_file
from phidesk.engine.disk import LookAtDisk, disk_faults_as_ours, look_at_disk, require_room
from phidesk.engine.file_copy import (
    Progress,
    Steps,
    being_written,
    copy_file,
    link_file,
    no_progress,
    put_in_place,
    sha256_of,
)
from phidesk.engine.gguf import GgufHeader
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.store import OllamaStore, StoredModel
from phidesk.engine.protocol import BUILTIN, Engine

SUFFIX = ".gguf"


class ModelFiles:
    """Our folder of models, and Ollama's. Safe from every thread."""

    def __init__(self, folder: Path, ollama: OllamaStore, *, look: LookAtDisk = look_at_disk) -> None:
        """`folder` is made when something is added; `look` looks at disks."""
        self._folder = folder
        self._ollama = ollama
        self._look = look

    def check(self, path: Path) -> GgufHeader:
        """See that the built-in engine can talk with a file, and return what its header tells.

        Raises:
            ModelFileDamaged: missing, unreadable or cut short.
            ModelFileForeign: whole, but nothing that one can talk with.
        """
        return check_model_file(path)

    def add(self, path: Path, cancel: Cancellation, progress: Progress = no_progress) -> Path:
        """Take a file into our folder and return where it is there; its stem is the name of the model.

        Where the disk can do it the file is linked, which takes no room and no time; else it is copied. A file that is
        here already, under whatever name, is not taken again. Nothing is overwritten: another file of the same name
        makes this one "name-2".

        Raises:
            ModelFileDamaged, ModelFileForeign: see `check`.
            StorageError: there is no room, or the folder cannot be written.
            Cancelled: `cancel` was used; nothing of the file was kept.
        """
        check_model_file(path)
        source = path.resolve()
        size = source.stat().st_size
        same = self.find_same(source, cancel)
        if same is not None:
            progress(size, size)
            return same
        with being_written(self._folder / source.name) as partial:
            if link_file(source, partial):
                progress(size, size)
            else:
                require_room(self._folder, [size], self._look(self._folder))
                copy_file(source, partial, Steps(size, progress, cancel), engine=BUILTIN)
            check_model_file(partial)
            cancel.check()
            return put_under_free_name(partial, self._folder, path.stem)

    def find_same(self, path: Path, cancel: Cancellation) -> Path | None:
        """Return the file in our folder that has the same content; None if there is none."""
        size = path.stat().st_size
        rivals = [rival for rival in sorted(self._folder.glob(f"*{SUFFIX}")) if rival.stat().st_size == size]
        linked = next((rival for rival in rivals if rival.samefile(path)), None)
        if linked is not None or not rivals:
            return linked
        silent = Steps(size, no_progress, cancel)
        checksum = sha256_of(path, silent, engine=BUILTIN)
        return next((rival for rival in rivals if sha256_of(rival, silent, engine=BUILTIN) == checksum), None)

    def freed_by_deleting(self, engine: Engine, model: ModelInfo) -> int | None:
        """Say how many bytes `delete` would free; None where that cannot be seen from here."""
        if isinstance(engine, OllamaEngine):
            stored = self._ollama.find(model.name, model.digest)
            return sum(_size_of(path) for path in self._unshared(stored)) if stored else None
        path = self._own_file(model)
        return _freed_by_deleting(path) if path else None

    def folder_of(self, engine: Engine, model: ModelInfo) -> Path | None:
        """Say where a model lies; None where that cannot be seen from here."""
        if isinstance(engine, OllamaEngine):
            stored = self._ollama.find(model.name, model.digest)
            return stored.folder if stored else None
        try:
            return engine.path_of(model).parent if isinstance(engine, BuiltinEngine) else None
        except ModelError:
            return None

    def delete(self, engine: Engine, model: ModelInfo) -> int | None:
        """Delete a model from the disk, and from memory before; wait for a running answer of the built-in engine.

        Returns the bytes that were freed: files that other models are made of stay and do not count. None where that
        cannot be seen from here (Ollama on another computer, or of another user).

        Raises:
            ModelNotOurs: the file belongs to Ollama, came with the program, or is a server's.
            ModelMissing: it is not there.
            EngineError: Ollama cannot be reached, or refuses.
        """
        if isinstance(engine, OllamaEngine):
            return self._delete_from_ollama(engine, model)
        path = self._own_file(model)
        if path is None or engine.name != BUILTIN:
            foreign = engine.path_of(model) if isinstance(engine, BuiltinEngine) else None
            raise ModelNotOurs(engine=engine.name, model=model.name, path=foreign)
        engine.unload(model)
        freed = _freed_by_deleting(path)
        with disk_faults_as_ours(path):
            try:
                path.unlink()
            except FileNotFoundError as error:
                raise ModelMissing(engine=BUILTIN, model=model.name) from error
        return freed

    def unload(self, engine: Engine, model: ModelInfo) -> None:
        """Free the memory that a model takes."""
        engine.unload(model)

    def _delete_from_ollama(self, engine: OllamaEngine, model: ModelInfo) -> int | None:
        stored = self._ollama.find(model.name, model.digest)
        sizes = {path: _size_of(path) for path in _paths_of(stored)} if stored else {}
        engine.unload(model)
        engine.delete(model)
        return sum(size for path, size in sizes.items() if not path.exists()) if stored else None

    def _unshared(self, stored: StoredModel) -> list[Path]:
        shared = {path for other in self._ollama.sharers(stored) for path in _paths_of(other)}
        return [path for path in _paths_of(stored) if path not in shared]

    def _own_file(self, model: ModelInfo) -> Path | None:
        path = self._folder / f"{model.name}{SUFFIX}"
        return path if path.parent == self._folder and path.is_file() else None


def put_under_free_name(partial: Path, folder: Path, stem: str) -> Path:
    """Give a complete file its name in our folder, "stem-2" if there is another one of that name."""
    for name in free_names(stem):
        target = folder / f"{name}{SUFFIX}"
        try:
            put_in_place(partial, target)
        except FileExistsError:
            continue
        return target
    raise AssertionError


def free_names(stem: str) -> Iterator[str]:
    """Give the names to try, the wanted one first."""
    yield stem
    for number in count(2):
        yield f"{stem}-{number}"


def _paths_of(stored: StoredModel) -> list[Path]:
    return [stored.path_of(layer) for layer in stored.manifest.blobs.values()]


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _freed_by_deleting(path: Path) -> int:
    """Nothing is freed by a link, nor by a file that has another name elsewhere."""
    status = path.lstat()
    return status.st_size if status.st_nlink == 1 and not path.is_symlink() else 0
