"""The gate: what it lets through, what it refuses, and how fast an answer stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import ollama
import pytest

from phidesk.core.errors import BlockedByOfflineRule
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.network import KEPT_CONNECTIONS, Gate, as_url, iter_lines
from tests.fakes.openai_server import Reply, ScriptedServer, scripted_server

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
WAIT_S = 10.0


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def own_gate() -> Iterator[Gate]:
    gate = Gate(lambda: NOON)
    yield gate
    gate.close()


def lines_of(gate: Gate, server: ScriptedServer, path: str = "/lines") -> list[bytes]:
    with gate.stream(server.address, path, json={}, purpose="test", cancel=Cancellation()) as response:
        return list(iter_lines(response))


def stop_when_waiting(server: ScriptedServer, cancel: Cancellation) -> None:
    server.waiting.wait(WAIT_S)
    cancel.cancel()


def test_loopback_is_let_through_and_kept_in_the_list(own_gate: Gate, server: ScriptedServer) -> None:
    server.says("/here", {"it": "is"})

    with own_gate.client(server.address.replace("127.0.0.1", "localhost"), purpose="look") as client:
        reply = client.get("/here")

    record = own_gate.connections[-1]
    assert reply.json() == {"it": "is"}
    assert (record.time, record.host, record.purpose) == (NOON, "127.0.0.1", "look")
    assert server.address.endswith(f":{record.port}")


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1:11434",
        "http://example.invalid",
        "https://example.invalid",
        "http://127.0.0.1.example.invalid",
        "http://[2001:db8::1]:80",
        "http://0.0.0.0:1",
        "http://2130706433:1",
    ],
)
def test_any_other_host_is_refused_before_connecting(own_gate: Gate, address: str) -> None:
    with own_gate.client(address, purpose="telemetry") as client, pytest.raises(BlockedByOfflineRule) as raised:
        client.get("/")

    assert raised.value.purpose == "telemetry"
    assert own_gate.connections == []


def test_a_stream_to_another_host_is_refused_too(own_gate: Gate) -> None:
    with (
        pytest.raises(BlockedByOfflineRule),
        own_gate.stream("http://192.0.2.1", "/", json={}, purpose="answer", cancel=Cancellation()),
    ):
        pytest.fail("it was let through")


def test_an_allowed_address_is_let_through_with_its_port_only(own_gate: Gate) -> None:
    request = httpx.Request("GET", "http://engine.invalid:8000/")
    own_gate.event_hooks("models")["request"][0](request)
    connect = request.extensions["trace"]
    own_gate.allow("engine.invalid:8000")

    connect("connection.connect_tcp.started", {"host": "engine.invalid", "port": 8000})
    with pytest.raises(BlockedByOfflineRule):
        connect("connection.connect_tcp.started", {"host": "engine.invalid", "port": 8001})

    assert [(record.host, record.port) for record in own_gate.connections] == [("engine.invalid", 8000)]


def test_a_redirect_is_not_followed_and_for_a_foreign_package_refused(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/api/tags"] = Reply([b""], status=302, headers={"Location": "http://example.invalid/"})

    with own_gate.client(server.address, purpose="models") as client:
        assert client.get("/api/tags").status_code == 302
    foreign = ollama.Client(server.address, event_hooks=own_gate.event_hooks("pull"), trust_env=False)
    with pytest.raises(BlockedByOfflineRule), foreign:
        foreign.list()


def test_a_proxy_is_refused(own_gate: Gate) -> None:
    with (
        httpx.Client(proxy="http://192.0.2.7:3128", event_hooks=own_gate.event_hooks("x"), trust_env=False) as client,
        pytest.raises(BlockedByOfflineRule) as raised,
    ):
        client.get("http://127.0.0.1:1/")

    assert raised.value.host == "192.0.2.7"


def test_a_proxy_of_the_environment_is_not_used(
    own_gate: Gate, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.7:3128")
    monkeypatch.setenv("ALL_PROXY", "http://192.0.2.7:3128")
    server.replies["/lines"] = Reply([b"one\n"])

    assert lines_of(own_gate, server) == [b"one\n"]


def test_lines_are_split_at_newlines_only_and_kept_byte_for_byte(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/lines"] = Reply(["a\u0085b\u2028c\r\n\nd".encode(), b"e\nf", b"g", b"h\n", b"i\nj\n", b"cut"])

    lines = lines_of(own_gate, server)

    assert lines == ["a\u0085b\u2028c\r\n".encode(), b"\n", b"de\n", b"fgh\n", b"i\n", b"j\n", b"cut"]


def test_a_line_is_given_before_the_next_one_is_there(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/lines"] = Reply([b"first\nsec", None])
    cancel = Cancellation()

    with (
        pytest.raises(Cancelled),
        own_gate.stream(server.address, "/lines", json={}, purpose="test", cancel=cancel) as response,
    ):
        lines = iter_lines(response)
        assert next(lines) == b"first\n"
        cancel.cancel()
        list(lines)


@pytest.mark.parametrize("pieces", [[None], [b"some\n", None]], ids=["before the first byte", "in the middle"])
def test_stop_from_another_thread_ends_the_waiting(
    own_gate: Gate, server: ScriptedServer, pieces: list[bytes | None]
) -> None:
    server.replies["/lines"] = Reply(pieces)
    cancel = Cancellation()
    stopper = threading.Thread(target=lambda: stop_when_waiting(server, cancel))
    stopper.start()

    with (
        pytest.raises(Cancelled),
        own_gate.stream(server.address, "/lines", json={}, purpose="test", cancel=cancel) as response,
    ):
        list(iter_lines(response))
    stopper.join()

    assert server.waiting.is_set()


def test_a_cancelled_wish_sends_nothing(own_gate: Gate, server: ScriptedServer) -> None:
    cancel = Cancellation()
    cancel.cancel()

    with pytest.raises(Cancelled), own_gate.stream(server.address, "/x", json={}, purpose="test", cancel=cancel):
        pytest.fail("it was sent")

    assert server.received == []


def test_a_stream_that_is_left_early_gives_its_connection_back(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/lines"] = Reply([b"first\n", None])

    def read() -> Iterator[bytes]:
        with own_gate.stream(server.address, "/lines", json={}, purpose="test", cancel=Cancellation()) as response:
            yield from iter_lines(response)

    lines = read()
    assert next(lines) == b"first\n"
    lines.close()  # type: ignore[attr-defined] # a generator

    server.replies["/lines"] = Reply([b"again\n"])
    assert lines_of(own_gate, server) == [b"again\n"]


def test_the_list_of_connections_does_not_grow_for_ever(own_gate: Gate) -> None:
    request = httpx.Request("GET", "http://127.0.0.1:1/")
    own_gate.event_hooks("x")["request"][0](request)
    for _ in range(KEPT_CONNECTIONS + 5):
        request.extensions["trace"]("connection.connect_tcp.started", {"host": "127.0.0.1", "port": 1})

    assert len(own_gate.connections) == KEPT_CONNECTIONS


def test_an_address_may_come_without_a_scheme() -> None:
    assert as_url("192.168.1.5:8000/") == "http://192.168.1.5:8000"
    assert as_url("https://engine/v1/") == "https://engine/v1"
