"""What a tool takes of the window, told for the engine that would answer."""

from __future__ import annotations

from pathlib import Path

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.tool_cost import tool_cost
from phidesk.core.errors import EngineMissing
from phidesk.core.tasks import StartLoop
from phidesk.core.tools import ToolDefinition
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.protocol import AnswerRequest, Engine
from tests.fakes.vocabulary_gguf import write_vocabulary_gguf

SCHEMA = '{"type": "object", "properties": {"town": {"type": "string", "description": "Where"}}}'
WEATHER = ToolDefinition("get_weather", "Tells the weather.", SCHEMA)


def no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)


def test_a_tool_is_counted_exactly_for_a_model_that_is_told_of_it_by_us(
    tmp_path: Path, gate: Gate, start_loop: StartLoop
) -> None:
    write_vocabulary_gguf(tmp_path / "phi4-mini.gguf", architecture="phi3")
    engine = BuiltinEngine([tmp_path], gate, start_loop)
    (model,) = engine.models()

    cost = tool_cost(WEATHER, EngineDirectory(lambda: [engine], no_server), model)

    plain, told = (engine.count(AnswerRequest(model, (), "", 4096, tools=tools)) for tools in ((), (WEATHER,)))
    assert cost.is_exact
    assert cost.tokens == told.tokens - plain.tokens > 20
    engine.close()


def test_a_tool_costs_about_so_much_where_nobody_would_answer(builtin_engine: BuiltinEngine) -> None:
    directory = EngineDirectory(lambda: [builtin_engine], no_server)

    nobody, practice = (tool_cost(WEATHER, directory, model) for model in (None, builtin_engine.models()[0]))

    assert 20 < nobody.tokens < 100
    assert not nobody.is_exact
    assert not practice.is_exact
