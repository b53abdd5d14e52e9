"""Models on a stick: written to a folder on one computer, taken in on another, every file checked on both sides.

Blocking. Whatever goes wrong, and when the person stops it: what is there afterwards is whole, or not there.
"""

from __future__ import annotations

from pathlib import Path

from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.builtin.model_folder import ModelFolders
from phidesk.engine.builtin.suitability import check_model_file
from phidesk.engine.disk import LookAtDisk, look_at_disk, require_room
from phidesk.engine.file_copy import Progress, Steps, being_written, copy_file, no_progress, sha256_of
from phidesk.engine.model_files import SUFFIX, put_under_free_name
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.store import OllamaStore
from phidesk.engine.protocol import BUILTIN, Engine
from phidesk.engine.stick_export import WriteNote, plan_export, write_export
from phidesk.engine.stick_folder import (
    ImportedModel,
    StickFile,
    StickModel,
    check_written,
    models_on_stick,
    reading_from_stick,
    safe_name,
)
from phidesk.engine.stick_to_ollama import OllamaImport

__all__ = ["ImportedModel", "ModelSticks", "StickModel", "models_on_stick"]


class ModelSticks:
    """Writes and reads sticks. Safe from every thread."""

    def __init__(self, folder: Path, ollama: OllamaStore, *, look: LookAtDisk = look_at_disk) -> None:
        """`folder` is our folder of models; `look` looks at disks."""
        self._folder = folder
        self._ollama = ollama
        self._look = look

    def export_model(
        self,
        engine: Engine,
        model: ModelInfo,
        folder: Path,
        *,
        note: WriteNote,
        cancel: Cancellation,
        progress: Progress = no_progress,
    ) -> StickModel:
        """Write a model into a folder of its own inside `folder`, and read every file back from the disk.

        The same model there is checked instead, and written anew if it is damaged; another one of the same name stays
        and this one becomes "name-2".

        Raises:
            ModelFileUnreachable: its files cannot be read from here.
            ModelFileDamaged: they are not what they should be.
            NotEnoughRoom, FileTooLargeForDisk: seen before anything was written.
            StorageError: the stick cannot be written, or does not keep what is written.
            Cancelled: `cancel` was used; nothing is left on the stick.
        """
        plan = plan_export(engine, model, self._ollama)
        return write_export(plan, folder, self._look(folder), note=note, cancel=cancel, progress=progress)

    def import_model(
        self,
        stick: StickModel,
        engine: Engine,
        *,
        cancel: Cancellation,
        progress: Progress = no_progress,
    ) -> ImportedModel:
        """Give a model from a stick to an engine of this computer; what it has already is not copied.

        Ollama makes the model of its files; it may write the weights anew, which is its right and takes some seconds,
        during which it cannot be stopped: a wish that comes then deletes the model again.

        Raises:
            StickDamaged: a file is missing, or not what was written.
            ModelFileForeign: the built-in engine cannot talk with it.
            ModelNameTaken: Ollama has another model of this name.
            StorageError: there is no room, or the folder cannot be written.
            EngineError: the engine is not there, or refuses.
            Cancelled: `cancel` was used; the engine has no more models than before.
        """
        stick.check_sizes()
        if isinstance(engine, OllamaEngine):
            return OllamaImport(stick, engine, self._ollama, self._look, cancel, progress).run()
        if engine.name != BUILTIN:
            raise TypeError(f"{engine.name} takes no files")
        return self._import_builtin(stick, cancel, progress)

    def _import_builtin(self, stick: StickModel, cancel: Cancellation, progress: Progress) -> ImportedModel:
        weights = stick.weights_file
        source = stick.path_of(weights)
        there = self._find_here(weights, cancel)
        if there is not None:
            progress(weights.size_bytes, weights.size_bytes)
            return ImportedModel(there, BUILTIN, 0)
        require_room(self._folder, [weights.size_bytes], self._look(self._folder))
        steps = Steps(2 * weights.size_bytes, progress, cancel)
        stem = safe_name(stick.name.removesuffix(SUFFIX))
        with being_written(self._folder / stem) as partial, reading_from_stick(stick, weights):
            if copy_file(source, partial, steps, engine=BUILTIN) != weights.sha256:
                raise stick.damage(weights, "another checksum than the one that was written")
            check_written(partial, weights, steps)
            check_model_file(partial)
            cancel.check()
            path = put_under_free_name(partial, self._folder, stem)
        return ImportedModel(path.stem, BUILTIN, weights.size_bytes)

    def _find_here(self, weights: StickFile, cancel: Cancellation) -> str | None:
        """Return the name under which the built-in engine has the very same file, ours or one of Ollama."""
        silent = Steps(0, no_progress, cancel)
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            is_as_large = path.stat().st_size == weights.size_bytes
            if is_as_large and sha256_of(path, silent, engine=BUILTIN) == weights.sha256:
                return path.stem
        of_ollama = ModelFolders((), self._ollama).of_ollama()
        return next((file.name for file in of_ollama if file.path.name == f"sha256-{weights.sha256}"), None)
