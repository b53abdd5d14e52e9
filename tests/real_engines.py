"""Real engines for the tests: llama.cpp in its child, with the practice model and with a model that says a script."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.builtin.engine import CHILD_COMMAND, BuiltinEngine
from phidesk.engine.builtin.model_folder import ModelFolders
from phidesk.engine.builtin.model_server import ModelServer
from phidesk.engine.network import Gate
from tests.fakes.scripted_gguf import Script, write_scripted_gguf

SCRIPTED_GREETING = "Hello, I am a scripted model. 😀 Grüße!"
SCRIPTED_TOOL_CALL = '<|tool_call|>[{"name":"get_weather","arguments":{"city":"Paris"}}]<|/tool_call|>'
LLAMA_WINDOW = 2048
LOOP_END_S = 10


@pytest.fixture(scope="session")
def start_loop() -> Iterator[StartLoop]:
    """Start threads like app does, and see at the end that none is left."""
    threads: list[threading.Thread] = []

    def start(name: str, function: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=function, name=name)
        threads.append(thread)
        thread.start()
        return thread

    yield start
    for thread in threads:
        thread.join(LOOP_END_S)
    assert not [thread.name for thread in threads if thread.is_alive()]


@pytest.fixture(scope="session")
def gate() -> Iterator[Gate]:
    """The one gate of the tests."""
    gate = Gate(lambda: datetime.now(UTC))
    yield gate
    gate.close()


@pytest.fixture(scope="session")
def practice_folder() -> Path:
    """The folder where `dev.py` puts the practice model."""
    folder = Path(sys.prefix) / "share" / "phidesk" / "models"
    assert (folder / PRACTICE_MODEL_FILE).is_file(), "run the tests with `python3 dev.py test`"
    return folder


@pytest.fixture(scope="session")
def scripted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `scripted.gguf`: a greeting, an endless answer (FOREVER), a tool call (WEATHER)."""
    folder = tmp_path_factory.mktemp("models")
    scripts = [
        Script(SCRIPTED_GREETING),
        Script("tick tock. ", key="FOREVER", loop=True),
        Script(SCRIPTED_TOOL_CALL, key="WEATHER"),
    ]
    write_scripted_gguf(str(folder / "scripted.gguf"), scripts)
    return folder


@pytest.fixture(scope="session")
def builtin_engine(
    practice_folder: Path, scripted_folder: Path, gate: Gate, start_loop: StartLoop
) -> Iterator[BuiltinEngine]:
    """The real built-in engine with both models; whoever kills its child leaves it able to start again."""
    engine = BuiltinEngine([practice_folder, scripted_folder], gate, start_loop)
    yield engine
    engine.close()


@dataclass(frozen=True)
class LlamaServer:
    """llama.cpp's own server with the scripted model and a key, as somebody would run it elsewhere."""

    address: str
    key: str
    window_tokens: int
    is_idle: Callable[[], bool]
    kill: Callable[[], None]


@pytest.fixture
def llama_server(scripted_folder: Path, gate: Gate, start_loop: StartLoop) -> Iterator[LlamaServer]:
    """The real server; a test may kill it."""
    file = ModelFolders([scripted_folder]).find("scripted")
    server = ModelServer(file, LLAMA_WINDOW, executable=CHILD_COMMAND, gate=gate, start_loop=start_loop)
    server.wait_until_loaded(Cancellation())
    yield LlamaServer(
        address=server.address,
        key=server.headers["Authorization"].removeprefix("Bearer "),
        window_tokens=LLAMA_WINDOW,
        is_idle=lambda: not any(slot["is_processing"] for slot in server.slots()),
        kill=psutil.Process(server.process_id).kill,
    )
    server.close()


@pytest.fixture
def practice_model(builtin_engine: BuiltinEngine) -> ModelInfo:
    """SmolLM2-135M, a real model."""
    return _model(builtin_engine, PRACTICE_MODEL_FILE.removesuffix(".gguf"))


@pytest.fixture
def scripted_model(builtin_engine: BuiltinEngine) -> ModelInfo:
    """The model that says its scripts."""
    return _model(builtin_engine, "scripted")


def _model(engine: BuiltinEngine, name: str) -> ModelInfo:
    return next(model for model in engine.models() if model.name == name)
