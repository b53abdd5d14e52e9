"""The gate: what it lets through, what it refuses, and how fast an answer stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import ollama
import pytest

from phidesk.core.errors import BlockedByOfflineRule, SwitchedOffline
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.connection_log import KEPT_CONNECTIONS, ConnectionLog, ConnectionRecord
from phidesk.engine.network import Gate, as_url, iter_lines
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


def downloaded(gate: Gate, url: str, **headers: str) -> bytes:
    with gate.download(url, cancel=Cancellation(), headers=headers) as response:
        return response.read()


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
    own_gate.allow("engine.invalid:8000")
    own_gate.event_hooks("models")["request"][0](request)
    connect = request.extensions["trace"]

    connect("connection.connect_tcp.started", {"host": "engine.invalid", "port": 8000})
    with pytest.raises(BlockedByOfflineRule):
        connect("connection.connect_tcp.started", {"host": "engine.invalid", "port": 8001})

    assert [(record.host, record.port) for record in own_gate.connections] == [("engine.invalid", 8000)]


def test_an_address_that_was_removed_is_refused_unless_it_was_added_twice(own_gate: Gate) -> None:
    request = httpx.Request("GET", "http://engine.invalid:8000/")
    own_gate.allow("http://engine.invalid:8000")
    own_gate.allow("http://engine.invalid:8000")
    own_gate.event_hooks("models")["request"][0](request)
    connect, there = request.extensions["trace"], {"host": "engine.invalid", "port": 8000}

    own_gate.forbid("http://engine.invalid:8000")
    connect("connection.connect_tcp.started", there)
    own_gate.forbid("http://engine.invalid:8000")

    for _ in range(2):
        with pytest.raises(BlockedByOfflineRule):
            connect("connection.connect_tcp.started", there)
        own_gate.forbid("http://engine.invalid:8000")


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


def test_what_passes_is_counted_while_it_passes(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/lines"] = Reply([b"x" * 5000 + b"\n", b"y" * 300])

    with own_gate.stream(
        server.address, "/lines", json={"ask": "z" * 2000}, purpose="test", cancel=Cancellation()
    ) as response:
        lines = iter_lines(response)
        next(lines)
        during = own_gate.connections[-1]
        list(lines)
    after = own_gate.connections[-1]

    assert during.is_open
    assert not after.is_open
    assert 2000 < (after.sent_bytes or 0) < 2500
    assert 5001 <= (during.received_bytes or 0) <= (after.received_bytes or 0)
    assert 5301 < (after.received_bytes or 0) < 5800


def test_a_connection_that_nobody_accepts_is_in_the_list_and_closed(own_gate: Gate) -> None:
    with own_gate.client("http://127.0.0.1:1", purpose="look") as client, pytest.raises(httpx.ConnectError):
        client.get("/")

    record = own_gate.connections[-1]
    assert (record.is_open, record.sent_bytes, record.received_bytes) == (False, 0, 0)


def test_who_subscribes_is_told_of_opening_and_closing(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/lines"] = Reply([b"one\n"])
    told: list[ConnectionRecord] = []
    forget = own_gate.subscribe(told.append)

    lines_of(own_gate, server)
    forget()
    lines_of(own_gate, server)

    opened, closed = told
    assert (opened.is_open, closed.is_open) == (True, False)
    assert opened.number == closed.number
    assert (closed.received_bytes or 0) > 0 == opened.received_bytes


def test_the_many_connections_of_this_computer_do_not_push_out_those_that_left_it() -> None:
    log = ConnectionLog(lambda: NOON)
    log.open("engine.invalid", 443, purpose="answer").close()
    for _ in range(KEPT_CONNECTIONS + 5):
        log.open("127.0.0.1", 1, purpose="look").close()

    first, second, *_ = log.records

    assert (first.host, first.stays_here) == ("engine.invalid", False)
    assert second.stays_here


def test_offline_leaves_this_computer_only(own_gate: Gate, server: ScriptedServer) -> None:
    server.says("/here", {})
    own_gate.allow("http://192.0.2.1:8000")
    own_gate.set_offline(True)

    with (
        pytest.raises(SwitchedOffline) as raised,
        own_gate.stream("http://192.0.2.1:8000", "/", json={}, purpose="answer", cancel=Cancellation()),
    ):
        pytest.fail("it was let through")
    with (
        pytest.raises(SwitchedOffline),
        own_gate.allow_during("https://models.invalid"),
        own_gate.download("https://models.invalid/file", cancel=Cancellation()),
    ):
        pytest.fail("it was let through")
    with own_gate.client(server.address, purpose="look") as client:
        assert client.get("/here").is_success

    assert (raised.value.host, raised.value.purpose) == ("192.0.2.1", "answer")
    assert [record.stays_here for record in own_gate.connections] == [True]


def test_offline_also_stops_requests_over_connections_that_are_open_still(own_gate: Gate) -> None:
    own_gate.allow("http://192.0.2.1:8000")
    watch = own_gate.event_hooks("models")["request"][0]
    watch(httpx.Request("GET", "http://192.0.2.1:8000/"))
    own_gate.set_offline(True)

    with pytest.raises(SwitchedOffline):
        watch(httpx.Request("GET", "http://192.0.2.1:8000/"))


def test_what_another_program_fetches_for_us_is_in_the_list_uncounted(own_gate: Gate) -> None:
    with own_gate.made_by("ollama", "registry.example", purpose="pull"):
        during = own_gate.connections[-1]
    after = own_gate.connections[-1]
    own_gate.set_offline(True)
    with pytest.raises(SwitchedOffline), own_gate.made_by("ollama", "registry.example", purpose="pull"):
        pytest.fail("it was let through")

    assert (during.is_open, after.is_open, after.stays_here) == (True, False, False)
    assert (after.proxy, after.sent_bytes, after.received_bytes) == ("ollama", None, None)


def test_how_the_switch_was_left_is_asked_once_before_the_first_way_out(server: ScriptedServer) -> None:
    left = [True]
    gate = Gate(lambda: NOON, is_offline_wanted=left.pop)
    gate.allow("192.0.2.1:8000")
    server.says("/here", {})

    with gate.client(server.address, purpose="look") as client:
        client.get("/here")
    assert left == [True]
    for _ in range(2):
        with gate.client("http://192.0.2.1:8000", purpose="look") as client, pytest.raises(SwitchedOffline):
            client.get("/")

    assert left == []
    gate.close()


def test_switching_offline_cuts_what_is_connected_to_elsewhere(
    own_gate: Gate, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.address)  # the test's only way to a connection that is not loopback
    server.replies["http://models.invalid/file"] = Reply([b"first", None])

    with (
        pytest.raises(SwitchedOffline),
        own_gate.allow_during("http://models.invalid"),
        own_gate.download("http://models.invalid/file", cancel=Cancellation()) as response,
    ):
        pieces = response.iter_raw()
        next(pieces)
        own_gate.set_offline(True)
        list(pieces)

    assert not own_gate.connections[-1].is_open


def test_a_host_is_allowed_only_while_what_the_person_began_lasts(own_gate: Gate) -> None:
    def connect() -> None:
        with own_gate.client("http://192.0.2.1:1", purpose="download") as client:
            request = client.build_request("GET", "/")
            own_gate.event_hooks("download")["request"][0](request)
            request.extensions["trace"]("connection.connect_tcp.started", {"host": "192.0.2.1", "port": 1})

    with own_gate.allow_during("http://192.0.2.1:1"):
        with own_gate.allow_during("http://192.0.2.1:1"):
            connect()
        connect()
    with pytest.raises(BlockedByOfflineRule):
        connect()


def test_a_download_follows_its_host_to_the_storage_without_the_key(own_gate: Gate, server: ScriptedServer) -> None:
    with scripted_server() as storage:
        server.replies["/blob"] = Reply(status=307, headers={"Location": f"{storage.address}/stored?signed=1"})
        storage.replies["/stored?signed=1"] = Reply([b"con", b"tent"])

        content = downloaded(own_gate, f"{server.address}/blob", Authorization="Bearer key", Range="bytes=7-")

        sent_to_storage = {name.lower(): value for name, value in storage.received[0].headers.items()}
    assert content == b"content"
    assert server.received[0].headers["Authorization"] == "Bearer key"
    assert sent_to_storage["range"] == "bytes=7-"
    assert not {"authorization", "cookie", "proxy-authorization"} & set(sent_to_storage)


def test_a_download_that_is_redirected_for_ever_ends(own_gate: Gate, server: ScriptedServer) -> None:
    server.replies["/blob"] = Reply(status=302, headers={"Location": "/blob"})

    with pytest.raises(httpx.TooManyRedirects):
        downloaded(own_gate, f"{server.address}/blob")


@pytest.mark.parametrize("location", ["http://storage.invalid/x", "http://127.0.0.1:11434/api/tags", "//[::1]/x"])
def test_a_download_from_elsewhere_is_followed_neither_in_the_clear_nor_into_this_computer(
    own_gate: Gate, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    server.replies["http://models.invalid/blob"] = Reply(status=302, headers={"Location": location})

    with pytest.raises(BlockedByOfflineRule), own_gate.allow_during("http://models.invalid"):
        downloaded(own_gate, "http://models.invalid/blob")

    assert len(server.received) == 1


def test_a_download_may_go_through_the_proxy_of_the_system(
    own_gate: Gate, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    monkeypatch.setenv("https_proxy", server.address)
    server.replies["http://models.invalid/blob"] = Reply(status=302, headers={"Location": "https://storage.invalid/x"})

    with own_gate.allow_during("http://models.invalid"), pytest.raises(httpx.ProxyError):
        downloaded(own_gate, "http://models.invalid/blob")  # the proxy of this test refuses to connect on with TLS

    records = [(record.host, record.port, record.proxy) for record in own_gate.connections]
    assert records == [("models.invalid", 80, "127.0.0.1"), ("storage.invalid", 443, "127.0.0.1")]
    assert not any(record.stays_here for record in own_gate.connections)


def test_a_proxy_does_not_open_the_gate(
    own_gate: Gate, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.address)

    with pytest.raises(BlockedByOfflineRule) as raised:
        downloaded(own_gate, "http://models.invalid/blob")

    assert raised.value.host == "models.invalid"
    assert server.received == []


def test_a_download_from_this_computer_uses_no_proxy(
    own_gate: Gate, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.7:3128")
    server.replies["/blob"] = Reply([b"content"])

    assert downloaded(own_gate, f"{server.address}/blob") == b"content"


def test_an_address_may_come_without_a_scheme() -> None:
    assert as_url("192.168.1.5:8000/") == "http://192.168.1.5:8000"
    assert as_url("https://engine/v1/") == "https://engine/v1"
