"""What instructions take of the window, told for the engine that would answer."""

from __future__ import annotations

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.prompt_cost import instructions_cost
from phidesk.core.errors import EngineMissing
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.counting import estimate_tokens
from phidesk.engine.protocol import Engine

TEXT = "Answer briefly, in simple words."


def no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)


def test_a_text_costs_nothing_where_there_is_none(builtin_engine: BuiltinEngine) -> None:
    directory = EngineDirectory(lambda: [builtin_engine], no_server)
    model = builtin_engine.models()[0]

    assert instructions_cost("", directory, model).tokens == 0


def test_a_text_is_counted_for_the_model_that_would_answer(builtin_engine: BuiltinEngine) -> None:
    directory = EngineDirectory(lambda: [builtin_engine], no_server)
    model = builtin_engine.models()[0]

    once, twice = (instructions_cost(text, directory, model) for text in (TEXT, TEXT + " " + TEXT))

    assert 5 <= once.tokens < twice.tokens < 2 * once.tokens


def test_without_a_model_the_cost_is_about(builtin_engine: BuiltinEngine) -> None:
    directory = EngineDirectory(lambda: [builtin_engine], no_server)

    cost = instructions_cost(TEXT, directory, None)

    assert (cost.tokens, cost.is_exact) == (estimate_tokens(TEXT), False)
