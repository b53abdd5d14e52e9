"""A model written to a stick: planned, copied, read back, and only then there under its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from phidesk.core.errors import ModelFileDamaged, ModelFileUnreachable, StickDamaged
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.builtin.suitability import check_model_file
from phidesk.engine.disk import DiskFacts, disk_faults_as_ours, require_room
from phidesk.engine.file_copy import PARTIAL_SUFFIX, Progress, Steps, copy_file, no_progress, sha256_of
from phidesk.engine.model_files import SUFFIX, free_names
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.store import Layer, OllamaStore, StoredModel
from phidesk.engine.protocol import BUILTIN, FROM_OLLAMA, OLLAMA, Engine
from phidesk.engine.stick_folder import StickFile, StickModel, check_written, read_list, safe_name, write_list

WriteNote = Callable[[StickModel], str]
"""Writes the text for people that lies beside the files."""


@dataclass(frozen=True)
class SourceFile:
    """A file that is to be written. `sha256` is empty where it is only known once it was read."""

    path: str
    origin: Path
    size_bytes: int
    sha256: str = ""


@dataclass(frozen=True)
class ExportPlan:
    """What is to be written: the model, whose list of files is still empty, and where they come from."""

    model: StickModel
    sources: tuple[SourceFile, ...]

    @property
    def sizes(self) -> list[int]:
        """Bytes of each file."""
        return [source.size_bytes for source in self.sources]


def plan_export(engine: Engine, model: ModelInfo, ollama: OllamaStore) -> ExportPlan:
    """Find the files of a model.

    Raises:
        ModelFileUnreachable: they cannot be read from here.
        ModelFileDamaged: the header of its file is not what it should be.
    """
    if isinstance(engine, BuiltinEngine) and not model.name.endswith(FROM_OLLAMA):
        return _plan_of_file(model, engine.path_of(model))
    stored = None
    if isinstance(engine, OllamaEngine):
        stored = ollama.find(model.name, model.digest)
    elif isinstance(engine, BuiltinEngine):
        stored = ollama.find(model.name.removesuffix(FROM_OLLAMA))
    if stored is None or stored.manifest.weights is None:
        raise ModelFileUnreachable(engine=engine.name, model=model.name)
    return _plan_of_stored(stored, stored.manifest.weights)


def write_export(
    plan: ExportPlan, folder: Path, disk: DiskFacts, *, note: WriteNote, cancel: Cancellation, progress: Progress
) -> StickModel:
    """Write what was planned; see `ModelSticks.export_model`."""
    total = sum(plan.sizes)
    target, there = _find_place(plan, folder, cancel)
    if there is not None:
        progress(total, total)
        return there
    require_room(folder, plan.sizes, disk)
    steps = Steps(2 * total, progress, cancel)
    with _folder_being_written(target) as partial:
        files = tuple(_write(source, partial, steps, engine=plan.model.engine) for source in plan.sources)
        written = replace(plan.model, folder=partial, files=files)
        for file in files:
            check_written(written.path_of(file), file, steps)
        write_list(written, note(replace(written, folder=target)))
        cancel.check()
        with disk_faults_as_ours(target):
            partial.rename(target)
    return replace(written, folder=target)


def _find_place(plan: ExportPlan, folder: Path, cancel: Cancellation) -> tuple[Path, StickModel | None]:
    """Return the folder to write, and the same model if it is there already and whole; a damaged one is removed."""
    for name in free_names(safe_name(plan.model.name)):
        target = folder / name
        if not target.exists():
            return target, None
        there = _same_model(target, plan, cancel)
        if there is None:
            continue
        if _is_whole(there, cancel):
            return target, there
        with disk_faults_as_ours(target):
            shutil.rmtree(target)
        return target, None
    raise AssertionError


def _plan_of_file(model: ModelInfo, path: Path) -> ExportPlan:
    name = f"{safe_name(model.name)}{SUFFIX}"
    check_model_file(path)
    draft = StickModel(Path(), model.name, BUILTIN, (), name)
    return ExportPlan(draft, (SourceFile(name, path, path.stat().st_size),))


def _plan_of_stored(stored: StoredModel, weights: Layer) -> ExportPlan:
    manifest = _path_of_manifest(stored.name)
    layers = stored.manifest.blobs.values()
    sources = [SourceFile(f"blobs/{it.file_name}", stored.path_of(it), it.size_bytes, it.sha256) for it in layers]
    written = stored.manifest
    sources.append(SourceFile(manifest, stored.manifest_path, len(written.content), written.sha256))
    draft = StickModel(Path(), stored.name, OLLAMA, (), f"blobs/{weights.file_name}", manifest)
    return ExportPlan(draft, tuple(sources))


def _path_of_manifest(name: str) -> str:
    path, _, tag = name.rpartition(":")
    places = ["registry.ollama.ai", "library"][: max(0, 2 - path.count("/"))]
    return "/".join(["manifests", *places, *(safe_name(part) for part in path.split("/")), safe_name(tag)])


def _write(source: SourceFile, folder: Path, steps: Steps, *, engine: str) -> StickFile:
    target = folder / source.path
    with disk_faults_as_ours(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    checksum = copy_file(source.origin, target, steps, engine=engine)
    size = target.stat().st_size
    if source.sha256 and (checksum, size) != (source.sha256, source.size_bytes):
        detail = "another checksum than its name says"
        raise ModelFileDamaged(engine=engine, model=source.origin.name, detail=detail, path=source.origin)
    return StickFile(source.path, size, checksum)


def _same_model(folder: Path, plan: ExportPlan, cancel: Cancellation) -> StickModel | None:
    """Return the model that the list in a folder tells of, if it is the one that is to be written."""
    try:
        there = read_list(folder)
    except StickDamaged:
        return None
    listed = {file.path: file for file in there.files}
    wanted = {source.path: source for source in plan.sources}
    if {path: file.size_bytes for path, file in listed.items()} != {it.path: it.size_bytes for it in plan.sources}:
        return None
    return there if all(listed[path].sha256 == _checksum(source, cancel) for path, source in wanted.items()) else None


def _checksum(source: SourceFile, cancel: Cancellation) -> str:
    return source.sha256 or sha256_of(source.origin, Steps(0, no_progress, cancel), engine=BUILTIN)


def _is_whole(model: StickModel, cancel: Cancellation) -> bool:
    silent = Steps(0, no_progress, cancel)
    try:
        model.check_sizes()
        return all(
            sha256_of(model.path_of(file), silent, engine=model.engine, is_from_disk=True) == file.sha256
            for file in model.files
        )
    except (StickDamaged, ModelFileDamaged, ModelFileUnreachable):
        return False


@contextmanager
def _folder_being_written(target: Path) -> Iterator[Path]:
    """Give a new folder to write into; what is still there under its name after the block is removed."""
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    with disk_faults_as_ours(partial):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)
