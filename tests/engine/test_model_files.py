"""Model files taken in, found and deleted: real files, a recorded daemon, disks of any size."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import ollama
import pytest

from phidesk.core.errors import (
    EngineUnreachable,
    FileTooLargeForDisk,
    ModelFileDamaged,
    ModelFileForeign,
    ModelMissing,
    ModelNotOurs,
    NotEnoughRoom,
    StorageUnwritable,
)
from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine import file_copy
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.disk import DiskFacts, look_at_disk, require_room
from phidesk.engine.model_files import ModelFiles
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.store import OllamaStore
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import StoredModel, smollm2

ROOMY = DiskFacts(10**12)


@dataclass
class Desk:
    """A folder of models, Ollama's folder, and a disk that a test can make small."""

    folder: Path
    ollama_folder: Path
    disk: DiskFacts = ROOMY

    @property
    def store(self) -> OllamaStore:
        return OllamaStore([self.ollama_folder])

    @property
    def files(self) -> ModelFiles:
        return ModelFiles(self.folder, self.store, look=lambda folder: self.disk)

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "models", tmp_path / "ollama")


@pytest.fixture
def chosen(tmp_path: Path, scripted_folder: Path) -> Path:
    """A file that a person chooses."""
    path = tmp_path / "downloads" / "chosen.gguf"
    path.parent.mkdir()
    path.write_bytes((scripted_folder / "scripted.gguf").read_bytes())
    return path


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without links: another disk than the file's, or FAT."""

    def refuse(*arguments: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    monkeypatch.setattr(file_copy, "_share_blocks", lambda source, target: False)


@pytest.fixture
def daemon(desk: Desk) -> Iterator[OllamaDaemon]:
    models: list[StoredModel] = []
    with OllamaDaemon(models, models_folder=desk.ollama_folder) as daemon:
        yield daemon


@pytest.fixture
def ollama_engine(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    engine = OllamaEngine(daemon.url, gate)
    yield engine
    engine.close()


@pytest.fixture
def builtin(desk: Desk, practice_folder: Path, gate: Gate, start_loop: StartLoop) -> Iterator[BuiltinEngine]:
    engine = BuiltinEngine([desk.folder, practice_folder], gate, start_loop, ollama=desk.store)
    yield engine
    engine.close()


def info(engine: BuiltinEngine | OllamaEngine, name: str) -> ModelInfo:
    return next(model for model in engine.models() if model.name == name)


def make(daemon: OllamaDaemon, name: str, weights: bytes, system: str = "") -> None:
    """Let the daemon have a model."""
    digest = daemon.store.keep(weights)
    with ollama.Client(daemon.url) as client:
        client.create(name, files={"m.gguf": digest}, system=system or f"of {name}")


def test_a_file_is_taken_in_and_then_offered(desk: Desk, chosen: Path, builtin: BuiltinEngine) -> None:
    path = desk.files.add(chosen, Cancellation())

    assert path == desk.folder / "chosen.gguf"
    assert path.read_bytes() == chosen.read_bytes()
    assert "chosen" in {model.name for model in builtin.models()}


def test_on_the_same_disk_a_file_takes_no_second_room(desk: Desk, chosen: Path) -> None:
    desk.disk = DiskFacts(free_bytes=0)

    path = desk.files.add(chosen, Cancellation())

    assert path.read_bytes() == chosen.read_bytes()
    assert chosen.exists()


def test_a_copy_tells_how_far_it_is(desk: Desk, chosen: Path, no_links: None) -> None:
    told: list[tuple[int, int]] = []
    size = chosen.stat().st_size

    path = desk.files.add(chosen, Cancellation(), lambda done, total: told.append((done, total)))

    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert path.read_bytes() == chosen.read_bytes()
    assert not path.samefile(chosen)


def test_a_file_that_is_here_already_is_not_taken_again(desk: Desk, chosen: Path, no_links: None) -> None:
    first = desk.files.add(chosen, Cancellation())
    other_name = chosen.rename(chosen.with_name("other.gguf"))

    assert desk.files.add(other_name, Cancellation()) == first
    assert desk.files.add(first, Cancellation()) == first
    assert desk.names == ["chosen.gguf"]


@pytest.mark.parametrize("links", ["with links", "without links"])
def test_another_file_of_the_same_name_stays(
    desk: Desk, chosen: Path, practice_folder: Path, links: str, request: pytest.FixtureRequest
) -> None:
    if links == "without links":
        request.getfixturevalue("no_links")
    desk.folder.mkdir()
    (desk.folder / "chosen.gguf").write_bytes((practice_folder / PRACTICE_MODEL_FILE).read_bytes())
    before = (desk.folder / "chosen.gguf").stat()

    path = desk.files.add(chosen, Cancellation())

    assert path.name == "chosen-2.gguf"
    assert (desk.folder / "chosen.gguf").stat().st_mtime_ns == before.st_mtime_ns
    assert desk.names == ["chosen-2.gguf", "chosen.gguf"]


def test_room_is_looked_for_before_anything_is_written(desk: Desk, chosen: Path, no_links: None) -> None:
    desk.disk = DiskFacts(free_bytes=10_000)

    with pytest.raises(NotEnoughRoom) as caught:
        desk.files.add(chosen, Cancellation())

    assert caught.value.free_bytes == 10_000
    assert caught.value.needed_bytes > chosen.stat().st_size
    assert desk.names == []


def test_a_large_file_does_not_fit_on_fat32(tmp_path: Path) -> None:
    sparse = tmp_path / "large"
    with sparse.open("wb") as file:
        file.truncate(5 * 10**9)
    stick = DiskFacts(free_bytes=10**11, largest_file_bytes=2**32 - 1)

    with pytest.raises(FileTooLargeForDisk) as caught:
        require_room(tmp_path, [sparse.stat().st_size], stick)

    assert (caught.value.size_bytes, caught.value.limit_bytes) == (5 * 10**9, 2**32 - 1)
    require_room(tmp_path, [sparse.stat().st_size], replace(stick, largest_file_bytes=None))
    require_room(tmp_path, [2**32 - 1], stick)


def test_this_disk_has_room_and_takes_large_files(tmp_path: Path) -> None:
    facts = look_at_disk(tmp_path / "not" / "yet" / "there")

    assert facts.free_bytes > 0
    assert facts.largest_file_bytes is None


def test_a_stopped_copy_leaves_nothing(desk: Desk, practice_folder: Path, no_links: None) -> None:
    cancel = Cancellation()

    def stop_half_way(done: int, total: int) -> None:
        if done > total // 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        desk.files.add(practice_folder / PRACTICE_MODEL_FILE, cancel, stop_half_way)

    assert desk.names == []


def test_a_file_that_shrinks_while_it_is_copied_is_not_taken(desk: Desk, practice_folder: Path, tmp_path: Path) -> None:
    unsteady = tmp_path / "unsteady.gguf"
    unsteady.write_bytes((practice_folder / PRACTICE_MODEL_FILE).read_bytes())

    def shrink(done: int, total: int) -> None:
        os.truncate(unsteady, total // 2)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(ModelFileDamaged):
        patch.setattr(file_copy, "_share_blocks", lambda source, target: False)
        patch.setattr(file_copy, "_give_second_name", lambda source, target: False)
        desk.files.add(unsteady, Cancellation(), shrink)

    assert desk.names == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_disk_that_takes_no_large_files_after_all_is_told_of(desk: Desk, chosen: Path, no_links: None) -> None:
    import resource  # noqa: PLC0415 - not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(FileTooLargeForDisk):
            desk.files.add(chosen, Cancellation())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert desk.names == []


def test_a_folder_that_cannot_be_made_is_told_of(desk: Desk, chosen: Path) -> None:
    desk.folder.write_bytes(b"a file where the folder should be")

    with pytest.raises(StorageUnwritable) as caught:
        desk.files.add(chosen, Cancellation())

    assert desk.folder in caught.value.path.parents


def test_what_a_crash_left_is_written_over(desk: Desk, chosen: Path, no_links: None) -> None:
    desk.folder.mkdir()
    (desk.folder / "chosen.gguf.partial").write_bytes(b"half")

    desk.files.add(chosen, Cancellation())

    assert desk.names == ["chosen.gguf"]


def test_a_damaged_or_foreign_file_is_not_taken(desk: Desk, chosen: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "page.gguf"
    foreign.write_bytes(b"<html>Not found</html>")
    os.truncate(chosen, chosen.stat().st_size - 1)

    with pytest.raises(ModelFileDamaged):
        desk.files.add(chosen, Cancellation())
    with pytest.raises(ModelFileForeign):
        desk.files.add(foreign, Cancellation())
    with pytest.raises(ModelFileDamaged):
        desk.files.check(tmp_path / "nowhere.gguf")

    assert desk.names == []


def test_files_of_ollama_are_found_and_answer_where_they_lie(
    desk: Desk, daemon: OllamaDaemon, builtin: BuiltinEngine, scripted_folder: Path
) -> None:
    make(daemon, "talker", (scripted_folder / "scripted.gguf").read_bytes())

    builtin.load(info(builtin, "talker@ollama"), 512)

    assert [loaded.name for loaded in builtin.loaded()] == ["talker@ollama"]


def test_deleting_frees_memory_and_disk(desk: Desk, chosen: Path, builtin: BuiltinEngine, no_links: None) -> None:
    path = desk.files.add(chosen, Cancellation())
    size = path.stat().st_size
    model = info(builtin, "chosen")
    builtin.load(model, 512)

    assert desk.files.freed_by_deleting(builtin, model) == size
    assert desk.files.delete(builtin, model) == size

    assert builtin.loaded() == []
    assert desk.names == []
    with pytest.raises(ModelMissing):
        desk.files.delete(builtin, model)


def test_a_file_that_has_another_name_elsewhere_frees_nothing(desk: Desk, chosen: Path, builtin: BuiltinEngine) -> None:
    path = desk.files.add(chosen, Cancellation())
    if not path.samefile(chosen):
        pytest.skip("this disk shares blocks")

    freed = desk.files.delete(builtin, info(builtin, "chosen"))

    assert freed == 0
    assert chosen.exists()


def test_files_of_others_are_not_deleted(
    desk: Desk, daemon: OllamaDaemon, builtin: BuiltinEngine, scripted_folder: Path, practice_folder: Path
) -> None:
    make(daemon, "talker", (scripted_folder / "scripted.gguf").read_bytes())
    practice = PRACTICE_MODEL_FILE.removesuffix(".gguf")

    for name in ("talker@ollama", practice):
        with pytest.raises(ModelNotOurs) as caught:
            desk.files.delete(builtin, info(builtin, name))
        assert caught.value.path is not None
        assert caught.value.path.exists()
        assert desk.files.freed_by_deleting(builtin, info(builtin, name)) is None


@pytest.mark.parametrize("name", ["../outside", "..\\outside", "/outside", "nothing"])
def test_no_name_leads_out_of_our_folder(desk: Desk, builtin: BuiltinEngine, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.gguf"
    outside.write_bytes(b"somebody's")
    desk.folder.mkdir()

    with pytest.raises(ModelMissing):
        desk.files.delete(builtin, ModelInfo(name, "builtin"))

    assert outside.exists()


def test_ollama_deletes_and_we_see_what_became_free(
    desk: Desk, daemon: OllamaDaemon, ollama_engine: OllamaEngine
) -> None:
    weights = b"GGUF" + bytes(100_000)
    make(daemon, "one", weights)
    make(daemon, "two", weights)
    one, two = info(ollama_engine, "one:latest"), info(ollama_engine, "two:latest")
    small = desk.files.freed_by_deleting(ollama_engine, one)

    assert small is not None
    assert small < 2000
    assert desk.files.delete(ollama_engine, one) == small
    assert (desk.files.delete(ollama_engine, two) or 0) > 100_000

    assert ollama_engine.models() == []
    with pytest.raises(ModelMissing):
        desk.files.delete(ollama_engine, one)


def test_a_daemon_whose_folder_is_elsewhere_deletes_all_the_same(desk: Desk, gate: Gate) -> None:
    with OllamaDaemon([smollm2()]) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        model = info(engine, "smollm2:latest")

        assert desk.files.freed_by_deleting(engine, model) is None
        assert desk.files.delete(engine, model) is None

        assert engine.models() == []
        engine.close()


def test_deleting_unloads_before(desk: Desk, daemon: OllamaDaemon, ollama_engine: OllamaEngine) -> None:
    make(daemon, "one", b"GGUF" + bytes(1000))
    model = info(ollama_engine, "one:latest")
    ollama_engine.load(model, 512)
    assert ollama_engine.loaded()

    desk.files.delete(ollama_engine, model)

    assert ollama_engine.loaded() == []


def test_without_a_daemon_nothing_is_deleted(desk: Desk, daemon: OllamaDaemon, ollama_engine: OllamaEngine) -> None:
    weights = b"GGUF" + bytes(1000)
    make(daemon, "one", weights)
    model = info(ollama_engine, "one:latest")
    daemon.kill()

    with pytest.raises(EngineUnreachable):
        desk.files.delete(ollama_engine, model)

    assert desk.store.find("one") is not None


def test_unloading_frees_the_memory(desk: Desk, chosen: Path, builtin: BuiltinEngine) -> None:
    desk.files.add(chosen, Cancellation())
    model = info(builtin, "chosen")
    builtin.load(model, 512)

    desk.files.unload(builtin, model)

    assert builtin.loaded() == []
