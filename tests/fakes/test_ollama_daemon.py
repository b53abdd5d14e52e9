"""What the recordings cannot show of the fake daemon: waiting, leaving, loading, dying, and that others may use it."""

from __future__ import annotations

import ast
import json
import math
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ollama
import pytest

from tests.fakes import go_json
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import (
    RECORDINGS,
    SCRIPTED_GREETING,
    Failure,
    Memory,
    cloud_model,
    embedding_model,
    phi4_mini,
    scripted,
    smollm2,
    smollm2_memory,
)
from tests.fakes.ollama_recordings import Exchange, sent
from tests.fakes.ollama_templates import ChatMessage, Template, render_phi4_fixed, render_phi4_registry

FAKES = Path(__file__).parent


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon() as daemon:
        yield daemon


@pytest.fixture
def exits() -> Iterator[ExitStack]:
    with ExitStack() as exits:
        yield exits


def chat(
    daemon: OllamaDaemon, text: str = "hi", *, model: str = "scripted", **fields: Any
) -> AbstractContextManager[Exchange]:
    body = {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "truncate": False,
        "shift": False,
        **fields,
    }
    return sent(daemon.url, "POST", "/api/chat", json.dumps(body).encode())


def final_line(exchange: Exchange) -> dict[str, Any]:
    return lines_of(exchange)[-1]


def lines_of(exchange: Exchange) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exchange.reply().body.splitlines()]


def get(daemon: OllamaDaemon, path: str) -> Any:
    with sent(daemon.url, "GET", path) as exchange:
        return json.loads(exchange.reply().body)


@contextmanager
def busy(daemon: OllamaDaemon) -> Iterator[Exchange]:
    """A chat that has the slot until `go_on`."""
    daemon.say(["a", None, "b"], when="FIRST")
    with chat(daemon, "FIRST") as exchange:
        daemon.wait_until(lambda: daemon.is_held)
        yield exchange


def is_silent(exchange: Exchange) -> bool:
    return not exchange.has_something_to_read()


def test_nothing_is_sent_before_the_first_piece(daemon: OllamaDaemon) -> None:
    daemon.say([None, "late"])

    with chat(daemon) as exchange:
        daemon.wait_until(lambda: daemon.is_held)
        was_silent = is_silent(exchange)
        daemon.go_on()
        status, _ = exchange.read_head()

    assert was_silent
    assert status == 200


def test_a_held_answer_has_sent_what_came_before(daemon: OllamaDaemon) -> None:
    daemon.say(["one", None, "two"])

    with chat(daemon) as exchange:
        exchange.read_head()
        first = json.loads(exchange.read_chunk() or b"")
        assert daemon.is_generating
        daemon.go_on()
        second = json.loads(exchange.read_chunk() or b"")

    assert (first["message"]["content"], second["message"]["content"]) == ("one", "two")


def test_pieces_come_at_the_pace_that_is_set(daemon: OllamaDaemon) -> None:
    daemon.say("x" * 4 + "y" * 4, pieces_per_s=100)
    start_s = time.monotonic()

    with chat(daemon) as exchange:
        exchange.reply()

    assert time.monotonic() - start_s >= 2 / 100


def test_a_second_chat_waits_for_the_slot_and_is_not_charged_with_a_load(daemon: OllamaDaemon) -> None:
    with busy(daemon), chat(daemon) as second:
        daemon.wait_until(lambda: daemon.waiting == 1)
        waited_from_ns = time.monotonic_ns()
        get(daemon, "/api/version")
        assert is_silent(second)
        waited_ns = time.monotonic_ns() - waited_from_ns
        daemon.go_on()
        final = final_line(second)

    queued_ns = final["total_duration"] - sum(final[f"{part}_duration"] for part in ("load", "prompt_eval", "eval"))
    assert queued_ns > waited_ns
    assert daemon.loads == 1


def test_two_slots_serve_two_chats(exits: ExitStack) -> None:
    daemon = exits.enter_context(OllamaDaemon(slots=2))

    with busy(daemon), chat(daemon) as second:
        text = "".join(line["message"]["content"] for line in lines_of(second))
        daemon.go_on()

    assert text == SCRIPTED_GREETING


def test_ps_can_be_held(daemon: OllamaDaemon) -> None:
    daemon.ps_delay_s = math.inf

    with sent(daemon.url, "GET", "/api/ps") as exchange:
        version = get(daemon, "/api/version")
        was_silent = is_silent(exchange)
        daemon.ps_delay_s = 0
        reply = exchange.reply()

    assert version == {"version": "0.33.0-rc2"}
    assert was_silent
    assert reply.body == b'{"models":[]}'


def test_a_frozen_daemon_takes_connections_and_is_silent(daemon: OllamaDaemon) -> None:
    daemon.is_frozen = True

    with sent(daemon.url, "GET", "/api/version") as exchange:
        daemon.wait_until(lambda: bool(daemon.requests))
        was_silent = is_silent(exchange)
        daemon.is_frozen = False

        assert exchange.reply().status == 200
    assert was_silent


def leave_when(daemon: OllamaDaemon, request: AbstractContextManager[Exchange], is_time: Callable[[], bool]) -> None:
    with request:
        daemon.wait_until(is_time)
    daemon.wait_until(lambda: daemon.departures == 1)


def test_a_client_who_leaves_while_it_reads_ends_the_work(daemon: OllamaDaemon) -> None:
    daemon.say("never said", reading_s=math.inf)

    leave_when(daemon, chat(daemon), lambda: daemon.is_generating)

    assert not daemon.is_generating


def test_a_client_who_leaves_while_it_waits_for_more_ends_the_work(daemon: OllamaDaemon) -> None:
    daemon.say(["one", None])

    leave_when(daemon, chat(daemon), lambda: daemon.is_held)

    assert not daemon.is_generating


def test_a_client_who_leaves_while_it_writes_ends_the_work(daemon: OllamaDaemon) -> None:
    leave_when(daemon, chat(daemon, "FOREVER", options={"num_predict": 0}), lambda: daemon.is_generating)

    assert not daemon.is_generating


def test_a_client_who_leaves_the_queue_does_not_disturb_the_first(daemon: OllamaDaemon) -> None:
    with busy(daemon) as first:
        leave_when(daemon, chat(daemon), lambda: daemon.waiting == 1)

        assert daemon.waiting == 0
        assert daemon.is_generating
        daemon.go_on()
        assert final_line(first)["done"]


def test_a_client_who_leaves_a_slow_ps_is_noticed(daemon: OllamaDaemon) -> None:
    daemon.ps_delay_s = math.inf

    leave_when(daemon, sent(daemon.url, "GET", "/api/ps"), lambda: bool(daemon.requests))


def test_a_load_whose_client_leaves_is_given_up(daemon: OllamaDaemon) -> None:
    daemon.load_s = math.inf

    with chat(daemon):
        daemon.wait_until(lambda: daemon.is_loading)
    daemon.wait_until(lambda: not daemon.is_loading)

    assert (daemon.loads, daemon.runners) == (0, [])


@pytest.mark.parametrize(
    ("change", "loads"),
    [
        ({}, 1),
        ({"options": {"num_ctx": 2048, "temperature": 0.1, "num_keep": 9, "num_predict": 3}}, 1),
        ({"keep_alive": "30m"}, 1),
        ({"options": {"num_ctx": 1024}}, 2),
        ({"options": {"num_ctx": 2048, "num_batch": 64}}, 2),
        ({"shift": True}, 2),
    ],
)
def test_only_launch_flags_reload(daemon: OllamaDaemon, change: dict[str, Any], loads: int) -> None:
    first = {"options": {"num_ctx": 2048}}

    for fields in (first, {**first, **change}):
        with chat(daemon, **fields) as exchange:
            exchange.reply()

    assert daemon.loads == loads
    assert len(daemon.runners) == 1


def test_a_reload_waits_for_the_running_answer_and_counts_the_wait_as_load(daemon: OllamaDaemon) -> None:
    with busy(daemon), chat(daemon, options={"num_ctx": 1024}) as second:
        daemon.wait_until(lambda: daemon.waiting == 1)
        waited_from_ns = time.monotonic_ns()
        get(daemon, "/api/version")
        assert is_silent(second)
        waited_ns = time.monotonic_ns() - waited_from_ns
        daemon.go_on()
        final = final_line(second)

    assert final["load_duration"] > waited_ns


def test_models_stay_loaded_side_by_side_until_there_is_no_room(exits: ExitStack) -> None:
    daemon = exits.enter_context(OllamaDaemon(most_loaded=2))

    for model in ("scripted", "smollm2", "phi4-mini"):
        with chat(daemon, model=model) as exchange:
            exchange.reply()

    assert [runner.model.name for runner in daemon.runners] == ["phi4-mini:latest", "smollm2:latest"]


def test_the_window_ends_at_the_trained_one(daemon: OllamaDaemon) -> None:
    with chat(daemon, model="smollm2", options={"num_ctx": 100_000}) as exchange:
        exchange.reply()

    (entry,) = get(daemon, "/api/ps")["models"]
    assert (entry["context_length"], entry["size"]) == (8192, 333_006_765)


def test_a_model_goes_when_its_time_is_over(daemon: OllamaDaemon) -> None:
    with chat(daemon, keep_alive="1ms") as exchange:
        exchange.reply()

    daemon.wait_until(lambda: not daemon.runners)
    with chat(daemon) as exchange:
        exchange.reply()

    assert daemon.loads == 2


def test_a_model_that_was_to_go_stays_when_it_is_used_again(daemon: OllamaDaemon) -> None:
    with busy(daemon) as first:
        with sent(daemon.url, "POST", "/api/generate", b'{"model":"scripted","keep_alive":0}') as unload:
            unload.reply()
        with chat(daemon) as second:
            daemon.wait_until(lambda: daemon.waiting == 1)
            daemon.go_on()
            first.reply()
            second.reply()

    assert daemon.loads == 1
    assert len(daemon.runners) == 1


@pytest.mark.parametrize(
    ("window_tokens", "slots", "size_bytes"),
    [
        (512, 1, 124_444_998),
        (1024, 1, 136_765_766),
        (2048, 1, 161_407_302),
        (4096, 1, 210_690_374),
        (8192, 1, 333_006_765),
        (2048, 2, 208_792_451),
    ],
)
def test_smollm2_takes_what_was_measured(window_tokens: int, slots: int, size_bytes: int) -> None:
    assert smollm2_memory(window_tokens, slots) == Memory(size_bytes)


def test_memory_figures_are_the_models_own(exits: ExitStack) -> None:
    model = replace(phi4_mini(), memory=lambda window_tokens, slots: Memory(1_000 + window_tokens, 600))
    daemon = exits.enter_context(OllamaDaemon([model]))

    with chat(daemon, model="phi4-mini", options={"num_ctx": 4096}) as exchange:
        exchange.reply()

    (entry,) = get(daemon, "/api/ps")["models"]
    assert (entry["size"], entry["size_vram"]) == (5096, 600)


def test_a_cut_connection_leaves_the_daemon_alive(daemon: OllamaDaemon) -> None:
    daemon.say(["so far"], then=Failure.CONNECTION_CUT)

    with chat(daemon) as exchange:
        reply = exchange.reply()

    assert (len(reply.chunks), reply.end) == (1, "closed")
    assert get(daemon, "/api/version")


@pytest.mark.parametrize("pieces", [["so far"], []])
def test_a_stream_may_end_without_done(daemon: OllamaDaemon, pieces: list[str]) -> None:
    daemon.say(pieces, then=Failure.ENDS_WITHOUT_DONE)

    with chat(daemon) as exchange:
        reply = exchange.reply()

    assert (reply.status, reply.end) == (200, "eof")
    assert [json.loads(chunk)["done"] for chunk in reply.chunks] == [False for _ in pieces]


@pytest.mark.parametrize("pieces", [["so far"], []])
def test_a_page_of_a_proxy_may_come_instead_of_the_rest(daemon: OllamaDaemon, pieces: list[str]) -> None:
    daemon.say(pieces, then=Failure.PAGE_OF_A_PROXY)

    with chat(daemon) as exchange:
        reply = exchange.reply()

    assert reply.body.endswith(b"</html>\n")
    assert (reply.status, reply.body.count(b"so far")) == (200, len(pieces))


def test_an_error_of_the_runner_may_end_an_answer(daemon: OllamaDaemon) -> None:
    daemon.say(["so far"], then="CUDA error")

    with chat(daemon) as exchange:
        lines = lines_of(exchange)

    assert lines[-1] == {"error": "CUDA error"}


def test_something_else_may_answer_in_its_place(daemon: OllamaDaemon) -> None:
    daemon.stand_in("/api/version", 502, "<html>", kind="text/html")
    daemon.stand_in("/api/tags", 500, "permission denied")

    with sent(daemon.url, "GET", "/api/version") as exchange:
        version = exchange.reply()
    with sent(daemon.url, "GET", "/api/tags") as exchange:
        tags = exchange.reply()

    assert (version.status, version.body) == (502, b"<html>")
    assert (tags.status, tags.body) == (500, b'{"error":"permission denied"}')
    assert get(daemon, "/api/ps") == {"models": []}


def test_killed_runners_end_all_their_answers(daemon: OllamaDaemon) -> None:
    with busy(daemon) as first, chat(daemon) as second:
        daemon.wait_until(lambda: daemon.waiting == 1)
        daemon.kill_runners()
        replies = [first.reply(), second.reply()]

    assert [reply.status for reply in replies] == [200, 500]
    assert all(b"unexpected EOF" in reply.chunks[-1] for reply in replies)


def test_a_killed_daemon_refuses_connections_until_it_is_started_again(daemon: OllamaDaemon) -> None:
    with chat(daemon) as exchange:
        exchange.reply()
    address = urlsplit(daemon.url)

    daemon.kill()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port))
    daemon.start()

    assert get(daemon, "/api/ps") == {"models": []}


def test_closing_ends_everything_that_hangs() -> None:
    # The fixture that looks for threads left running is the judge.
    with ExitStack() as exits:
        daemon = exits.enter_context(OllamaDaemon())
        exits.enter_context(busy(daemon))
        exits.enter_context(chat(daemon))
        exits.enter_context(socket.create_connection(("127.0.0.1", urlsplit(daemon.url).port)))
        daemon.wait_until(lambda: daemon.waiting == 1)
        daemon.load_s = math.inf
        exits.enter_context(chat(daemon, model="smollm2"))
        daemon.wait_until(lambda: daemon.is_loading)

        daemon.close()

        assert daemon.departures == 0


def test_the_last_key_in_the_prompt_counts(daemon: OllamaDaemon) -> None:
    daemon.say("red", when="RED")
    daemon.say("blue", when="BLUE")

    with chat(daemon, "RED and BLUE", stream=False) as exchange:
        assert final_line(exchange)["message"]["content"] == "blue"


def test_what_is_said_replaces_what_the_model_says(daemon: OllamaDaemon) -> None:
    daemon.say("no longer endless", when="FOREVER")

    with chat(daemon, "FOREVER", stream=False) as exchange:
        assert final_line(exchange)["message"]["content"] == "no longer endless"


def test_control_words_are_invisible_in_raw_prompts(daemon: OllamaDaemon) -> None:
    prompt = "<|user|>WEATHER<|end|><|assistant|>"
    body = json.dumps({"model": "phi4-mini", "prompt": prompt, "raw": True, "stream": False}).encode()

    with sent(daemon.url, "POST", "/api/generate", body) as exchange:
        final = final_line(exchange)

    assert final["response"] == '[{"name":"get_weather","arguments":{"city":"Paris"}}]'
    assert final["prompt_eval_count"] == 3 + len("WEATHER")
    assert daemon.prompts == [prompt]
    assert "context" not in final


def test_a_prompt_is_read_from_where_it_differs_from_what_was_read_and_written(daemon: OllamaDaemon) -> None:
    daemon.say("Hi there.")

    def tokens_read(prompt: str) -> int:
        body = json.dumps({"model": "phi4-mini", "prompt": prompt, "raw": True, "stream": False}).encode()
        with sent(daemon.url, "POST", "/api/generate", body) as exchange:
            count = int(final_line(exchange)["prompt_eval_count"])
        return count - daemon.tokens_read[-1]

    known = [
        tokens_read("<|user|>Ann<|end|><|assistant|>"),
        tokens_read("<|user|>Ann<|end|><|assistant|>"),
        tokens_read("<|user|>Ann<|end|><|assistant|>Hi there.<|end|><|user|>Bob<|end|><|assistant|>"),
        tokens_read("<|user|>And<|end|><|assistant|>"),
        tokens_read("<|system|>Be brief.<|end|>"),
    ]

    assert known == [0, 5, len("*Ann**Hi there."), len("*An"), 0]


def test_what_is_known_is_not_read_again_and_takes_no_time(daemon: OllamaDaemon) -> None:
    daemon.tokens_read_per_s = 1_000
    daemon.say("Hi.")
    text = "x" * 200

    durations_ms = []
    for question in (text, text, "y" * 200):
        with chat(daemon, question, stream=False) as exchange:
            durations_ms.append(final_line(exchange)["prompt_eval_duration"] / 1_000_000)

    assert durations_ms[0] >= 200
    assert durations_ms[1] < 200 <= durations_ms[2]


def test_text_that_comes_with_a_call_drives_the_call_away(daemon: OllamaDaemon) -> None:
    daemon.say(['Sure: <|tool_call|>[{"name":"get_weather","arguments":{}}]'])
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]

    with chat(daemon, tools=tools, stream=False) as exchange:
        assert final_line(exchange)["message"] == {"role": "assistant", "content": "Sure: "}


def test_a_vocabulary_counts_as_the_model_does(daemon: OllamaDaemon) -> None:
    with sent(daemon.url, "POST", "/api/show", b'{"model":"phi4-mini","verbose":true}') as exchange:
        info = json.loads(exchange.reply().body)["model_info"]

    tokens = info["tokenizer.ggml.tokens"]
    assert len(tokens) == len(info["tokenizer.ggml.token_type"]) == info["phi3.vocab_size"] == 200_064
    assert len(set(tokens)) == len(tokens)
    assert "<|tool_call|>" in tokens
    assert info["tokenizer.ggml.merges"] == []


def test_a_model_that_runs_elsewhere_is_listed_and_refused(exits: ExitStack) -> None:
    daemon = exits.enter_context(OllamaDaemon([cloud_model()], is_cloud_disabled=False))

    (entry,) = get(daemon, "/api/tags")["models"]
    with chat(daemon, model=entry["name"]) as exchange:
        reply = exchange.reply()

    assert entry["remote_host"] == "https://ollama.com:443"
    assert reply.status == 401


def test_templates_render_as_the_daemon_did() -> None:
    """Every example of the recorded renderings, with both templates."""
    text = (RECORDINGS / "template_renderings.md").read_text(encoding="utf-8")
    tools = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])  # type: ignore[index]

    examples = re.findall(r"^messages: `(.*?)`( \+ tools)?\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    for messages_text, with_tools, renderings in examples:
        messages = [_message(message) for message in json.loads(messages_text)]
        for name, render in (("phi4-fixed", render_phi4_fixed), ("phi4-registry", render_phi4_registry)):
            expected = re.search(rf"\*\*{name}\*\*\n```\n(.*?)\n```", renderings, re.DOTALL)
            assert expected
            assert render(messages, tools if with_tools else []) == expected[1]
    assert len(examples) > 8


def _message(message: dict[str, Any]) -> ChatMessage:
    calls = tuple(call["function"] for call in message.get("tool_calls", ()))
    return ChatMessage(message["role"], message["content"], calls)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('<b>&\u2028\u2029\u0085\t"', b'"\\u003cb\\u003e\\u0026\\u2028\\u2029\xc2\x85\\t\\""'),
        ([1e-05, 1e-07, 6580.996, 1e21, 100000.0], b"[0.00001,1e-7,6580.996,1e+21,100000]"),
        ({"b": None, "a": True}, b'{"b":null,"a":true}'),
    ],
)
def test_json_is_written_as_go_writes_it(value: Any, written: bytes) -> None:
    assert go_json.encode(value) == written


def test_the_ollama_package_takes_it_for_real(daemon: OllamaDaemon) -> None:
    client = ollama.Client(daemon.url, trust_env=False)

    parts = list(client.chat("scripted", [{"role": "user", "content": "hi"}], stream=True))
    listed = {model.model for model in client.list().models}
    shown = client.show("scripted")
    loaded = [model.model for model in client.ps().models]
    with pytest.raises(ollama.ResponseError, match="not found") as missing:
        client.chat("nosuch")
    client._client.close()

    assert "".join(part.message.content or "" for part in parts) == SCRIPTED_GREETING
    assert parts[-1].done_reason == "stop"
    assert listed == {"smollm2:latest", "scripted:latest", "phi4-mini:latest"}
    assert shown.capabilities == ["completion", "tools"]
    assert loaded == ["scripted:latest"]
    assert missing.value.status_code == 404


def test_one_connection_serves_many_requests(daemon: OllamaDaemon) -> None:
    with sent(daemon.url, "GET", "/api/version") as exchange:
        exchange.reply()
        exchange.send("GET", "/api/ps")

        assert exchange.reply().body == b'{"models":[]}'


def test_a_body_may_come_in_chunks(daemon: OllamaDaemon) -> None:
    connection = HTTPConnection(urlsplit(daemon.url).netloc)
    connection.request("POST", "/api/show", iter([b'{"model":', b'"scripted"}']))
    reply = connection.getresponse()
    reply.read()
    connection.close()

    assert reply.status == 200
    assert daemon.requests[0].body == {"model": "scripted"}


def test_a_bug_of_the_daemon_fails_the_test_that_closes_it() -> None:
    def render(messages: object, tools: object) -> str:
        raise ZeroDivisionError

    daemon = OllamaDaemon([replace(scripted(), template=Template("broken", render))])
    daemon.start()

    with chat(daemon) as exchange, pytest.raises(ConnectionError):
        exchange.read_head()

    with pytest.raises(ZeroDivisionError):
        daemon.close()


def test_the_daemon_uses_nothing_of_the_program() -> None:
    for path in [*FAKES.glob("ollama_*.py"), *FAKES.glob("go_*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imports += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        assert not [name for name in imports if name.partition(".")[0] == "phidesk"]


def test_all_models_can_be_listed_at_once(exits: ExitStack) -> None:
    models = [smollm2(), scripted(), phi4_mini(), embedding_model(), cloud_model()]
    daemon = exits.enter_context(OllamaDaemon(models))

    entries = get(daemon, "/api/tags")["models"]

    times = [entry["modified_at"] for entry in entries]
    assert len(entries) == len(models)
    assert times == sorted(times, reverse=True)
