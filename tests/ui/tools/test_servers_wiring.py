"""Servers of tools on the page, with a real database and a real server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.chat.tool_server_shelf import ServerState, ToolServerShelf
from phidesk.core.changes import ToolServerAnswered
from phidesk.core.errors import ToolServerEnded
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.core.tool_servers import ToolServer
from phidesk.engine.protocol import TokenCount
from phidesk.storage.database import open_database
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.secrets import Secrets
from phidesk.storage.tool_records import ToolRecords
from phidesk.storage.tools import Tools
from phidesk.tools.mcp.link import ServerTool
from phidesk.ui.main_thread import MainThread
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.server_card import ServerCard
from phidesk.ui.tools.server_form import KEPT_VALUE, ServerForm
from phidesk.ui.tools.servers_wiring import ServersWiring
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.notice_card import NoticeCard
from tests.fakes.keyrings import LockedKeyring, MemoryKeyring, memory_keyring
from tests.processes.sandbox import start_loop
from tests.storage.saved_database import Clock, count_ids
from tests.ui.tools.parts import child, type_over

pytestmark = pytest.mark.usefixtures("english")
SCRIPT = Path(__file__).parent.parent.parent / "tools" / "mcp" / "real_server.py"
PRACTICE = ToolServer("practice", (sys.executable, str(SCRIPT)))
ADD = ServerTool("add", "Adds.", {}, only_reads=True)
MISSING = ToolServer("missing", ("no-such-program-here",))


@dataclass
class Bench:
    """The page and what is behind it."""

    qtbot: QtBot
    theme: Theme
    page: ToolsPage
    servers: McpServers
    book: ToolServerBook
    wiring: ServersWiring

    @property
    def cards(self) -> dict[str, ServerCard]:
        return {card.title: card for card in self.page.findChildren(ServerCard) if not card.isHidden()}

    def waits_for_cards(self, *titles: str) -> None:
        self.qtbot.waitUntil(lambda: list(self.cards) == list(titles))

    def waits_for_state(self, title: str, words: str) -> None:
        state = self.cards[title].findChild(QLabel, "serverState")
        assert isinstance(state, QLabel)
        self.qtbot.waitUntil(lambda: not state.isHidden() and words in state.text(), timeout=20_000)

    def waits_for_words(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: any(words in label.text() for label in self.page.findChildren(QLabel)))

    def waits_for_fault(self, title: str, words: str) -> None:
        def said() -> str:
            notice = self.fault_of(title).notice
            return notice.sentence if notice is not None else ""

        self.qtbot.waitUntil(lambda: said() == words, timeout=20_000)

    def fault_of(self, title: str) -> NoticeCard:
        found = self.cards[title].findChild(NoticeCard)
        assert isinstance(found, NoticeCard)
        return found

    def switch(self, title: str) -> None:
        child(self.cards[title], CheckLine, "serverEnabled").click()


@pytest.fixture
def safe() -> Iterator[MemoryKeyring]:
    """The keyring of this computer, which is left alone otherwise."""
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, tmp_path: Path, safe: MemoryKeyring) -> Iterator[Bench]:
    main_thread = MainThread()
    hub = Hub(main_thread.post)
    with ThreadPoolExecutor(1) as worker, ThreadPoolExecutor(2) as pool:
        database = open_database(tmp_path / "phidesk.sqlite", worker)
        ids = count_ids()
        servers = McpServers(database, Clock(), ids)
        book = ToolServerBook(servers, Secrets())
        shelf = ToolServerShelf(book, start_loop, lambda: hub.publish(ToolServerAnswered()))
        work = ToolWork(
            tools=Tools(database, Clock(), ids),
            records=ToolRecords(database, Clock(), ids),
            builtin=(),
            try_tool=lambda _spec, _arguments, _ask, _cancel: "",
            cost=lambda _tool: TokenCount(1, is_exact=True),
            servers=book,
            server_shelf=shelf,
        )
        page = ToolsPage(theme)
        qtbot.addWidget(page)
        wiring = ServersWiring(page, work, tasks=TaskRunner(pool, main_thread.post), hub=hub)
        page.resize(1000, 900)
        with qtbot.waitExposed(page):
            page.show()
        yield Bench(qtbot, theme, page, servers, book, wiring)
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
    child(bench.page, QPushButton, "enterServer").click()


def form(bench: Bench) -> QWidget:
    found = bench.page.servers.findChild(ServerForm)
    assert isinstance(found, QWidget)
    return found


def test_a_server_is_added_off_and_says_how_many_tools_it_has_when_it_is_on(bench: Bench) -> None:
    add(bench, PRACTICE, "KEY=a=b\n\nEMPTY=")
    bench.waits_for_cards("practice")

    assert not form(bench).isVisible()
    assert bench.servers.list().result() == [
        ToolServer("practice", PRACTICE.command, (("KEY", None), ("EMPTY", "")), id="id-1")
    ]
    assert child(bench.cards["practice"], QLabel, "serverNames").text() == "Environment: KEY, EMPTY"
    bench.waits_for_state("practice", "Off")
    bench.switch("practice")
    bench.waits_for_state("practice", "On: ")
    bench.switch("practice")
    bench.waits_for_state("practice", "Off")


def test_one_that_cannot_start_says_why(bench: Bench) -> None:
    add(bench, MISSING)
    bench.waits_for_cards("missing")

    bench.switch("missing")

    bench.waits_for_fault("missing", "The program of the tool server “missing” is not on this computer.")


def test_the_last_words_stand_in_the_details_and_it_is_tried_again_when_wished(bench: Bench, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = f"""
import pathlib, runpy, sys
if not pathlib.Path({str(ready)!r}).exists():
    sys.exit("Where is it?")
runpy.run_path({str(SCRIPT)!r}, run_name="__main__")
"""
    bench.page.servers.save_requested.emit(ToolServer("late", (sys.executable, "-c", code), is_enabled=True))
    bench.waits_for_cards("late")
    bench.waits_for_fault("late", "The tool server “late” ended as soon as it was started.")
    card = bench.cards["late"]
    child(card, QPushButton, "noticeDetailsToggle").click()
    assert "Where is it?" in child(card, QPlainTextEdit, "noticeDetails").toPlainText()

    ready.touch()
    child(card, QPushButton, "noticeAction").click()

    bench.waits_for_state("late", "On: ")
    assert bench.fault_of("late").isHidden()


def test_why_a_call_broke_stands_on_the_card_of_a_server_that_works(bench: Bench) -> None:
    card = ServerCard(bench.theme, "s1")
    bench.qtbot.addWidget(card)

    card.show_server(
        replace(PRACTICE, is_enabled=True, id="s1"),
        ServerState((ADD,), call_fault=ToolServerEnded("practice", "farewell")),
    )

    notice = child(card, NoticeCard, "noticeCard").notice
    assert notice is not None
    assert notice.sentence == "The tool server “practice” ended unexpectedly."
    assert "farewell" in notice.details
    assert child(card, QLabel, "serverState").text() == "On: 1 tool"


def test_a_server_is_changed_and_its_keys_are_shown_to_nobody(bench: Bench) -> None:
    add(bench, MISSING, "KEY=sk-secret-1\nTOWN=Bern")
    bench.waits_for_cards("missing")
    child(bench.cards["missing"], QPushButton, "changeServer").click()
    card = bench.cards["missing"]
    assert child(card, QLineEdit, "serverProgram").text() == "no-such-program-here"
    assert child(card, QPlainTextEdit, "serverEnvironment").toPlainText() == f"KEY={KEPT_VALUE}\nTOWN={KEPT_VALUE}"

    type_over(child(card, QLineEdit, "serverName"), "practice")
    type_over(child(card, QLineEdit, "serverProgram"), PRACTICE.command[0])
    child(card, QPlainTextEdit, "serverArguments").setPlainText(PRACTICE.command[1])
    child(card, QPlainTextEdit, "serverEnvironment").setPlainText(f"KEY={KEPT_VALUE}\nTOWN=Ulm")
    child(card, QPushButton, "enterServer").click()

    bench.waits_for_cards("practice")
    (kept,) = bench.book.list()
    assert (kept.command, kept.environment) == (PRACTICE.command, (("KEY", None), ("TOWN", None)))
    assert dict(bench.book.with_values(kept).environment) == {"KEY": "sk-secret-1", "TOWN": "Ulm"}
    assert bench.page.window().focusWidget() is child(card, QPushButton, "changeServer")


def test_a_key_that_is_not_known_any_more_is_entered_where_that_is_said(bench: Bench, safe: MemoryKeyring) -> None:
    add(bench, PRACTICE, "KEY=sk-secret-1")
    bench.waits_for_cards("practice")
    safe.passwords.clear()
    bench.book._secrets.forget("mcp:id-1:KEY")
    bench.switch("practice")
    bench.waits_for_fault("practice", "The tool server “practice” needs a key that is not known any more.")
    card = bench.cards["practice"]

    child(card, QPushButton, "noticeAction").click()
    child(card, QPlainTextEdit, "serverEnvironment").setPlainText("KEY=sk-secret-2")
    child(card, QPushButton, "enterServer").click()

    bench.waits_for_state("practice", "On: ")
    assert dict(bench.book.with_values(bench.book.list()[0]).environment) == {"KEY": "sk-secret-2"}


def test_what_an_earlier_version_left_readable_is_said_and_not_shown(bench: Bench) -> None:
    card = ServerCard(bench.theme, "s1")
    bench.qtbot.addWidget(card)
    card.show_server(replace(MISSING, environment=(("KEY", "sk-secret-1"), ("EMPTY", ""))), ServerState())

    child(card, QPushButton, "changeServer").click()

    assert child(card, QLabel, "serverNames").text().endswith("readable text by an earlier version: KEY, EMPTY")
    assert child(card, QPlainTextEdit, "serverEnvironment").toPlainText() == f"KEY={KEPT_VALUE}\nEMPTY="


def test_leaving_the_form_changes_nothing(bench: Bench) -> None:
    add(bench, MISSING)
    bench.waits_for_cards("missing")
    card = bench.cards["missing"]
    child(card, QPushButton, "changeServer").click()
    type_over(child(card, QLineEdit, "serverName"), "other")

    QTest.keyClick(child(card, QLineEdit, "serverName"), Qt.Key.Key_Escape)

    assert bench.page.window().focusWidget() is child(card, QPushButton, "changeServer")
    assert [it.name for it in bench.book.list()] == ["missing"]


def test_switching_on_and_off_at_once_leaves_it_as_it_was_switched_last(bench: Bench) -> None:
    add(bench, PRACTICE)
    bench.waits_for_cards("practice")

    for _ in range(4):
        bench.switch("practice")
    bench.page.servers.save_requested.emit(replace(MISSING, name="last"))

    bench.waits_for_cards("practice", "last")
    assert [it.is_enabled for it in bench.book.list()] == [False, False]


@pytest.mark.parametrize(("with_values", "written"), [(False, ""), (True, "sk-secret-1")])
def test_servers_are_exported_with_their_keys_only_where_that_was_chosen(
    bench: Bench, tmp_path: Path, *, with_values: bool, written: str
) -> None:
    add(bench, MISSING, "KEY=sk-secret-1")
    bench.waits_for_cards("missing")
    assert child(bench.page, QPushButton, "exportServersWithKeys").isVisible()
    file = tmp_path / "servers.json"

    bench.page.servers.export_chosen.emit(file, with_values)

    bench.waits_for_words("their keys as readable text" if with_values else "without the values")
    entry = {"command": "no-such-program-here", "args": [], "env": {"KEY": written}}
    assert json.loads(file.read_text()) == {"mcpServers": {"missing": entry}}
    assert not with_values or file.stat().st_mode & 0o077 == 0


def test_where_keys_are_kept_is_said(bench: Bench, safe: MemoryKeyring) -> None:
    bench.wiring.look()
    bench.waits_for_words("kept in the safe place")

    keyring.set_keyring(LockedKeyring())
    add(bench, MISSING, "KEY=sk-secret-1")
    bench.waits_for_words("(keyring) did not open: PhiDesk forgets")

    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    bench.wiring.look()
    bench.waits_for_words("This computer has no safe place")


def test_nothing_in_a_command_of_others_is_hidden(bench: Bench) -> None:
    card = ServerCard(bench.theme, "s1")
    bench.qtbot.addWidget(card)

    card.show_server(ToolServer("a\u202eb", ("npx", "x\u200b\nrm")), ServerState())

    assert card.title == "a⟨U+202E⟩b"
    assert child(card, QLabel, "serverCommand").text() == "npx x⟨U+200B⟩⟨U+000A⟩rm"


def test_there_is_nothing_to_export_without_servers(bench: Bench) -> None:
    buttons = [bench.page.findChild(QPushButton, name) for name in ("exportServers", "exportServersWithKeys")]

    assert [button.isHidden() for button in buttons if button is not None] == [True, True]


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

    assert not form(bench).isVisible()
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
