"""Which tools a conversation has: those that come with the program and the person's own, made ready to be called."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.chat import tool_server_shelf as shelf_module
from phidesk.chat.tool_server_shelf import ServedTools, ServerState, ToolServerShelf
from phidesk.chat.tool_shelf import ToolShelf
from phidesk.core.conversation import Conversation, ConversationSettings
from phidesk.core.errors import ToolServerEnded, ToolServerMissing
from phidesk.core.paths import find_paths
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tool_servers import AbsentServer, ToolServer
from phidesk.core.tool_spec import AskAction, TemplateAction, ToolSpec
from phidesk.profile import Profile
from phidesk.services import Services, start_loop
from phidesk.tools.ask_person import PersonQuestion
from tests.tools.mcp.test_hostile_servers import HELLO, TOOL

NOW = datetime(2026, 11, 25, tzinfo=UTC)
GREET = ToolSpec("greet-id", "greet", "Greets", TemplateAction("Hello!"))
SERVER_SCRIPT = Path(__file__).parent.parent / "tools" / "mcp" / "real_server.py"
PRACTICE = ToolServer("practice", (sys.executable, str(SERVER_SCRIPT)), is_enabled=True, id="s1")
MISSING = ToolServer("missing", ("no-such-program-here",), is_enabled=True, id="s2")
SILENT = ToolServer("silent", (sys.executable, "-c", "import sys; sys.stdin.read()"), is_enabled=True, id="s3")
ASK = ToolSpec("ask-id", "ask_me", "Asks the person", AskAction("What now?"))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for servers also where the computer has much else to do."""
    monkeypatch.setattr(shelf_module, "LONGEST_WAIT_S", 60.0)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[ToolShelf]:
    """The shelf of the real program in a new profile, with two tools of the person."""
    with open_services(tmp_path) as services:
        profile = services.open_profile()
        for spec in (GREET, ASK):
            profile.tools.save(spec).result()
        yield profile.tool_shelf


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    """The data of a person who has no tools yet."""
    with open_services(tmp_path) as services:
        yield services.open_profile()


def open_services(home: Path) -> Services:
    environment = {"PHIDESK_HOME": str(home), "OLLAMA_HOST": "127.0.0.1:9"}
    return Services(find_paths(environment), environment, lambda closure: closure())


def conversation(*tools: str) -> Conversation:
    return Conversation("c", "", NOW, NOW, ConversationSettings(tools=frozenset(tools)))


def ask(question: PersonQuestion, cancel: Cancellation) -> str:
    return f"{question.question} Nothing."


def test_what_comes_with_the_program_stands_before_the_persons_own(shelf: ToolShelf) -> None:
    choice = shelf.choice().tools

    assert [it.id for it in choice][-2:] == ["greet-id", "ask-id"]
    assert {it.id for it in choice if it.is_builtin} >= {"calculator"}


def test_a_conversation_has_what_was_chosen_for_it_and_nothing_else(shelf: ToolShelf) -> None:
    tools = shelf.tools_of(conversation("ask-id", "calculator", "greet-id", "gone"), ask, Cancellation()).tools

    assert list(tools) == ["calculator", "greet", "ask_me"]
    assert tools["calculator"].run({"expression": "0.1+0.2"}, Cancellation()).count("0.3") == 1
    assert tools["greet"].run({}, Cancellation()) == "Hello!"
    assert tools["ask_me"].run({}, Cancellation()) == "What now? Nothing."
    assert shelf.tools_of(conversation(), ask, Cancellation()).tools == {}


def test_what_is_switched_off_is_not_offered(shelf: ToolShelf) -> None:
    shelf._tools.save(replace(GREET, is_enabled=False)).result()

    assert "greet-id" not in [it.id for it in shelf.choice().tools]
    assert shelf.tools_of(conversation("greet-id"), ask, Cancellation()).tools == {}


def test_the_tools_of_servers_can_be_chosen_and_called(profile: Profile) -> None:
    profile.tool_server_book.save(PRACTICE)

    choice = profile.tool_shelf.choice().tools
    ids = [it.id for it in choice]
    tools = profile.tool_shelf.tools_of(conversation("mcp:s1:add", "mcp:gone:add"), ask, Cancellation()).tools

    assert ("mcp:s1:greet", "practice") in [(it.id, it.server) for it in choice]
    assert {it.server for it in choice if it.is_builtin} == {""}
    assert list(tools) == ["add"]
    assert tools["add"].run({"first": 2, "second": 3}, Cancellation()) == "5"
    assert len(profile.tool_servers.state(PRACTICE).tools or ()) == ids_of(PRACTICE, ids)


def ids_of(server: ToolServer, ids: list[str]) -> int:
    return sum(it.startswith(f"mcp:{server.id}:") for it in ids)


def test_a_name_that_another_tool_has_gets_the_servers_name_in_front(profile: Profile) -> None:
    profile.tool_server_book.save(PRACTICE)
    profile.tools.save(GREET).result()

    names = {it.id: it.definition.name for it in profile.tool_shelf.choice().tools}

    assert (names["greet-id"], names["mcp:s1:greet"]) == ("greet", "practice_greet")
    both = profile.tool_shelf.tools_of(conversation("greet-id", "mcp:s1:greet"), ask, Cancellation()).tools
    assert list(both) == ["greet", "practice_greet"]


def test_a_server_that_is_off_is_neither_offered_nor_started(profile: Profile) -> None:
    before = set(threading.enumerate())
    profile.tool_server_book.save(replace(PRACTICE, is_enabled=False))

    ids = [it.id for it in profile.tool_shelf.choice().tools]

    assert ids_of(PRACTICE, ids) == 0
    assert profile.tool_shelf.tools_of(conversation("mcp:s1:add"), ask, Cancellation()).tools == {}
    assert set(threading.enumerate()) == before


def test_switching_a_server_off_ends_it(profile: Profile) -> None:
    profile.tool_server_book.save(PRACTICE)
    profile.tool_shelf.choice()
    assert mcp_threads()

    profile.tool_server_book.save(replace(PRACTICE, is_enabled=False))
    profile.tool_shelf.choice()

    assert not mcp_threads()


def mcp_threads() -> list[str]:
    return [it.name for it in threading.enumerate() if it.name.startswith("mcp-")]


def test_one_that_cannot_start_or_hangs_is_left_out(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    for server in (MISSING, SILENT, PRACTICE):
        profile.tool_server_book.save(server)
    servers = ToolServerShelf(profile.tool_server_book, start_loop, lambda: None)
    servers.tools((), {"mcp:s1:add", "mcp:s2:add"})
    monkeypatch.setattr(shelf_module, "LONGEST_WAIT_S", 0.1)

    offered = servers.tools(())

    fault = servers.state(MISSING).fault
    assert {id_.split(":")[1] for id_, _ in offered.tools} == {PRACTICE.id}
    assert offered.absent == (
        AbsentServer(MISSING.id, "missing", is_starting=False),
        AbsentServer(SILENT.id, "silent", is_starting=True),
    )
    assert isinstance(fault, ToolServerMissing)
    assert servers.state(SILENT) == ServerState()
    servers.close()
    assert not mcp_threads()
    assert servers.tools(()) == ServedTools()


def test_only_servers_whose_tools_are_wanted_are_missed(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "LONGEST_WAIT_S", 0.0)
    profile.tool_server_book.save(SILENT)
    shelf = profile.tool_shelf

    wanted = shelf.tools_of(conversation("calculator", "mcp:s3:dream"), ask, Cancellation())
    unwanted = shelf.tools_of(conversation("calculator"), ask, Cancellation())

    assert (list(wanted.tools), [it.name for it in wanted.absent]) == (["calculator"], ["silent"])
    assert (list(unwanted.tools), unwanted.absent) == (["calculator"], ())


def test_nobody_waits_for_a_server_longer_than_they_want(profile: Profile) -> None:
    profile.tool_server_book.save(SILENT)
    cancel = Cancellation()
    stopper = threading.Timer(0.3, cancel.cancel)
    stopper.start()

    with pytest.raises(Cancelled):
        profile.tool_shelf.tools_of(conversation("mcp:s3:dream"), ask, cancel)

    stopper.join()


def test_why_one_failed_stays_known_while_it_is_asked_again(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "LONGEST_WAIT_S", 0.0)
    monkeypatch.setattr(shelf_module, "PAUSE_S", -1.0)
    code = "import sys, pathlib\npathlib.Path(sys.argv[1]).mkdir()\nsys.exit(3)"
    silent_later = f"import os, sys\nif os.path.exists(sys.argv[1]): sys.stdin.read()\n{code}"
    server = replace(PRACTICE, command=(sys.executable, "-c", silent_later, str(tmp_path / "ran")))
    profile.tool_server_book.save(server)
    answered = threading.Event()
    servers = ToolServerShelf(profile.tool_server_book, start_loop, answered.set)
    servers.tools(())
    assert answered.wait(20)

    servers.tools(())

    fault = servers.state(server).fault
    servers.close()
    assert isinstance(fault, ToolServerEnded)


def test_one_that_failed_rests_until_somebody_wants_it_again(profile: Profile, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    code = f"import sys; open({str(starts)!r}, 'a').write('x'); sys.exit('no key')"
    server, _ = profile.tool_server_book.save(replace(PRACTICE, command=(sys.executable, "-c", code)))
    servers = ToolServerShelf(profile.tool_server_book, start_loop, lambda: None)

    for _ in range(3):
        servers.tools(())
    by_itself = starts.read_text()
    servers.let_go(server)
    servers.tools(())

    servers.close()
    assert (by_itself, starts.read_text()) == ("x", "xx")


def test_only_what_is_new_about_a_server_is_told(profile: Profile) -> None:
    profile.tool_server_book.save(PRACTICE)
    profile.tool_server_book.save(MISSING)
    told: list[int] = []
    servers = ToolServerShelf(profile.tool_server_book, start_loop, lambda: told.append(1))

    for _ in range(3):
        servers.tools(())

    servers.close()
    assert len(told) == 2


def test_what_a_server_offers_anew_is_told_and_there_the_next_time(profile: Profile) -> None:
    profile.tool_server_book.save(PRACTICE)
    told = threading.Event()
    servers = ToolServerShelf(profile.tool_server_book, start_loop, told.set)
    before = dict(servers.tools(()).tools)
    told.clear()

    before["mcp:s1:learn"].run({}, Cancellation())
    assert told.wait(20)
    after = dict(servers.tools(()).tools)

    servers.close()
    assert after.keys() - before.keys() == {"mcp:s1:newcomer"}


def test_one_that_says_after_each_list_that_it_changed_is_told_about_for_a_while_only(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "MOST_CHANGES_TOLD", 3)
    restless = f"{HELLO}while True:\n  reply(tools=[{TOOL}])\n  say(method='notifications/tools/list_changed')"
    profile.tool_server_book.save(replace(PRACTICE, command=(sys.executable, "-c", restless)))
    told = threading.Semaphore(0)
    servers = ToolServerShelf(profile.tool_server_book, start_loop, told.release)

    for _ in range(4):  # The first list, and three changes.
        servers.tools(())
        assert told.acquire(timeout=20)
    for _ in range(3):
        servers.tools(())

    servers.close()
    assert not told.acquire(blocking=False)


def test_a_server_whose_tools_are_known_is_not_asked_again(profile: Profile) -> None:
    profile.tool_server_book.save(PRACTICE)
    started: list[str] = []

    def start(name: str, function: Callable[[], None]) -> threading.Thread:
        started.append(name)
        return start_loop(name, function)

    servers = ToolServerShelf(profile.tool_server_book, start, lambda: None)
    first = servers.tools(())
    started.clear()

    again = servers.tools(())

    servers.close()
    assert [id_ for id_, _ in again.tools] == [id_ for id_, _ in first.tools] != []
    assert started == []
