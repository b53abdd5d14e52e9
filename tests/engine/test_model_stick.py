"""Models that travel on a stick: real files, the recorded daemon, damage at every place, and stops at any time."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import ollama
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phidesk.core.errors import (
    EngineDied,
    EngineUnreachable,
    FileTooLargeForDisk,
    ModelFileDamaged,
    ModelFileForeign,
    ModelFileUnreachable,
    ModelNameTaken,
    NotAModelStick,
    NotEnoughRoom,
    StickDamaged,
    StorageFull,
    StorageUnwritable,
)
from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.disk import DiskFacts
from phidesk.engine.file_copy import Progress, no_progress
from phidesk.engine.model_stick import ImportedModel, ModelSticks, StickModel, models_on_stick
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.store import OllamaStore
from phidesk.engine.protocol import Engine
from phidesk.engine.stick_folder import read_list, safe_name
from tests.engine.ollama.stored_models import StoreWriter
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import StoredModel

PRACTICE = PRACTICE_MODEL_FILE.removesuffix(".gguf")
NOTE = "Ein Modell für PhiDesk.\n"
WEIGHTS = b"GGUF" + random.Random(4).randbytes(3_000_000)
ROOMY = DiskFacts(10**12)


@dataclass
class Computer:
    """One computer: its engines, its folders, its disks."""

    folder: Path
    daemon: OllamaDaemon
    ollama: OllamaEngine
    builtin: BuiltinEngine
    disk: DiskFacts = ROOMY

    @property
    def sticks(self) -> ModelSticks:
        return ModelSticks(self.folder / "models", OllamaStore([self.store]), look=lambda folder: self.disk)

    @property
    def store(self) -> Path:
        return self.daemon.store.folder

    def make(self, name: str, weights: bytes = WEIGHTS, **fields: object) -> ModelInfo:
        """Let Ollama have a model."""
        digest = self.daemon.store.keep(weights)
        with ollama.Client(self.daemon.url) as client:
            client.create(name, files={"m.gguf": digest}, **fields)
        return self.model(self.ollama, f"{name}:latest")

    def model(self, engine: Engine, name: str) -> ModelInfo:
        return next(model for model in engine.models() if model.name == name)

    def export(
        self,
        engine: Engine,
        model: ModelInfo,
        stick: Path,
        *,
        cancel: Cancellation | None = None,
        progress: Progress = no_progress,
    ) -> StickModel:
        cancel = cancel or Cancellation()
        return self.sticks.export_model(
            engine, model, stick, note=lambda written: NOTE, cancel=cancel, progress=progress
        )

    def take(
        self,
        stick: StickModel,
        engine: Engine,
        *,
        cancel: Cancellation | None = None,
        progress: Progress = no_progress,
    ) -> ImportedModel:
        return self.sticks.import_model(stick, engine, cancel=cancel or Cancellation(), progress=progress)

    @property
    def own_files(self) -> list[str]:
        folder = self.folder / "models"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def computer(tmp_path: Path, practice_folder: Path, gate: Gate, start_loop: StartLoop) -> Iterator[Computer]:
    yield from make_computer(tmp_path / "here", practice_folder, gate, start_loop)


@pytest.fixture
def other_computer(tmp_path: Path, practice_folder: Path, gate: Gate, start_loop: StartLoop) -> Iterator[Computer]:
    """The one that the stick is carried to; it has no practice model."""
    yield from make_computer(tmp_path / "there", tmp_path / "nothing", gate, start_loop)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The folder of a USB stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def exported(computer: Computer, stick: Path) -> StickModel:
    """A model of Ollama on the stick."""
    model = computer.make(
        "phi4-mini",
        template="{{ .Prompt }}",
        system="Be kind.",
        license=["MIT", "And more."],
        parameters={"stop": ["<|end|>"], "temperature": 0.3},
    )
    return computer.export(computer.ollama, model, stick)


def make_computer(folder: Path, shared: Path, gate: Gate, start_loop: StartLoop) -> Iterator[Computer]:
    models: list[StoredModel] = []
    with OllamaDaemon(models, models_folder=folder / "ollama") as daemon:
        engine = OllamaEngine(daemon.url, gate)
        store = OllamaStore([folder / "ollama"])
        builtin = BuiltinEngine([folder / "models", shared], gate, start_loop, ollama=store)
        yield Computer(folder, daemon, engine, builtin)
        builtin.close()
        engine.close()


def content_of(folder: Path) -> dict[str, str]:
    """Every file with its checksum."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_model_of_ollama_travels_with_all_that_belongs_to_it(
    exported: StickModel, stick: Path, other_computer: Computer
) -> None:
    (found,) = models_on_stick(stick)
    imported = other_computer.take(found, other_computer.ollama)

    assert found == exported
    assert (imported.name, imported.engine) == ("phi4-mini:latest", "ollama")
    assert imported.copied_bytes == len(WEIGHTS)
    with ollama.Client(other_computer.daemon.url) as client:
        shown = client.show("phi4-mini")
    assert shown.template == "{{ .Prompt }}"
    stored = OllamaStore([other_computer.store]).find("phi4-mini")
    assert stored is not None
    assert stored.text_of("system") == "Be kind."
    assert stored.text_of("license") == "MIT\nAnd more."
    assert json.loads(stored.text_of("params")) == {"stop": ["<|end|>"], "temperature": 0.3}
    assert stored.manifest.weights is not None
    assert stored.path_of(stored.manifest.weights).read_bytes() == WEIGHTS


def test_the_stick_can_be_checked_and_read_without_us(exported: StickModel) -> None:
    lines = (exported.folder / "SHA256SUMS").read_text().splitlines()
    sums = {path: checksum for checksum, _, path in (line.partition("  ") for line in lines)}

    assert sums == {path: sum_ for path, sum_ in content_of(exported.folder).items() if path != "SHA256SUMS"}
    assert (exported.folder / "README.txt").read_text(encoding="utf-8") == NOTE
    assert OllamaStore([exported.folder]).find("phi4-mini") is not None


def test_the_practice_model_travels_between_built_in_engines(
    computer: Computer, stick: Path, other_computer: Computer, practice_folder: Path
) -> None:
    told: list[tuple[int, int]] = []
    model = computer.model(computer.builtin, PRACTICE)

    computer.export(computer.builtin, model, stick, progress=lambda done, total: told.append((done, total)))
    imported = other_computer.take(models_on_stick(stick)[0], other_computer.builtin)

    path = other_computer.folder / "models" / PRACTICE_MODEL_FILE
    assert imported == ImportedModel(PRACTICE, "builtin", model.size_bytes or 0)
    assert path.read_bytes() == (practice_folder / PRACTICE_MODEL_FILE).read_bytes()
    assert [found.name for found in other_computer.builtin.models()] == [PRACTICE]
    assert told[-1] == (2 * path.stat().st_size, 2 * path.stat().st_size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_practice_model_of_the_built_in_engine_can_go_to_ollama(
    computer: Computer, stick: Path, other_computer: Computer
) -> None:
    found = computer.export(computer.builtin, computer.model(computer.builtin, PRACTICE), stick)

    first = other_computer.take(found, other_computer.ollama)
    second = other_computer.take(found, other_computer.ollama)

    assert (first.name, first.copied_bytes) == (f"{PRACTICE}:latest", found.size_bytes)
    assert second == replace(first, copied_bytes=0)


def test_a_model_of_ollama_can_go_to_the_built_in_engine(
    computer: Computer, stick: Path, other_computer: Computer, scripted_folder: Path
) -> None:
    weights = (scripted_folder / "scripted.gguf").read_bytes()
    found = computer.export(computer.ollama, computer.make("talker", weights), stick)

    imported = other_computer.take(found, other_computer.builtin)

    assert imported == ImportedModel("talker", "builtin", len(weights))
    assert (other_computer.folder / "models" / "talker.gguf").read_bytes() == weights


def test_a_file_that_the_built_in_engine_uses_in_ollamas_folder_is_exported_as_ollamas(
    computer: Computer, stick: Path, scripted_folder: Path
) -> None:
    computer.make("talker", (scripted_folder / "scripted.gguf").read_bytes(), template="{{ .Prompt }}")

    found = computer.export(computer.builtin, computer.model(computer.builtin, "talker@ollama"), stick)

    assert (found.name, found.engine) == ("talker:latest", "ollama")


def test_what_is_there_already_is_not_copied(
    computer: Computer, exported: StickModel, stick: Path, other_computer: Computer
) -> None:
    before = content_of(stick)
    first = other_computer.take(exported, other_computer.ollama)
    other_computer.daemon.requests.clear()

    again = other_computer.take(exported, other_computer.ollama)
    once_more = computer.export(computer.ollama, computer.model(computer.ollama, "phi4-mini:latest"), stick)

    assert again == replace(first, copied_bytes=0)
    assert not [it.path for it in other_computer.daemon.requests if "blobs" in it.path or "create" in it.path]
    assert once_more == exported
    assert content_of(stick) == before


def test_a_daemon_whose_folder_cannot_be_read_is_asked_what_it_has(
    exported: StickModel, other_computer: Computer, tmp_path: Path
) -> None:
    other_computer.take(exported, other_computer.ollama)
    blind = ModelSticks(tmp_path / "models", OllamaStore([]))

    again = blind.import_model(exported, other_computer.ollama, cancel=Cancellation())

    assert again == ImportedModel("phi4-mini:latest", "ollama", 0)
    other_computer.ollama.delete(other_computer.model(other_computer.ollama, "phi4-mini:latest"))
    other_computer.make("phi4-mini", system="Be rude.")
    with pytest.raises(ModelNameTaken):
        blind.import_model(exported, other_computer.ollama, cancel=Cancellation())


def test_a_file_that_ollama_has_is_not_uploaded(exported: StickModel, other_computer: Computer) -> None:
    other_computer.daemon.store.keep(WEIGHTS)

    assert other_computer.take(exported, other_computer.ollama).copied_bytes == 0

    assert [model.name for model in other_computer.ollama.models()] == ["phi4-mini:latest"]


def test_a_file_that_the_built_in_engine_has_is_not_copied(
    computer: Computer, stick: Path, other_computer: Computer, scripted_folder: Path
) -> None:
    weights = (scripted_folder / "scripted.gguf").read_bytes()
    found = computer.export(computer.ollama, computer.make("talker", weights), stick)
    other_computer.make("known-as", weights)

    assert other_computer.take(found, other_computer.builtin) == ImportedModel("known-as@ollama", "builtin", 0)
    (other_computer.folder / "models").mkdir()
    (other_computer.folder / "models" / "mine.gguf").write_bytes(weights)
    assert other_computer.take(found, other_computer.builtin) == ImportedModel("mine", "builtin", 0)
    assert other_computer.own_files == ["mine.gguf"]


def test_another_model_of_the_same_name_stays(
    computer: Computer, exported: StickModel, stick: Path, other_computer: Computer
) -> None:
    other_computer.make("phi4-mini", b"GGUF of somebody else")
    computer.ollama.delete(computer.model(computer.ollama, "phi4-mini:latest"))
    newer = computer.make("phi4-mini", b"GGUF of a newer one")

    with pytest.raises(ModelNameTaken):
        other_computer.take(exported, other_computer.ollama)
    second = computer.export(computer.ollama, newer, stick)

    assert second.folder.name == "phi4-mini-2"
    assert {model.folder for model in models_on_stick(stick)} == {exported.folder, second.folder}


def test_room_is_looked_for_before_anything_is_written(
    computer: Computer, exported: StickModel, stick: Path, other_computer: Computer
) -> None:
    before = content_of(stick)
    model = computer.make("other", b"GGUF" + bytes(2000))
    other_computer.store.mkdir(parents=True)
    for this in (computer, other_computer):
        this.disk = DiskFacts(free_bytes=1000)

    with pytest.raises(NotEnoughRoom):
        computer.export(computer.ollama, model, stick)
    with pytest.raises(NotEnoughRoom):
        other_computer.take(exported, other_computer.ollama)
    with pytest.raises(NotEnoughRoom):
        other_computer.take(exported, other_computer.builtin)

    assert content_of(stick) == before
    assert other_computer.own_files == []
    assert other_computer.ollama.models() == []


def test_a_file_of_more_than_4_gib_is_not_begun_on_fat32(computer: Computer, stick: Path) -> None:
    model = computer.make("phi4-mini")
    computer.disk = DiskFacts(free_bytes=10**12, largest_file_bytes=2_000_000)

    with pytest.raises(FileTooLargeForDisk) as caught:
        computer.export(computer.ollama, model, stick)

    assert caught.value.size_bytes == len(WEIGHTS)
    assert list(stick.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_a_stopped_export_leaves_nothing(computer: Computer, stick: Path, share: float) -> None:
    model = computer.make("phi4-mini")
    cancel = Cancellation()

    with pytest.raises(Cancelled):
        computer.export(computer.ollama, model, stick, cancel=cancel, progress=stop_at(cancel, share))

    assert list(stick.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_stopped_import_leaves_no_model(
    computer: Computer, stick: Path, other_computer: Computer, scripted_folder: Path, share: float
) -> None:
    talker = computer.make("talker", (scripted_folder / "scripted.gguf").read_bytes())
    exported = computer.export(computer.ollama, talker, stick)
    for engine in (other_computer.ollama, other_computer.builtin):
        cancel = Cancellation()

        with pytest.raises(Cancelled):
            other_computer.take(exported, engine, cancel=cancel, progress=stop_at(cancel, share))

    assert other_computer.own_files == []
    assert other_computer.ollama.models() == []


def test_a_stop_while_ollama_makes_the_model_deletes_it(exported: StickModel, other_computer: Computer) -> None:
    cancel = Cancellation()
    store, create = other_computer.daemon.store, other_computer.daemon.store.create

    def create_and_be_stopped(request: object) -> Iterator[dict[str, str]]:
        cancel.cancel()
        yield from create(request)  # type: ignore[arg-type]

    store.create = create_and_be_stopped  # type: ignore[method-assign]

    with pytest.raises(Cancelled):
        other_computer.take(exported, other_computer.ollama, cancel=cancel)

    assert other_computer.ollama.models() == []


def test_a_changed_byte_anywhere_is_noticed(exported: StickModel, other_computer: Computer) -> None:
    chance = random.Random(20)
    for file in [*exported.files, *exported.files]:
        path = exported.path_of(file)
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])

        engines: list[Engine] = [other_computer.ollama]
        if file.path == exported.weights:
            engines.append(other_computer.builtin)
        for engine in engines:
            with pytest.raises(StickDamaged) as caught:
                other_computer.take(read_list(exported.folder), engine)
            assert caught.value.file == file.path

        path.write_bytes(whole)

    assert other_computer.own_files == []
    assert other_computer.ollama.models() == []


def test_a_file_cut_anywhere_is_noticed(exported: StickModel, other_computer: Computer) -> None:
    chance = random.Random(21)
    for file in exported.files:
        path = exported.path_of(file)
        whole = path.read_bytes()
        path.write_bytes(whole[: chance.randrange(len(whole))])

        for engine in (other_computer.ollama, other_computer.builtin):
            with pytest.raises(StickDamaged):
                other_computer.take(read_list(exported.folder), engine)

        path.unlink()
        with pytest.raises(StickDamaged):
            other_computer.take(read_list(exported.folder), other_computer.ollama)
        path.write_bytes(whole)


@pytest.mark.parametrize("kind", ["template", "projector", "adapter"])
def test_a_manifest_that_names_what_is_not_on_the_stick_is_noticed(
    computer: Computer, stick: Path, other_computer: Computer, kind: str
) -> None:
    writer = StoreWriter(computer.store)
    digest = writer.add_at("registry.ollama.ai/library/odd/latest", WEIGHTS, {kind: "GGUF of it"})
    stored = ModelInfo("odd:latest", "ollama", digest=digest)
    found = computer.export(computer.ollama, stored, stick)
    lost = next(file for file in found.files if file.sha256 == hashlib.sha256(b"GGUF of it").hexdigest())
    without = replace(found, files=tuple(file for file in found.files if file != lost))

    with pytest.raises(StickDamaged):
        other_computer.take(without, other_computer.ollama)

    assert other_computer.take(found, other_computer.ollama).name == "odd:latest"


def test_a_damaged_list_is_noticed_wherever_it_is_damaged(exported: StickModel) -> None:
    chance = random.Random(22)
    for name in ("phidesk-model.json", "SHA256SUMS"):
        path = exported.folder / name
        whole = path.read_bytes()
        for _ in range(30):
            place = chance.randrange(len(whole))
            path.write_bytes(chance.choice([whole[:place], whole[:place] + b"\0" + whole[place + 1 :]]))
            with suppress(StickDamaged):
                assert read_list(exported.folder) == exported  # Another file's line was hit.
        path.write_bytes(whole)


def test_a_damaged_export_is_written_anew(computer: Computer, exported: StickModel, stick: Path) -> None:
    before = content_of(stick)
    exported.path_of(exported.weights_file).write_bytes(b"nothing left")

    again = computer.export(computer.ollama, computer.model(computer.ollama, "phi4-mini:latest"), stick)

    assert again == exported
    assert content_of(stick) == before


def test_a_damaged_source_is_not_exported(computer: Computer, stick: Path) -> None:
    model = computer.make("phi4-mini")
    path = computer.daemon.store.blob_path(f"sha256:{hashlib.sha256(WEIGHTS).hexdigest()}")
    path.write_bytes(WEIGHTS[:-1] + b"?")

    with pytest.raises(ModelFileDamaged):
        computer.export(computer.ollama, model, stick)

    assert list(stick.iterdir()) == []


def test_a_stick_that_does_not_keep_what_is_written_is_noticed(computer: Computer, stick: Path) -> None:
    model = computer.make("phi4-mini")
    forged = False

    def forge(done: int, total: int) -> None:
        """When all is written and nothing is read back yet, the stick loses a byte."""
        nonlocal forged
        if done * 2 >= total and not forged:
            forged = True
            path = next(stick.glob(f"*/blobs/sha256-{hashlib.sha256(WEIGHTS).hexdigest()}"))
            path.write_bytes(WEIGHTS[:-1] + b"?")

    with pytest.raises(StorageUnwritable):
        computer.export(computer.ollama, model, stick, progress=forge)

    assert list(stick.iterdir()) == []


def test_a_model_of_another_computers_ollama_cannot_be_exported(
    computer: Computer, other_computer: Computer, stick: Path
) -> None:
    model = other_computer.make("far-away")

    with pytest.raises(ModelFileUnreachable):
        computer.export(other_computer.ollama, model, stick)


def test_a_model_that_the_built_in_engine_cannot_use_is_refused(exported: StickModel, other_computer: Computer) -> None:
    with pytest.raises((ModelFileForeign, ModelFileDamaged)):
        other_computer.take(exported, other_computer.builtin)

    assert other_computer.own_files == []


def test_a_full_disk_of_ollama_is_told_of(exported: StickModel, other_computer: Computer) -> None:
    other_computer.daemon.store.free_bytes = 1000

    with pytest.raises(StorageFull) as caught:
        other_computer.take(exported, other_computer.ollama)

    assert "/var/lib/ollama/models/blobs" in str(caught.value.path)
    assert other_computer.ollama.models() == []


def test_without_a_daemon_nothing_is_imported(exported: StickModel, other_computer: Computer) -> None:
    other_computer.daemon.kill()

    with pytest.raises(EngineUnreachable):
        other_computer.take(exported, other_computer.ollama)


def test_a_daemon_that_dies_during_the_upload_is_told_of(exported: StickModel, other_computer: Computer) -> None:
    def kill(done: int, total: int) -> None:
        other_computer.daemon.kill()

    with pytest.raises((EngineDied, EngineUnreachable)):
        other_computer.take(exported, other_computer.ollama, progress=kill)


def test_a_folder_without_a_model_is_no_stick(stick: Path) -> None:
    (stick / "holiday.jpg").write_bytes(b"a picture")
    (stick / "some folder").mkdir()

    for folder in (stick, stick / "nothing here", stick / "holiday.jpg"):
        with pytest.raises(NotAModelStick):
            models_on_stick(folder)


def test_one_damaged_model_does_not_hide_another(computer: Computer, exported: StickModel, stick: Path) -> None:
    damaged = stick / "a-damaged-one"
    shutil.copytree(exported.folder, damaged)
    (damaged / "phidesk-model.json").write_bytes(b"{")

    assert models_on_stick(stick) == [exported]
    with pytest.raises(StickDamaged):
        models_on_stick(damaged)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
PATH = st.sampled_from(["a.gguf", "blobs/x", "../up", "/root", "a//b", "c:\\d", "a/../b", ".", ""]) | JSON
ROW = st.fixed_dictionaries(
    {
        "path": PATH,
        "size_bytes": st.integers(-1, 9) | JSON,
        "sha256": st.just("0" * 64) | JSON,
    }
)
LIST = st.fixed_dictionaries(
    {
        "format": st.just("phidesk-model"),
        "version": st.just(1) | JSON,
        "name": st.just("m") | JSON,
        "engine": st.sampled_from(["ollama", "builtin", "else"]) | JSON,
        "weights": PATH,
        "manifest": st.just("") | PATH,
        "files": st.lists(ROW, max_size=3) | JSON,
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(document=LIST | JSON)
def test_whatever_a_list_says_no_file_lies_outside_the_folder(tmp_path: Path, document: object) -> None:
    content = json.dumps(document).encode()
    (tmp_path / "phidesk-model.json").write_bytes(content)
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  phidesk-model.json\n")

    try:
        model: StickModel | None = read_list(tmp_path)
    except StickDamaged:
        model = None

    if model is not None:
        assert model.weights_file in model.files
        for file in model.files:
            assert tmp_path in model.path_of(file).resolve().parents
            assert file.size_bytes >= 0


@given(name=st.text())
def test_every_disk_takes_the_name_of_a_folder(name: str) -> None:
    safe = safe_name(name)

    assert safe
    assert safe.isascii()
    assert not set('<>:"/\\|?* ') & set(safe)
    assert not safe.endswith(".")
    assert safe.upper().partition(".")[0] not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
    assert safe_name(safe) in (safe, safe.removesuffix(":latest"))


def stop_at(cancel: Cancellation, share: float) -> Progress:
    """Stop when this share of the work is done."""

    def tell(done: int, total: int) -> None:
        if done >= share * total:
            cancel.cancel()

    return tell
