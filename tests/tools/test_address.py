"""Addresses of HTTP as tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from phidesk.core.errors import SwitchedOffline
from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import AddressAction
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.engine.address_fetch import AddressAnswer, AddressFault, AddressProblem, AddressRequest, fetch_address
from phidesk.engine.network import Gate
from phidesk.tools.address import AddressTool, Fetch
from phidesk.tools.tool import CallFault
from tests.fakes.address_server import AddressServer

SCHEMA = {"type": "object", "properties": {"town": {"type": "string"}, "days": {"type": "integer"}}}
DEFINITION = ToolDefinition("weather", "Tell the weather.", json.dumps(SCHEMA))


@pytest.fixture
def server() -> Iterator[AddressServer]:
    with AddressServer() as server:
        yield server


@pytest.fixture
def fetch() -> Iterator[Fetch]:
    gate = Gate(lambda: datetime.now(UTC))
    yield partial(fetch_address, gate)
    gate.close()


def failing(error: Exception) -> Fetch:
    def fetch(_request: AddressRequest, _cancel: Cancellation) -> AddressAnswer:
        raise error

    return fetch


@pytest.mark.parametrize(
    ("path", "method", "arguments", "asked", "body"),
    [
        ("/echo", "GET", {"town": "Ulm & Bonn", "days": 2}, "/echo?town=Ulm%20%26%20Bonn&days=2", None),
        ("/echo?key=1", "GET", {"town": "Ulm", "days": None}, "/echo?key=1&town=Ulm", None),
        ("/{town}/now?d={days|7}", "GET", {"town": "a/b?c#d"}, "/a%2Fb%3Fc%23d/now?d=7", None),
        ("/echo?t={town}", "GET", {"town": "a&x=1"}, "/echo?t=a%26x%3D1", None),
        ("/echo", "DELETE", {"days": 1}, "/echo?days=1", None),
        ("/{town}", "POST", {"town": "Ulm", "days": 2}, "/Ulm", {"days": 2}),
        ("/echo", "PUT", {}, "/echo", {}),
    ],
)
def test_values_go_where_the_method_wants_them(
    server: AddressServer, fetch: Fetch, path: str, method: str, arguments: dict[str, Any], asked: str, body: Any
) -> None:
    tool = AddressTool(DEFINITION, AddressAction(server.url + path, method), fetch)

    told = json.loads(tool.run(arguments, Cancellation()))

    assert (told["method"], told["path"]) == (method, asked)
    assert (json.loads(told["body"]) if told["body"] else None) == body


def test_what_will_happen_is_known_before(fetch: Fetch) -> None:
    reading = AddressTool(DEFINITION, AddressAction("https://box.local/{town}"), fetch).intent({"town": "Ulm"})
    sending = AddressTool(DEFINITION, AddressAction("https://box.local", "POST"), fetch).intent({"town": "Ulm"})

    assert reading == Intent(
        Risk.READING, "https://box.local", (("method", "GET"), ("address", "https://box.local/Ulm"))
    )
    assert sending.risk is Risk.CHANGING
    assert sending.facts[2] == ("text", '{"town": "Ulm"}')


def test_a_value_never_leads_elsewhere(fetch: Fetch) -> None:
    tool = AddressTool(DEFINITION, AddressAction("https://{town}.example/{town}"), fetch)

    place = tool.intent({"town": "evil.example/x"})

    assert dict(place.facts)["address"] == "https://{town}.example/evil.example%2Fx"
    with pytest.raises(CallFault):
        tool.intent({"town": ".."})


def test_a_refusal_comes_with_its_words(server: AddressServer, fetch: Fetch) -> None:
    tool = AddressTool(DEFINITION, AddressAction(f"{server.url}/refused"), fetch)

    with pytest.raises(CallFault, match=r"(?s)404.*no such town"):
        tool.run({}, Cancellation())


@pytest.mark.parametrize(("path", "words"), [("empty", "status 204"), ("large", "rest was left out")])
def test_the_model_is_told_of_empty_and_cut_answers(server: AddressServer, fetch: Fetch, path: str, words: str) -> None:
    assert words in AddressTool(DEFINITION, AddressAction(f"{server.url}/{path}"), fetch).run({}, Cancellation())


@pytest.mark.parametrize("problem", AddressProblem)
def test_every_problem_is_told_to_the_model(problem: AddressProblem) -> None:
    tool = AddressTool(DEFINITION, AddressAction("http://x"), failing(AddressFault(problem, "elsewhere")))

    with pytest.raises(CallFault, match=r"Do not repeat"):
        tool.run({}, Cancellation())


def test_the_offline_switch_is_told_to_the_model() -> None:
    tool = AddressTool(DEFINITION, AddressAction("http://x"), failing(SwitchedOffline(host="x", purpose="tool")))

    with pytest.raises(CallFault, match="allows no connections"):
        tool.run({}, Cancellation())
