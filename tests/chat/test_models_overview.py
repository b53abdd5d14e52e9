"""What a look at all models finds, with real engines in front of a recorded daemon and of real files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.models_overview import ModelsOverview, look_at_models
from phidesk.core.errors import EngineMissing
from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.catalogue import load_catalogue
from phidesk.engine.model_files import ModelFiles
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.daemon import OllamaDaemon as OllamaKeeper
from phidesk.engine.ollama.probe import probe
from phidesk.engine.ollama.store import OllamaStore
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import BUILTIN, OLLAMA, Engine
from phidesk.processes.ports import free_port
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_executable import install_ollama
from tests.fakes.ollama_models import cloud_model, phi4_mini
from tests.fakes.openai_dialects import MODEL, VLLM, dialect_server

PRACTICE = PRACTICE_MODEL_FILE.removesuffix(".gguf")


@dataclass(frozen=True)
class Computer:
    """Engines and folders of one person."""

    builtin: BuiltinEngine
    folder: Path
    files: ModelFiles

    def look(self, *engines: Engine, cancel: Cancellation | None = None) -> ModelsOverview:
        directory = EngineDirectory(lambda: [*engines, self.builtin], _no_server)
        return look_at_models(
            directory, load_catalogue(), self.files, folder=self.folder, ollama_folder=self.folder, cancel=cancel
        )


@pytest.fixture
def computer(tmp_path: Path, practice_folder: Path, gate: Gate, start_loop: StartLoop) -> Iterator[Computer]:
    own, shared = tmp_path / "own", tmp_path / "shared"
    for folder in (own, shared):
        folder.mkdir()
    shutil.copy(practice_folder / PRACTICE_MODEL_FILE, shared)
    builtin = BuiltinEngine([own, shared], gate, start_loop)
    yield Computer(builtin, own, ModelFiles(own, OllamaStore([])))
    builtin.close()


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([phi4_mini(), cloud_model()]) as daemon:
        yield daemon


@pytest.fixture
def ollama(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    engine = OllamaEngine(daemon.url, gate)
    yield engine
    engine.close()


def test_models_of_all_engines_stand_in_one_list_without_those_in_the_cloud(
    computer: Computer, ollama: OllamaEngine
) -> None:
    overview = computer.look(ollama)

    assert [(model.info.engine, model.info.name) for model in overview.installed] == [
        (OLLAMA, "phi4-mini:latest"),
        (BUILTIN, PRACTICE),
    ]


def test_new_models_go_to_ollama_where_it_is_ready(computer: Computer, ollama: OllamaEngine) -> None:
    overview = computer.look(ollama)

    assert overview.destination == OLLAMA
    assert "phi4-mini" not in [offer.model.name for offer in overview.offers]


def test_without_ollama_they_go_to_the_built_in_engine(
    computer: Computer, ollama: OllamaEngine, daemon: OllamaDaemon
) -> None:
    daemon.close()

    overview = computer.look(ollama)

    assert overview.destination == BUILTIN
    assert overview.offers[0].model.name == "phi4-mini"


@pytest.fixture
def make_unanswered(
    tmp_path: Path, gate: Gate, start_loop: StartLoop
) -> Iterator[Callable[[dict[str, str]], OllamaEngine]]:
    """Make an engine at an address where nobody answers, on a computer with this environment."""
    with ExitStack() as made:

        def make(environment: dict[str, str]) -> OllamaEngine:
            address = f"http://127.0.0.1:{free_port()}"
            keeper = OllamaKeeper(
                address,
                environment=environment,
                start_loop=start_loop,
                look=lambda place, cancel: probe(place, gate, cancel),
            )
            engine = OllamaEngine(address, gate, daemon=keeper)
            made.callback(engine.close)
            return engine

        yield make


def test_an_ollama_that_is_not_installed_is_missing(
    computer: Computer, make_unanswered: Callable[[dict[str, str]], OllamaEngine], tmp_path: Path
) -> None:
    overview = computer.look(make_unanswered({"PATH": str(tmp_path), "HOME": str(tmp_path)}))

    assert overview.is_ollama_missing
    assert overview.destination == BUILTIN


@pytest.mark.skipif(sys.platform == "win32", reason="the executable is a script with a first line")
def test_an_ollama_that_rests_is_not_missing(
    computer: Computer, make_unanswered: Callable[[dict[str, str]], OllamaEngine], tmp_path: Path
) -> None:
    installed = install_ollama(tmp_path / "bin")

    overview = computer.look(make_unanswered({"PATH": str(installed.folder), "HOME": str(tmp_path)}))

    assert not overview.is_ollama_missing


def test_an_ollama_that_answers_is_not_missing(computer: Computer, ollama: OllamaEngine) -> None:
    assert not computer.look(ollama).is_ollama_missing


def test_without_a_look_at_ollama_nothing_is_missing(computer: Computer) -> None:
    assert not computer.look().is_ollama_missing


def test_what_came_with_the_program_cannot_be_deleted_and_own_files_can(computer: Computer) -> None:
    shutil.copy(computer.folder.parent / "shared" / PRACTICE_MODEL_FILE, computer.folder / "mine.gguf")

    models = {model.info.name: model for model in computer.look().installed}

    assert not models[PRACTICE].can_delete
    assert models["mine"].can_delete
    assert models["mine"].freed_bytes == (computer.folder / "mine.gguf").stat().st_size


def test_each_model_says_where_it_lies(computer: Computer, ollama: OllamaEngine) -> None:
    shutil.copy(computer.folder.parent / "shared" / PRACTICE_MODEL_FILE, computer.folder / "mine.gguf")

    folders = {model.info.name: model.folder for model in computer.look(ollama).installed}

    assert folders == {
        "phi4-mini:latest": None,  # Of a daemon whose folder is not to be seen.
        PRACTICE: computer.folder.parent / "shared",
        "mine": computer.folder,
    }


def test_a_model_in_memory_is_marked_with_what_it_takes(computer: Computer) -> None:
    computer.builtin.load(ModelInfo(PRACTICE, BUILTIN), 512)

    (model,) = computer.look().installed

    assert model.loaded is not None
    assert model.loaded.window_tokens == 512


def test_what_a_server_has_in_memory_is_not_said_because_nobody_here_can_free_it(
    computer: Computer, gate: Gate
) -> None:
    with dialect_server(VLLM) as server:
        directory = EngineDirectory(
            lambda: [computer.builtin], lambda address: ServerEngine(address, lambda: None, gate)
        )
        directory.add_server(server.address)

        overview = look_at_models(
            directory, load_catalogue(), computer.files, folder=computer.folder, ollama_folder=None
        )

        (model,) = [model for model in overview.installed if model.info.engine == server.address]
        assert model.info.name == MODEL
        assert (model.loaded, model.can_delete, model.can_export) == (None, False, False)


def test_an_engine_that_does_not_tell_what_is_loaded_still_lists_its_models(
    computer: Computer, ollama: OllamaEngine, daemon: OllamaDaemon
) -> None:
    daemon.stand_in("/api/ps", 500, '{"error":"busy"}')

    phi, _practice = computer.look(ollama).installed

    assert (phi.info.name, phi.loaded) == ("phi4-mini:latest", None)


def test_the_look_can_be_ended(computer: Computer, ollama: OllamaEngine) -> None:
    cancel = Cancellation()
    cancel.cancel()

    with pytest.raises(Cancelled):
        computer.look(ollama, cancel=cancel)


def test_every_offer_has_a_verdict_for_this_computer(computer: Computer) -> None:
    overview = computer.look()

    assert all(offer.verdict.needed_bytes for offer in overview.offers)
    assert overview.disk is not None


def _no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)
