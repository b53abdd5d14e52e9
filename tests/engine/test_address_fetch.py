"""One bounded request to an address, through the gate."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from phidesk.core.errors import SwitchedOffline
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine import address_fetch
from phidesk.engine.address_fetch import MOST_BYTES, AddressFault, AddressProblem, AddressRequest, fetch_address
from phidesk.engine.network import Gate
from tests.fakes.address_server import AddressServer


@pytest.fixture
def server() -> Iterator[AddressServer]:
    with AddressServer() as server:
        yield server


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(lambda: datetime.now(UTC))
    yield gate
    gate.close()


def problem_of(gate: Gate, request: AddressRequest) -> AddressProblem:
    with pytest.raises(AddressFault) as caught:
        fetch_address(gate, request, Cancellation())
    return caught.value.problem


def test_an_answer_comes_with_its_status_and_kind(server: AddressServer, gate: Gate) -> None:
    request = AddressRequest(f"{server.url}/echo?a=%20b", "POST", {"X-Mine": "1"}, {"town": "Ulm"})

    answer = fetch_address(gate, request, Cancellation())

    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["X-Mine"]) == ("POST", "/echo?a=%20b", "1")
    assert asked.body.replace(" ", "") == '{"town":"Ulm"}'
    assert (answer.status, answer.media_type, answer.is_cut) == (200, "application/json", False)


def test_the_connection_stands_in_the_list(server: AddressServer, gate: Gate) -> None:
    fetch_address(gate, AddressRequest(server.url), Cancellation())

    (record,) = gate.connections
    assert (record.host, record.purpose, record.is_open) == ("127.0.0.1", "tool", False)


def test_nothing_is_remembered_between_requests(server: AddressServer, gate: Gate) -> None:
    for _ in range(2):
        fetch_address(gate, AddressRequest(server.url), Cancellation())

    assert all("Cookie" not in asked.headers for asked in server.asked)


def test_a_redirect_on_the_same_host_is_followed(server: AddressServer, gate: Gate) -> None:
    fetch_address(gate, AddressRequest(f"{server.url}/here"), Cancellation())

    assert [asked.path for asked in server.asked] == ["/here", "/echo"]


@pytest.mark.parametrize(("path", "method"), [("away", "GET"), ("round", "GET"), ("here", "POST")])
def test_other_redirects_are_refused(server: AddressServer, gate: Gate, path: str, method: str) -> None:
    assert problem_of(gate, AddressRequest(f"{server.url}/{path}", method)) is AddressProblem.REDIRECTED
    assert {record.host for record in gate.connections} == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["picture", "binary"])
def test_what_is_no_text_is_refused(server: AddressServer, gate: Gate, path: str) -> None:
    assert problem_of(gate, AddressRequest(f"{server.url}/{path}")) is AddressProblem.NOT_TEXT


@pytest.mark.parametrize("path", ["latin", "strange"])
def test_text_is_read_as_the_server_wrote_it(server: AddressServer, gate: Gate, path: str) -> None:
    assert fetch_address(gate, AddressRequest(f"{server.url}/{path}"), Cancellation()).text == "Grüße"


def test_a_large_answer_is_cut(server: AddressServer, gate: Gate) -> None:
    answer = fetch_address(gate, AddressRequest(f"{server.url}/large"), Cancellation())

    assert (len(answer.text), answer.is_cut) == (MOST_BYTES, True)


def test_an_answer_that_never_comes_is_given_up(
    server: AddressServer, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_fetch, "SILENCE_S", 0.05)

    assert problem_of(gate, AddressRequest(f"{server.url}/slow")) is AddressProblem.TOO_SLOW


def test_an_answer_that_comes_too_slowly_is_given_up(
    server: AddressServer, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_fetch, "LIMIT_S", 0)

    assert problem_of(gate, AddressRequest(f"{server.url}/echo")) is AddressProblem.TOO_SLOW


def test_stop_ends_the_wait(server: AddressServer, gate: Gate) -> None:
    cancel = Cancellation()
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()

    with pytest.raises(Cancelled):
        fetch_address(gate, AddressRequest(f"{server.url}/slow"), cancel)

    timer.join()


def test_nobody_answers(gate: Gate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert problem_of(gate, AddressRequest(f"http://127.0.0.1:{port}/")) is AddressProblem.UNREACHABLE


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://[bad/"])
def test_what_is_no_address_is_refused(gate: Gate, url: str) -> None:
    assert problem_of(gate, AddressRequest(url)) is AddressProblem.UNUSABLE


def test_a_header_that_http_cannot_carry_is_refused(server: AddressServer, gate: Gate) -> None:
    request = AddressRequest(server.url, headers={"X-Mine": "a\r\nHost: b"})

    assert problem_of(gate, request) is AddressProblem.UNUSABLE


def test_the_offline_switch_holds(gate: Gate) -> None:
    gate.set_offline(is_offline=True)

    with pytest.raises(SwitchedOffline):
        fetch_address(gate, AddressRequest("http://192.0.2.1/"), Cancellation())


def test_the_host_is_let_through_for_the_request_only(gate: Gate) -> None:
    gate.set_offline(is_offline=True)
    with pytest.raises(SwitchedOffline):
        fetch_address(gate, AddressRequest("http://192.0.2.1/"), Cancellation())
    gate.set_offline(is_offline=False)

    with gate.client("http://192.0.2.1", purpose="x") as client, pytest.raises(Exception, match="BlockedByOfflineRule"):
        client.get("/")
