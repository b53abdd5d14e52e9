"""The forecast of memory against what llama.cpp itself says that it allocated."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from phidesk.core.conversation import Role
from phidesk.core.memory_fit import RealLoad, cache_bytes, calibrated
from phidesk.core.model_info import CachePrecision, ModelShape
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.builtin.engine import CHILD_COMMAND, BuiltinEngine
from phidesk.engine.builtin.model_folder import ModelFile, ModelFolders
from phidesk.engine.builtin.model_server import MemoryReport, ModelServer
from phidesk.engine.network import Gate
from phidesk.engine.protocol import AnswerRequest, Loading, PromptMessage
from tests.fakes.wide_gguf import HEAD_SIZE, KV_HEADS, LAYERS, write_wide_gguf

KIB = 1024
LOG_STEP_BYTES = 0.01 * 1024**2
"""llama.cpp writes MiB with two decimals."""
PHI4_MINI_LAYERS = 32

Load = Callable[[ModelFile, int, CachePrecision], MemoryReport]


@pytest.fixture
def load(gate: Gate, start_loop: StartLoop) -> Load:
    """Load a model in a real child, and return what llama.cpp said of its memory."""

    def load(file: ModelFile, window_tokens: int, precision: CachePrecision) -> MemoryReport:
        server = ModelServer(
            file,
            window_tokens,
            executable=CHILD_COMMAND,
            gate=gate,
            start_loop=start_loop,
            cache_precision=precision,
        )
        try:
            server.wait_until_loaded(Cancellation())
            assert server.window_tokens == window_tokens
        finally:
            server.close()
        return server.memory

    return load


@pytest.fixture
def practice_file(practice_folder: Path) -> ModelFile:
    """SmolLM2-135M."""
    return ModelFolders([practice_folder]).find(PRACTICE_MODEL_FILE.removesuffix(".gguf"))


@pytest.fixture(scope="session")
def wide_file(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """Two layers of phi4-mini's width."""
    folder = tmp_path_factory.mktemp("wide")
    write_wide_gguf(folder / "wide.gguf")
    return ModelFolders([folder]).find("wide")


def shape_of(file: ModelFile) -> ModelShape:
    """The shape as the header tells it."""
    shape = file.info.shape
    assert shape is not None
    return shape


@pytest.mark.parametrize("precision", CachePrecision)
@pytest.mark.parametrize("window_tokens", [2048, 4096, 8192])
def test_the_cache_of_the_practice_model_is_what_llama_cpp_allocates(
    load: Load, practice_file: ModelFile, window_tokens: int, precision: CachePrecision
) -> None:
    memory = load(practice_file, window_tokens, precision)

    expected = cache_bytes(shape_of(practice_file), window_tokens, precision)
    assert memory.cache_bytes == pytest.approx(expected, abs=LOG_STEP_BYTES)


@pytest.mark.parametrize("precision", CachePrecision)
@pytest.mark.parametrize("window_tokens", [4096, 8192, 16384, 32768])
def test_the_cache_of_phi4_minis_width_is_what_llama_cpp_allocates(
    load: Load, wide_file: ModelFile, window_tokens: int, precision: CachePrecision
) -> None:
    memory = load(wide_file, window_tokens, precision)

    assert shape_of(wide_file) == ModelShape(LAYERS, KV_HEADS, HEAD_SIZE)
    kib_per_token = {CachePrecision.F16: 128, CachePrecision.Q8_0: 68, CachePrecision.Q4_0: 36}[precision]
    assert memory.cache_bytes == kib_per_token * KIB * window_tokens * LAYERS // PHI4_MINI_LAYERS
    assert memory.cache_bytes == cache_bytes(shape_of(wide_file), window_tokens, precision)


@pytest.mark.parametrize("known_window", [2048, 8192])
def test_after_one_real_load_other_windows_and_caches_are_foreseen_within_five_per_cent(
    load: Load, practice_file: ModelFile, known_window: int
) -> None:
    known = load(practice_file, known_window, CachePrecision.F16)
    assert known.total_bytes is not None

    for window_tokens, precision in [
        (2048, CachePrecision.Q8_0),
        (4096, CachePrecision.F16),
        (8192, CachePrecision.F16),
    ]:
        need = calibrated(
            practice_file.header.size_bytes,
            shape_of(practice_file),
            window_tokens,
            precision,
            load=RealLoad(known_window, known.total_bytes),
        )
        real = load(practice_file, window_tokens, precision).total_bytes
        assert need.computer_bytes == pytest.approx(real, rel=0.05)


@pytest.mark.skipif(sys.platform == "darwin", reason="a graphics card has its own way")
@pytest.mark.parametrize(("precision", "said"), [(CachePrecision.F16, "disabled"), (CachePrecision.Q8_0, "enabled")])
def test_a_processor_uses_flash_attention_only_where_the_cache_needs_it(
    scripted_folder: Path, gate: Gate, start_loop: StartLoop, precision: CachePrecision, said: str
) -> None:
    engine = BuiltinEngine([scripted_folder], gate, start_loop, cache_precision=lambda: precision)

    engine.load(engine.models()[0], 2048)

    (line,) = [line for line in engine.log_lines if "flash_attn  " in line]
    engine.close()
    assert line.endswith(said)


def test_another_kind_of_cache_loads_the_model_anew(scripted_folder: Path, gate: Gate, start_loop: StartLoop) -> None:
    chosen = [CachePrecision.F16]
    engine = BuiltinEngine([scripted_folder], gate, start_loop, cache_precision=lambda: chosen[0])
    request = AnswerRequest(engine.models()[0], (PromptMessage(Role.PERSON, "Hi"),), window_tokens=2048)

    def loads() -> bool:
        events = list(engine.answer(request, Cancellation()))
        return isinstance(events[0], Loading)

    first, second = loads(), loads()
    finer = engine.loaded()[0].size_bytes
    chosen[0] = CachePrecision.Q4_0
    third = loads()
    coarse = engine.loaded()[0].size_bytes
    engine.close()

    assert (first, second, third) == (True, False, True)
    assert finer is not None
    assert coarse is not None
    assert coarse < finer
