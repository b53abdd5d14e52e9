"""What we count before sending is what the model reads: against llama.cpp's own tokenizer, and against real answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from phidesk.core.conversation import newest_summary
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import open_calls
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.core.tools import ToolResult
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.openai.wire import chat_body
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import AnswerRequest, Engine, Finished
from tests.chat.whole_requests import whole_request
from tests.fakes.generated_conversations import TOOLS, some_conversations
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.fakes.vocabulary_gguf import write_vocabulary_gguf

WINDOW = 8192
PHI4_FILE = "phi4-mini"
SAMPLE, ALL = 300, 1_000
ANSWERS = 50
FEW_ANSWERS, FEW_TOKENS = 4, 150
"""The practice model reads its prompts in earnest, a second for some hundred tokens."""
AMOUNTS = [
    pytest.param(SAMPLE, id="sample"),
    pytest.param(ALL, id="all", marks=(pytest.mark.endure, pytest.mark.timeout(900))),
]


@pytest.fixture(scope="module")
def phi4_engine(tmp_path_factory: pytest.TempPathFactory, gate: Gate, start_loop: StartLoop) -> Iterator[BuiltinEngine]:
    """llama.cpp with phi4-mini's vocabulary and prompt; what it answers has no sense."""
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary_gguf(folder / f"{PHI4_FILE}.gguf", architecture="phi3")
    engine = BuiltinEngine([folder], gate, start_loop)
    yield engine
    engine.close()


@pytest.fixture
def phi4_model(phi4_engine: BuiltinEngine) -> ModelInfo:
    (model,) = phi4_engine.models()
    phi4_engine.load(model, WINDOW)
    return model


def requests(seed: str, model: ModelInfo, *, pieces: int = 40) -> Iterator[AnswerRequest]:
    chance = Random(seed)
    for conversation in some_conversations(seed, window_tokens=WINDOW, pieces=pieces):
        tools = TOOLS[: chance.choice((0, 1, 2))]
        yield replace(whole_request(conversation, model), tools=tools)


def tokens_of_llama(engine: BuiltinEngine, prompt: str) -> int:
    assert engine._server is not None
    return len(engine._server.tokenise(prompt))


def tokens_of_answer(engine: Engine, request: AnswerRequest) -> int | None:
    last = list(engine.answer(replace(request, answer_limit_tokens=1), Cancellation()))[-1]
    assert isinstance(last, Finished)
    return last.usage.prompt_tokens


def exact_count(engine: Engine, request: AnswerRequest) -> int:
    count = engine.count(request)
    assert count.is_exact
    return count.tokens


def test_every_kind_of_conversation_is_among_them() -> None:
    sample = list(islice(some_conversations("phi4-mini", window_tokens=WINDOW), SAMPLE))

    assert any(newest_summary(it.messages) for it in sample)
    assert any(it.messages[-1].text for it in sample)
    assert any(isinstance(part, ToolResult) for it in sample for message in it.messages for part in message.parts)
    assert any(open_calls(it.messages[-1].parts) for it in sample)
    assert any(message.files for it in sample for message in it.messages)
    assert any(it.settings.instructions and len(it.messages) > 10 for it in sample)
    assert len({message.parent_id for it in sample for message in it.messages}) < len(
        {message.id for it in sample for message in it.messages}
    )


@pytest.mark.parametrize("amount", AMOUNTS)
def test_phi4_minis_prompts_are_counted_as_llama_cpp_tokenises_them(
    phi4_engine: BuiltinEngine, phi4_model: ModelInfo, amount: int
) -> None:
    differences = [
        exact_count(phi4_engine, request) - tokens_of_llama(phi4_engine, render_prompt(request))
        for request in islice(requests("phi4-mini", phi4_model), amount)
    ]

    assert differences == [0] * amount


@pytest.mark.parametrize("amount", AMOUNTS)
def test_the_practice_models_prompts_are_counted_as_llama_cpp_tokenises_them(
    builtin_engine: BuiltinEngine, practice_model: ModelInfo, amount: int
) -> None:
    builtin_engine.load(practice_model, WINDOW)
    server = builtin_engine._server
    assert server is not None

    differences = [
        exact_count(builtin_engine, request)
        - tokens_of_llama(builtin_engine, server.call("POST", "/apply-template", chat_body(request))["prompt"])
        for request in islice(requests("practice", practice_model), amount)
    ]

    assert differences == [0] * amount


def test_phi4_minis_answers_have_read_what_was_counted(phi4_engine: BuiltinEngine, phi4_model: ModelInfo) -> None:
    differences = [
        exact_count(phi4_engine, request) - (tokens_of_answer(phi4_engine, request) or 0)
        for request in islice(requests("answers", phi4_model), ANSWERS)
    ]

    assert differences == [0] * ANSWERS


@pytest.mark.parametrize(
    "amount", [pytest.param(FEW_ANSWERS, id="few"), pytest.param(ANSWERS, id="all", marks=pytest.mark.endure)]
)
def test_the_practice_models_answers_have_read_what_was_counted(
    builtin_engine: BuiltinEngine, practice_model: ModelInfo, amount: int
) -> None:
    builtin_engine.load(practice_model, WINDOW)
    generated = requests("answers", practice_model, pieces=6)
    short = (request for request in generated if exact_count(builtin_engine, request) <= FEW_TOKENS)

    differences = [
        exact_count(builtin_engine, request) - (tokens_of_answer(builtin_engine, request) or 0)
        for request in islice(short, amount)
    ]

    assert differences == [0] * amount


def test_the_recorded_daemon_reads_what_was_counted(gate: Gate) -> None:
    with OllamaDaemon([phi4_mini()]) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        (model,) = engine.models()
        fitting = (it for it in requests("recorded", model, pieces=20) if exact_count(engine, it) < WINDOW - 1)

        differences = [
            exact_count(engine, request) - (tokens_of_answer(engine, request) or 0)
            for request in islice(fitting, ANSWERS)
        ]
        engine.close()

    assert differences == [0] * ANSWERS
