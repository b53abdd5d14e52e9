"""Servers of tools on the page, with a real database and a real server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_server_shelf import ToolServerShelf
from phidesk.core.changes import ToolServerAnswered
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.core.tool_servers import ToolServer
from phidesk.engine.protocol import TokenCount
from phidesk.storage.database import open_database
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.tool_records import ToolRecords
from phidesk.storage.tools import Tools
from phidesk.ui.main_thread import MainThread
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.server_card import ServerCard
from phidesk.ui.tools.servers_wiring import ServersWiring
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage
from phidesk.ui.widgets.check_line import CheckLine
from tests.processes.sandbox import start_loop
from tests.storage.saved_database import Clock, count_ids
from tests.ui.tools.parts import child, type_over

pytestmark = pytest.mark.usefixtures("english")
SCRIPT = Path(__file__).parent.parent.parent / "tools" / "mcp" / "real_server.py"
PRACTICE = ToolServer("practice", (sys.executable, str(SCRIPT)))
MISSING = ToolServer("missing", ("no-such-program-here",))


@dataclass
class Bench:
    """The page and what is behind it."""

    qtbot: QtBot
    page: ToolsPage
    servers: McpServers

    @property
    def cards(self) -> dict[str, ServerCard]:
        return {card.title: card for card in self.page.findChildren(ServerCard) if not card.isHidden()}

    def waits_for_cards(self, *titles: str) -> None:
        self.qtbot.waitUntil(lambda: list(self.cards) == list(titles))

    def waits_for_state(self, title: str, words: str) -> None:
        state = child(self.cards[title], QLabel, "serverState")
        self.qtbot.waitUntil(lambda: words in state.text(), timeout=20_000)

    def switch(self, title: str) -> None:
        child(self.cards[title], CheckLine, "serverEnabled").click()


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Bench]:
    main_thread = MainThread()
    hub = Hub(main_thread.post)
    with ThreadPoolExecutor(1) as worker, ThreadPoolExecutor(2) as pool:
        database = open_database(tmp_path / "phidesk.sqlite", worker)
        ids = count_ids()
        servers = McpServers(database, Clock(), ids)
        shelf = ToolServerShelf(servers, start_loop, lambda: hub.publish(ToolServerAnswered()))
        work = ToolWork(
            tools=Tools(database, Clock(), ids),
            records=ToolRecords(database, Clock(), ids),
            builtin=(),
            try_tool=lambda _spec, _arguments, _ask, _cancel: "",
            cost=lambda _tool: TokenCount(1, is_exact=True),
            servers=servers,
            server_shelf=shelf,
        )
        page = ToolsPage(theme)
        qtbot.addWidget(page)
        wiring = ServersWiring(page, work, tasks=TaskRunner(pool, main_thread.post), hub=hub)
        page.resize(1000, 900)
        with qtbot.waitExposed(page):
            page.show()
        yield Bench(qtbot, page, servers)
        wiring.close()
        shelf.close()
        pool.shutdown()
        database.close()
    main_thread.close()


def add(bench: Bench, server: ToolServer, settings: str = "") -> None:
    child(bench.page, QPushButton, "newServer").click()
    type_over(child(bench.page, QLineEdit, "serverName"), server.name)
    type_over(child(bench.page, QLineEdit, "serverProgram"), server.command[0])
    child(bench.page, QPlainTextEdit, "serverArguments").setPlainText("\n".join(server.command[1:]))
    child(bench.page, QPlainTextEdit, "serverEnvironment").setPlainText(settings)
    child(bench.page, QPushButton, "addServer").click()


def form(bench: Bench) -> QFrame:
    found = bench.page.findChild(QFrame, "serverForm")
    assert isinstance(found, QFrame)
    return found


def test_a_server_is_added_off_and_says_how_many_tools_it_has_when_it_is_on(bench: Bench) -> None:
    add(bench, PRACTICE, "KEY=a=b\n\nEMPTY=")
    bench.waits_for_cards("practice")

    assert form(bench).isHidden()
    assert bench.servers.list().result() == [
        ToolServer("practice", PRACTICE.command, (("KEY", "a=b"), ("EMPTY", "")), id="id-1")
    ]
    bench.waits_for_state("practice", "Off")
    bench.switch("practice")
    bench.waits_for_state("practice", "On: ")
    bench.switch("practice")
    bench.waits_for_state("practice", "Off")


def test_one_that_cannot_start_says_why(bench: Bench) -> None:
    add(bench, MISSING)
    bench.waits_for_cards("missing")

    bench.switch("missing")

    bench.waits_for_state("missing", "Cannot start: The program of the tool server “missing” is not on this computer.")


@pytest.mark.parametrize(
    ("server", "settings", "mistake"),
    [
        (ToolServer("", ("x",)), "", "a name"),
        (ToolServer("x", ("",)), "", "which program"),
        (ToolServer("x", ("x",)), "KEY", "NAME=value"),
    ],
)
def test_a_form_that_is_not_complete_says_so(bench: Bench, server: ToolServer, settings: str, mistake: str) -> None:
    add(bench, server, settings)

    assert mistake in child(bench.page, QLabel, "serverMistake").text()
    assert bench.servers.list().result() == []


def test_escape_closes_the_form_and_the_keyboard_goes_back(bench: Bench) -> None:
    child(bench.page, QPushButton, "newServer").click()

    QTest.keyClick(child(bench.page, QLineEdit, "serverName"), Qt.Key.Key_Escape)

    assert form(bench).isHidden()
    assert bench.page.window().focusWidget() is child(bench.page, QPushButton, "newServer")


def test_a_removed_server_can_be_taken_back(bench: Bench) -> None:
    add(bench, MISSING)
    bench.waits_for_cards("missing")

    child(bench.cards["missing"], QPushButton, "removeServer").click()
    bench.waits_for_cards()
    bench.page.undo_bar.undo()

    bench.waits_for_cards("missing")


def test_the_common_file_is_imported_switched_off(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "servers.json"
    entries = {"files": {"command": "npx", "args": ["-y", "x"]}, "far": {"url": "https://x"}}
    file.write_text(json.dumps({"mcpServers": entries}))

    bench.page.servers.import_chosen.emit(file)

    bench.waits_for_cards("files")
    bench.waits_for_state("files", "Off")
    assert any("Not usable: far." in label.text() for label in bench.page.findChildren(QLabel))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{}", "There are no servers in this file."), ("{,}", "This file is not JSON.")],
)
def test_a_file_without_servers_is_told(bench: Bench, tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "servers.json"
    file.write_text(content)

    bench.page.servers.import_chosen.emit(file)

    bench.qtbot.waitUntil(
        lambda: any(it.text() == sentence for it in bench.page.findChildren(QLabel, "noticeSentence"))
    )


def test_what_servers_do_is_said_to_be_outside_the_offline_rule(bench: Bench) -> None:
    assert "offline rule does not hold" in child(bench.page, QLabel, "serversWarning").text()
