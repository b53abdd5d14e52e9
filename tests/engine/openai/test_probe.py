"""What can be told about a server before anybody talks with it."""

from __future__ import annotations

import pytest

from phidesk.core.errors import EngineUnreachable, KeyRequired, NotAnEngine
from phidesk.engine.network import Gate
from phidesk.engine.openai.probe import ServerFacts, probe_server
from tests.fakes.openai_dialects import DIALECTS, KEY, MODEL, VLLM, Dialect, dialect_server
from tests.fakes.openai_server import scripted_server
from tests.real_engines import LlamaServer


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_server_with_a_key_is_known_by_its_facts(dialect: Dialect, gate: Gate) -> None:
    with dialect_server(dialect, key=KEY) as server:
        facts = probe_server(server.address, KEY, gate)

    assert facts == ServerFacts((MODEL,), dialect.window_tokens, needs_key=True)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_key_that_nobody_wants_is_told(dialect: Dialect, gate: Gate) -> None:
    with dialect_server(dialect) as server:
        facts = probe_server(server.address, KEY, gate)

    assert not facts.needs_key


def test_llama_server_is_known_though_it_shows_its_models_to_everybody(llama_server: LlamaServer, gate: Gate) -> None:
    facts = probe_server(llama_server.address, llama_server.key, gate)

    assert facts == ServerFacts(facts.models, llama_server.window_tokens, needs_key=True)
    assert len(facts.models) == 1
    for key in ("", "wrong"):
        with pytest.raises(KeyRequired):
            probe_server(llama_server.address, key, gate)


@pytest.mark.parametrize("key", ["", "wrong-key-of-the-tests"])
def test_a_wrong_key_is_refused_and_not_repeated(gate: Gate, key: str) -> None:
    with dialect_server(VLLM, key=KEY) as server, pytest.raises(KeyRequired) as raised:
        probe_server(server.address, key, gate)

    assert "wrong-key-of-the-tests" not in str(raised.value)


def test_a_test_asks_no_model(gate: Gate) -> None:
    with dialect_server(VLLM, key=KEY) as server:
        probe_server(server.address, KEY, gate)

    assert all(question == {} for question in server.questions)


def test_several_models_have_no_window_in_common(gate: Gate) -> None:
    with scripted_server() as server:
        entries = [{"id": "a", "max_model_len": 4096}, {"id": "b", "max_model_len": 8192}]
        server.says("/v1/models", {"data": entries})
        server.says("/v1/chat/completions", {"error": {"message": "messages are missing"}}, status=400)

        facts = probe_server(server.address, "", gate)

    assert facts == ServerFacts(("a", "b"), None, needs_key=False)


def test_what_is_no_server_is_told_as_it_is(gate: Gate) -> None:
    with pytest.raises(EngineUnreachable):
        probe_server("http://127.0.0.1:9", "", gate)
    with scripted_server() as server, pytest.raises(NotAnEngine):
        probe_server(server.address, "", gate)
