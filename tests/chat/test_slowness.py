"""What may make answers slow, asked of the recorded daemon and the built-in engine."""

from __future__ import annotations

from dataclasses import replace

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.memory_outlook import look_at_memory
from phidesk.chat.slowness import free_models, gather_slowness
from phidesk.core.expectations import Measurement
from phidesk.core.memory_fit import Room
from phidesk.core.model_info import CachePrecision, ModelInfo
from phidesk.core.slowness import SlownessFacts
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import Engine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini, scripted

WINDOW = 8192
GB = 1_000_000_000


def gather(engine: Engine, model: ModelInfo, *past: Measurement) -> SlownessFacts:
    outlook = look_at_memory(EngineReport(engine.name, model), engine, past, cache_precision=CachePrecision.F16)
    assert outlook is not None
    return gather_slowness(outlook, engine, past)


def test_before_a_load_the_place_is_unknown(engine: OllamaEngine) -> None:
    facts = gather(engine, engine.models()[0])

    assert (facts.gpu_share, facts.other_models, facts.reading_ms, facts.load_ms) == (None, None, None, None)


def test_the_daemon_and_the_newest_answer_tell(engine: OllamaEngine) -> None:
    model = engine.models()[0]
    engine.load(model, WINDOW)
    newest, older = (Measurement(engine.name, model.name, WINDOW, reading_ms=ms) for ms in (7_000.0, 1.0))

    facts = gather(engine, model, newest, older)

    (loaded,) = engine.loaded()
    assert loaded.size_bytes
    assert facts.gpu_share == (loaded.gpu_bytes or 0) / loaded.size_bytes
    assert (facts.window_tokens, facts.reading_ms, facts.other_models) == (WINDOW, 7_000.0, ())


def test_what_neither_model_of_the_engine_takes_of_the_card_is_of_other_programs(gate: Gate) -> None:
    with OllamaDaemon([phi4_mini(), scripted()]) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        phi, other = engine.models()
        engine.load(phi, WINDOW)
        engine.load(other, WINDOW)
        taken = sum(loaded.gpu_bytes or 0 for loaded in engine.loaded())
        assert taken > 0
        outlook = look_at_memory(EngineReport(engine.name, phi), engine, (), cache_precision=CachePrecision.F16)
        assert outlook is not None

        card = Room(total_bytes=taken + 5 * GB, free_bytes=3 * GB)
        facts = gather_slowness(replace(outlook, graphics=card), engine, (), running_answers=2)
        engine.close()

    assert facts.other_models == (other.name,)
    assert facts.other_programs_bytes == 2 * GB
    assert facts.running_answers == 2


def test_without_a_known_card_what_others_take_is_unknown(engine: OllamaEngine) -> None:
    model = engine.models()[0]
    engine.load(model, WINDOW)
    outlook = look_at_memory(EngineReport(engine.name, model), engine, (), cache_precision=CachePrecision.F16)
    assert outlook is not None

    assert gather_slowness(replace(outlook, graphics=None), engine, ()).other_programs_bytes is None


def test_freed_models_are_out_of_memory(engine: OllamaEngine) -> None:
    engine.load(engine.models()[0], WINDOW)

    free_models(engine)

    assert engine.loaded() == []


def test_the_builtin_engine_tells_where_it_runs(builtin_engine: BuiltinEngine, practice_model: ModelInfo) -> None:
    builtin_engine.load(practice_model, 4096)

    facts = gather(builtin_engine, practice_model)

    (loaded,) = builtin_engine.loaded()
    assert facts.window_tokens == 4096
    assert (facts.gpu_share is None) == (loaded.gpu_bytes is None)
    assert facts.free_share is not None


def test_a_model_can_be_kept_longer_unless_it_is_already(engine: OllamaEngine) -> None:
    model = engine.models()[0]
    outlook = look_at_memory(EngineReport(engine.name, model), engine, (), cache_precision=CachePrecision.F16)
    assert outlook is not None

    kept = {seconds: gather_slowness(outlook, engine, (), keep_ready_s=seconds) for seconds in (None, 0, 300, 7200, -1)}

    assert [seconds for seconds, facts in kept.items() if facts.can_keep_ready] == [None, 0, 300]
