"""The client against servers written with the package `mcp`."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from phidesk.core.errors import ToolServerEnded, ToolServerSilent
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tool_servers import ToolServer
from phidesk.core.tools import Intent, Risk
from phidesk.tools.mcp.link import Patience, ServerLink
from phidesk.tools.mcp.server_tools import McpTool, make_server_tools
from phidesk.tools.tool import CallFault
from tests.processes.sandbox import start_loop

SERVER = ToolServer("practice", (sys.executable, str(Path(__file__).parent / "real_server.py")))


@pytest.fixture(scope="module")
def link() -> Iterator[ServerLink]:
    link = ServerLink(SERVER, start_loop=start_loop)
    link.tools(Cancellation())
    yield link
    link.close()


@pytest.fixture
def own_link() -> Iterator[ServerLink]:
    """For tests after which the server is not as it was."""
    link = ServerLink(SERVER, start_loop=start_loop, patience=Patience(ping_s=10))
    yield link
    link.close()


def tool(link: ServerLink, name: str) -> McpTool:
    return next(it for it in make_server_tools(link, Cancellation()) if it.definition.name == name)


def test_a_server_is_started_by_the_first_question_only(own_link: ServerLink) -> None:
    assert not own_link.is_running

    tools = own_link.tools(Cancellation())

    assert own_link.is_running
    assert [it.name for it in tools][:3] == ["add", "weather", "greet"]


def test_what_it_offers_is_told_to_the_model(link: ServerLink) -> None:
    definition = tool(link, "add").definition

    schema = json.loads(definition.parameters)
    assert definition.description == "Add two whole numbers."
    assert schema["required"] == ["first", "second"]
    assert schema["properties"]["first"]["type"] == "integer"


def test_a_name_that_is_taken_gets_the_servers_name_in_front(link: ServerLink) -> None:
    made = make_server_tools(link, Cancellation(), taken=["add"])

    assert made[0].definition.name == "practice_add"
    assert made[0].run({"first": 2, "second": 3}, Cancellation()) == "5"


def test_a_call_gives_its_text(link: ServerLink) -> None:
    assert tool(link, "greet").run({"name": "Zoë"}, Cancellation()) == "Grüezi Zoë <|end|>\nand good day"


def test_a_structured_result_gives_the_text_that_goes_with_it(link: ServerLink) -> None:
    result = tool(link, "weather").run({"town": "Bern"}, Cancellation())

    assert json.loads(result) == {"town": "Bern", "degrees": 21.5}


def test_a_picture_is_named(link: ServerLink) -> None:
    assert tool(link, "picture").run({}, Cancellation()) == "[image, image/png: not shown]"


def test_a_failure_says_why(link: ServerLink) -> None:
    with pytest.raises(CallFault, match="no such town"):
        tool(link, "fail").run({}, Cancellation())


def test_wrong_arguments_are_a_failure(link: ServerLink) -> None:
    with pytest.raises(CallFault, match="second"):
        tool(link, "add").run({"first": 1}, Cancellation())


def test_a_tool_that_does_not_exist_is_a_failure(link: ServerLink) -> None:
    assert link.call("nothing", {}, Cancellation())["isError"] is True


def test_what_says_that_it_only_reads_is_asked_about_once_and_the_rest_always(link: ServerLink) -> None:
    facts = (("server", "practice"), ("tool", "add"), ("arguments", '{"first": 1}'))

    intent = tool(link, "add").intent({"first": 1})
    assert replace(intent, fingerprint="") == Intent(Risk.READING, "practice", facts)
    assert tool(link, "greet").intent({}).risk is Risk.CHANGING


def test_calls_at_the_same_time_get_their_own_results(link: ServerLink) -> None:
    add = tool(link, "add")
    results: dict[int, str] = {}

    def call(number: int) -> None:
        results[number] = add.run({"first": number, "second": 1}, Cancellation())

    callers = [start_loop("caller", lambda number=number: call(number)) for number in range(20)]  # type: ignore[misc]
    for caller in callers:
        caller.join()

    assert results == {number: str(number + 1) for number in range(20)}


def test_a_server_sees_only_the_harmless_part_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "secret")
    server = ToolServer("practice", SERVER.command, (("ITS_KEY", "key"),))
    link = ServerLink(server, start_loop=start_loop)

    names = tool(link, "environment").run({}, Cancellation()).split()
    link.close()

    assert "ITS_KEY" in names
    assert "PATH" in names
    assert "SOME_TOKEN" not in names


def test_its_error_stream_is_kept_for_the_person(own_link: ServerLink) -> None:
    tool(own_link, "greet").run({"name": "you"}, Cancellation())

    own_link.close()

    assert own_link.error_lines == ["greeting you"]


def test_a_changed_list_is_asked_again(own_link: ServerLink) -> None:
    before = [it.name for it in own_link.tools(Cancellation())]

    tool(own_link, "learn").run({}, Cancellation())

    assert [it.name for it in own_link.tools(Cancellation())] == [*before, "newcomer"]
    assert tool(own_link, "newcomer").run({}, Cancellation()) == "learnt"


def test_a_wish_to_stop_reaches_the_server(own_link: ServerLink, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    os.mkfifo(sign)
    cancel = Cancellation()
    outcomes: list[Exception] = []

    def call() -> None:
        try:
            own_link.call("sleep", {"sign": str(sign)}, cancel)
        except Cancelled as cancelled:
            outcomes.append(cancelled)

    caller = start_loop("caller", call)
    assert sign.read_text() == "sleeps"
    cancel.cancel()
    caller.join()

    assert [type(it) for it in outcomes] == [Cancelled]
    assert sign.read_text() == "cancelled"
    assert tool(own_link, "add").run({"first": 1, "second": 1}, Cancellation()) == "2"


def test_one_that_is_busy_is_given_up_and_stays(tmp_path: Path) -> None:
    link = ServerLink(SERVER, start_loop=start_loop, patience=Patience(call_s=0.5, ping_s=10))
    link.tools(Cancellation())

    with pytest.raises(ToolServerSilent):
        link.call("sleep", {"sign": str(tmp_path / "sign")}, Cancellation())

    assert link.is_running
    link.close()


def test_a_crash_is_told_and_the_next_call_starts_it_again(own_link: ServerLink) -> None:
    with pytest.raises(ToolServerEnded) as ended:
        own_link.call("die", {}, Cancellation())

    assert (ended.value.exit_code, ended.value.detail) == (3, "farewell")
    assert not own_link.is_running
    assert tool(own_link, "add").run({"first": 1, "second": 1}, Cancellation()) == "2"


def test_closing_ends_the_process_and_every_thread() -> None:
    before = set(threading.enumerate())
    link = ServerLink(SERVER, start_loop=start_loop)
    link.tools(Cancellation())

    link.close()

    assert not link.is_running
    assert set(threading.enumerate()) == before
    with pytest.raises(ToolServerEnded):
        link.call("add", {}, Cancellation())
