"""The page with a real database and real tools: what is made there is kept, tried, brought back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.chat.tool_server_shelf import ToolServerShelf
from phidesk.core.conversation import ConversationSettings
from phidesk.core.hub import Hub
from phidesk.core.json_text import write_json
from phidesk.core.parts import TextPart
from phidesk.core.permissions import Allowance, LoggedCall
from phidesk.core.tasks import Cancellation, TaskRunner
from phidesk.core.tool_exchange import write_tools
from phidesk.core.tool_spec import AskAction, ProgramAction, TemplateAction, ToolSpec
from phidesk.core.tools import ToolDefinition, ToolOutcome
from phidesk.engine.address_fetch import AddressAnswer, AddressRequest
from phidesk.engine.protocol import TokenCount
from phidesk.processes.sandbox.limits import Enforced
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database, open_database
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.secrets import Secrets
from phidesk.storage.tool_records import ToolRecords
from phidesk.storage.tools import Tools
from phidesk.tools.ask_person import AskPerson
from phidesk.tools.toolbox import Means, call_tool, make_tool
from phidesk.ui.main_thread import MainThread
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.tool_card import ToolCard
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage
from phidesk.ui.tools.tools_wiring import ToolsWiring
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.notice_card import NoticeCard
from tests.processes.sandbox import start_loop
from tests.storage.saved_database import BEGINNING, Clock, count_ids
from tests.ui.tabbing import focused_widget
from tests.ui.tools.parts import child, choose, type_over

pytestmark = pytest.mark.usefixtures("english")
SCHEMA = write_json({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})
GREET = ToolSpec("greet-id", "greet", "Greets.", TemplateAction("Hello {name}"), SCHEMA)
CALCULATOR = ToolDefinition("calculator", "Calculates.")


@dataclass
class Bench:
    """The page and what is behind it. `open` shows it as a new start of the program does."""

    qtbot: QtBot
    theme: Theme
    database: Database
    tasks: TaskRunner
    hub: Hub
    tools: Tools
    records: ToolRecords
    opened: list[tuple[ToolsPage, ToolsWiring]] = field(default_factory=list)
    holds: threading.Event = field(default_factory=threading.Event)

    @property
    def page(self) -> ToolsPage:
        return self.opened[-1][0]

    def open(self) -> ToolsPage:
        servers = ToolServerBook(McpServers(self.database, Clock(), count_ids()), Secrets())
        shelf = ToolServerShelf(servers, start_loop, lambda: None)
        work = ToolWork(self.tools, self.records, (CALCULATOR,), self._try, self._cost, servers, shelf)
        page = ToolsPage(self.theme, work.builtin)
        self.qtbot.addWidget(page)
        self.opened.append((page, ToolsWiring(page, work, tasks=self.tasks, hub=self.hub)))
        page.resize(1000, 900)
        with self.qtbot.waitExposed(page):
            page.show()
        return page

    def close(self) -> None:
        page, wiring = self.opened[-1]
        wiring.close()
        page.hide()

    @property
    def cards(self) -> dict[str, ToolCard]:
        return {card.accessibleName(): card for card in self.page.findChildren(ToolCard) if not card.isHidden()}

    def waits_for_cards(self, *titles: str) -> None:
        self.qtbot.waitUntil(lambda: list(self.cards) == list(titles))

    def press(self, name: str, card: str = "") -> None:
        child(self.cards[card] if card else self.page, QPushButton, name).click()

    def waits_for_label(self, name: str, text: str) -> None:
        self.qtbot.waitUntil(
            lambda: any(text in it.text() for it in self.page.findChildren(QLabel, name) if not it.isHidden())
        )

    def waits_for_told(self, text: str) -> None:
        told = self.page.findChild(QFrame, "toolsTold") or self.page
        self.qtbot.waitUntil(lambda: any(text in label.text() for label in told.findChildren(QLabel)))

    @property
    def result(self) -> QPlainTextEdit:
        found = self.page.findChild(QPlainTextEdit, "trialResult")
        assert isinstance(found, QPlainTextEdit)
        return found

    @property
    def version_changes(self) -> list[str]:
        """What is different in an earlier version; nothing while there is none."""
        changes = self.page.findChild(QPlainTextEdit, "versionChanges")
        return changes.toPlainText().splitlines() if changes is not None and changes.isVisible() else []

    def _try(self, spec: ToolSpec, arguments: str, ask: AskPerson, cancel: Cancellation) -> str:
        return call_tool(make_tool(spec, Means(self._fetch, ask, start_loop, Enforced())), arguments, cancel)

    def _fetch(self, _request: AddressRequest, cancel: Cancellation) -> AddressAnswer:
        cancel.on_cancel(self.holds.set)
        self.holds.wait(10)
        cancel.check()
        return AddressAnswer(200, "text/plain", "came")

    def _cost(self, tool: ToolDefinition) -> TokenCount:
        return TokenCount(len(tool.name), is_exact=True)


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Bench]:
    main_thread = MainThread()
    hub = Hub(main_thread.post)
    with ThreadPoolExecutor(1) as worker, ThreadPoolExecutor(2) as pool:
        database = open_database(tmp_path / "phidesk.sqlite", worker)
        tools = Tools(database, Clock(), count_ids())
        records = ToolRecords(database, Clock(), count_ids())
        bench = Bench(qtbot, theme, database, TaskRunner(pool, main_thread.post), hub, tools, records)
        yield bench
        for _page, wiring in bench.opened:
            wiring.close()
        pool.shutdown()
        database.close()
    main_thread.close()


def test_a_tool_is_made_in_the_form_and_stands_in_the_list(bench: Bench) -> None:
    page = bench.open()
    bench.press("newTool")
    type_over(child(page, QLineEdit, "toolName"), "greet")
    child(page, QPlainTextEdit, "toolDescription").setPlainText("Greets.")
    bench.press("addInput")
    type_over(child(page, QLineEdit, "inputName"), "name")
    child(page, CheckLine, "inputRequired").click()
    child(page, QPlainTextEdit, "templateText").setPlainText("Hello {name}")

    bench.press("saveTool")

    bench.waits_for_label("toolSaved", "greet is saved.")
    (kept,) = bench.tools.list().result()
    assert (kept.name, kept.description, kept.does) == ("greet", "Greets.", GREET.does)
    assert json.loads(kept.parameters) == json.loads(SCHEMA)
    bench.press("toolsBack")
    bench.waits_for_cards("greet")
    bench.waits_for_label("toolFacts", "· 5 tokens")
    assert bench.tools.drafts().result() == {}


def test_a_half_typed_form_survives_the_end_of_the_program(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    json_edit = child(page, QPlainTextEdit, "toolJson")
    json_edit.selectAll()
    json_edit.insertPlainText('{"properties": {"half')
    bench.close()

    again = bench.open()

    bench.waits_for_cards("greet")
    bench.waits_for_label("toolUnsaved", "Changes are not saved yet.")
    bench.press("openTool", "greet")
    assert child(again, QPlainTextEdit, "toolJson").toPlainText() == '{"properties": {"half'
    assert child(again, QLineEdit, "inputName").text() == "name"
    assert bench.tools.list().result() == [GREET]


def test_a_new_tool_survives_half_typed_and_can_be_thrown_away_and_brought_back(bench: Bench) -> None:
    page = bench.open()
    bench.press("newTool")
    type_over(child(page, QLineEdit, "toolName"), "half")
    bench.press("toolsBack")
    bench.waits_for_cards("half")
    bench.waits_for_label("toolUnsaved", "Not saved yet")

    bench.press("deleteTool", "half")
    bench.waits_for_cards()
    bench.press("undoButton")

    bench.waits_for_cards("half")


def test_an_untouched_new_form_leaves_nothing(bench: Bench) -> None:
    page = bench.open()
    bench.press("newTool")
    QTest.keyClick(focused_widget(), Qt.Key.Key_Escape)

    assert not page.is_editing
    assert bench.tools.drafts().result() == {}
    assert focused_widget().objectName() == "newTool"


def test_discarded_changes_come_back_by_undo(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    type_over(child(page, QLineEdit, "toolName"), "other")

    bench.press("discardDraft")
    assert child(page, QLineEdit, "toolName").text() == "greet"
    bench.press("undoButton")

    assert child(page, QLineEdit, "toolName").text() == "other"
    bench.qtbot.waitUntil(lambda: "other" in bench.tools.drafts().result().get(GREET.id, ""))


def test_a_deleted_tool_comes_back_by_undo(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    bench.open()
    bench.waits_for_cards("greet")

    bench.press("deleteTool", "greet")
    bench.waits_for_cards()
    assert bench.page.rect().contains(bench.page.undo_bar.geometry())
    bench.press("undoButton")

    bench.waits_for_cards("greet")
    assert bench.tools.list().result() == [GREET]


def test_a_tool_is_switched_off_in_the_list(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    bench.open()
    bench.waits_for_cards("greet")

    child(bench.cards["greet"], CheckLine, "toolEnabled").click()

    bench.qtbot.waitUntil(lambda: not bench.tools.list().result()[0].is_enabled)


@pytest.mark.parametrize("name", ["taken", "calculator"])
def test_a_name_that_another_tool_has_is_refused(bench: Bench, name: str) -> None:
    bench.tools.save(GREET).result()
    bench.tools.save(ToolSpec("other", "taken", "", AskAction())).result()
    page = bench.open()
    bench.waits_for_cards("greet", "taken")
    bench.press("openTool", "greet")
    type_over(child(page, QLineEdit, "toolName"), name)

    bench.press("saveTool")

    bench.waits_for_label("noticeSentence", "Another tool has this name already.")
    assert [tool.name for tool in bench.tools.list().result()] == ["greet", "taken"]


def test_an_earlier_version_comes_into_the_form_and_can_be_saved(bench: Bench) -> None:
    first = ToolSpec("greet-id", "welcome", "", TemplateAction("Welcome"))
    bench.tools.save(first).result()
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    bench.qtbot.waitUntil(lambda: bench.version_changes != [])
    assert "− Name: welcome" in bench.version_changes
    assert "+ Name: greet" in bench.version_changes
    assert "  What happens: Fills a text" in bench.version_changes

    bench.press("restoreVersion")
    bench.press("saveTool")

    bench.waits_for_label("toolSaved", "welcome is saved.")
    assert bench.tools.list().result() == [first]
    assert page.editor.draft.spec == first
    bench.qtbot.waitUntil(lambda: len(bench.tools.versions("greet-id").result()) == 3)


def test_a_trial_shows_the_result(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    type_over(child(page, QLineEdit, "value:name"), "Ada")

    bench.press("runTrial")

    bench.qtbot.waitUntil(lambda: bench.result.toPlainText() == "Hello Ada")


def test_a_trial_without_a_required_input_shows_what_the_model_would_be_told(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")

    bench.press("runTrial")

    bench.qtbot.waitUntil(lambda: '"name" is missing' in bench.result.toPlainText())


def test_a_trial_that_asks_takes_what_the_person_types(bench: Bench) -> None:
    bench.tools.save(ToolSpec("ask", "ask", "", AskAction("What now?"))).result()
    page = bench.open()
    bench.waits_for_cards("ask")
    bench.press("openTool", "ask")
    bench.press("runTrial")
    bench.waits_for_label("trialQuestion", "What now?")
    answer = child(page, QLineEdit, "trialAnswer")
    assert focused_widget() is answer

    QTest.keyClicks(answer, "This")
    QTest.keyClick(answer, Qt.Key.Key_Return)

    bench.qtbot.waitUntil(lambda: bench.result.toPlainText() == "This")


@pytest.mark.parametrize("action", ["Asks an address", "Asks me"])
def test_a_trial_is_stopped(bench: Bench, action: str) -> None:
    page = bench.open()
    bench.press("newTool")
    choose(child(page, type(page.editor.action._kind), "actionKind"), action)
    if action == "Asks an address":
        type_over(child(page, QLineEdit, "addressUrl"), "http://box.local/")
    bench.press("runTrial")
    bench.waits_for_label("stateWords", "The tool runs…")

    bench.press("stopTrial")

    bench.waits_for_label("stateWords", "Stopped.")
    assert bench.result.isHidden()


def test_a_program_is_tried_with_its_limits(bench: Bench) -> None:
    bench.tools.save(ToolSpec("gone", "gone", "", ProgramAction(("/no/such/program",)))).result()
    bench.open()
    bench.waits_for_cards("gone")
    bench.press("openTool", "gone")

    bench.press("runTrial")

    bench.qtbot.waitUntil(lambda: "not on this computer" in bench.result.toPlainText())


@pytest.mark.qt_log_ignore("propagateSizeHints")  # a dialog without a screen
def test_tools_go_into_a_file_and_are_known_when_they_come_back(bench: Bench, tmp_path: Path) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    file = tmp_path / "tools.json"

    bench.press("exportTools")
    dialog = child(page, QFileDialog, "exportToolsDialog")
    dialog.fileSelected.emit(str(file))
    dialog.close()
    bench.waits_for_told("The tools are in tools.json.")
    page.import_chosen.emit(file)

    bench.waits_for_told("Everything in this file is here already.")


@pytest.mark.parametrize(
    ("answer", "cards", "told"),
    [
        ("Replace", ["greet", "other"], "2 tools were taken from the file."),
        ("Keep both", ["greet", "greet_2", "other"], "greet → greet_2"),
        ("Skip these", ["greet", "other"], "taken from the file."),
    ],
)
def test_the_person_says_what_becomes_of_names_that_are_here(
    bench: Bench, tmp_path: Path, answer: str, cards: list[str], told: str
) -> None:
    file = tmp_path / "tools.json"
    other = ToolSpec("", "other", "", AskAction())
    file.write_text(write_tools([replace(GREET, description="Greets warmly."), other]))
    bench.tools.save(GREET).result()
    page = bench.open()
    page.import_chosen.emit(file)
    bench.waits_for_label("noticeSentence", "These names are here already: greet.")

    next(button for button in page.findChildren(QPushButton) if button.text() == answer).click()

    bench.waits_for_told(told)
    bench.waits_for_cards(*cards)
    descriptions = [tool.description for tool in bench.tools.list().result() if tool.name == "greet"]
    assert descriptions == ["Greets warmly." if answer == "Replace" else "Greets."]


def test_what_replaces_a_tool_that_is_off_stays_off(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text(write_tools([replace(GREET, description="Greets warmly.")]))
    bench.tools.save(replace(GREET, is_enabled=False)).result()
    page = bench.open()
    page.import_chosen.emit(file)
    bench.waits_for_label("noticeSentence", "These names are here already")

    bench.press("noticeAction")

    bench.waits_for_told("taken from the file.")
    (kept,) = bench.tools.list().result()
    assert (kept.description, kept.is_enabled) == ("Greets warmly.", False)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"[]", "There are no tools in this file."), (b"{,}", "This file is not JSON."), (b"\xff\xfe", "cannot be read")],
)
def test_a_file_without_tools_is_told(bench: Bench, tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "tools.json"
    file.write_bytes(content)
    page = bench.open()

    page.import_chosen.emit(file)

    bench.waits_for_label("noticeSentence", sentence)
    assert not child(page, NoticeCard, "noticeCard").isHidden()


def test_an_imported_program_is_off_and_keeps_clear_of_our_own_names(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    does = {"kind": "program", "command": ["rm"], "folder": "", "time_limit_s": 5}
    file.write_text(json.dumps([{"name": "calculator", "phidesk": {"does": does}}]))
    page = bench.open()

    page.import_chosen.emit(file)

    bench.waits_for_cards("calculator_2")
    bench.waits_for_told("are off until you have looked at them")
    assert not bench.tools.list().result()[0].is_enabled


def test_what_comes_with_the_program_is_listed(bench: Bench) -> None:
    page = bench.open()

    assert child(page, QLabel, "builtinName").text() == "Calculator"


def test_a_version_that_was_not_meant_goes_back_without_a_trace(bench: Bench) -> None:
    bench.tools.save(ToolSpec("greet-id", "welcome", "", TemplateAction("Welcome"))).result()
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    bench.qtbot.waitUntil(lambda: bench.version_changes != [])
    bench.press("restoreVersion")

    bench.press("undoButton")

    assert page.editor.draft.spec == GREET
    bench.qtbot.waitUntil(lambda: bench.tools.drafts().result() == {})


def test_what_was_allowed_is_listed_and_can_be_taken_back(bench: Bench) -> None:
    bench.records.remember("read_file", "/home/ada/letters", Allowance.ALWAYS).result()
    bench.records.remember("write_note", "", Allowance.NEVER).result()
    page = bench.open()
    bench.waits_for_label("permissionWords", "Read a file always: /home/ada/letters")
    bench.waits_for_label("permissionWords", "Write a note never")

    child(page, QPushButton, "revokePermission", 0).click()

    bench.qtbot.waitUntil(lambda: len(page.findChildren(QPushButton, "revokePermission")) == 1)
    assert [it.tool for it in bench.records.permissions().result()] == ["read_file"]


def test_what_tools_did_is_listed_and_can_be_forgotten(bench: Bench) -> None:
    conversations = Conversations(bench.database, Clock(), count_ids())
    asked = conversations.ask((TextPart("?"),), conversation_id=None, settings=ConversationSettings()).result()
    call = LoggedCall(
        BEGINNING,
        asked.conversation.id,
        "calculator",
        '{"expression":"1+1"}',
        "",
        '{"result":"2"}',
        ToolOutcome.DONE,
        3.0,
    )
    bench.records.log(call).result()
    page = bench.open()
    bench.waits_for_label("callWords", "Calculator · done")
    bench.waits_for_label("callContent", '{"expression":"1+1"} → {"result":"2"}')

    child(page, QPushButton, "clearToolLog").click()

    bench.waits_for_label("noCalls", "No tool was used yet.")
    assert bench.records.logged().result() == []


def test_the_switch_of_a_half_changed_tool_is_that_of_the_saved_one(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    child(page, QPlainTextEdit, "toolDescription").setPlainText("Changed.")
    bench.press("toolsBack")
    bench.waits_for_label("toolUnsaved", "Changes are not saved yet.")
    switch = child(bench.cards["greet"], CheckLine, "toolEnabled")

    switch.click()

    bench.qtbot.waitUntil(lambda: not bench.tools.list().result()[0].is_enabled)
    bench.close()
    bench.open()
    bench.waits_for_cards("greet")
    assert not child(bench.cards["greet"], CheckLine, "toolEnabled").isChecked()


def test_a_tool_has_an_icon_that_its_card_shows(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    usual = icon_of(bench.cards["greet"])
    bench.press("openTool", "greet")

    choose(child(page, QToolButton, "toolIcon"), "Hand")
    bench.press("saveTool")

    bench.waits_for_label("toolSaved", "greet is saved.")
    assert bench.tools.list().result() == [replace(GREET, icon="hand")]
    page.show_list()
    bench.qtbot.waitUntil(lambda: icon_of(bench.cards["greet"]) != usual)


def icon_of(card: ToolCard) -> QImage:
    return child(card, QLabel, "toolIcon").pixmap().toImage()


def test_inputs_that_a_function_replaced_come_back_by_undo(bench: Bench) -> None:
    bench.tools.save(GREET).result()
    page = bench.open()
    bench.waits_for_cards("greet")
    bench.press("openTool", "greet")
    type_over(child(page, QLineEdit, "value:name"), "Ada")
    bench.press("runTrial")
    bench.qtbot.waitUntil(bench.result.isVisible)

    choose(child(page, QToolButton, "actionKind"), "A function of PhiDesk")
    assert page.editor.draft.inputs.fields == ()
    assert not bench.result.isVisible()
    bench.press("undoButton")

    assert page.editor.draft.spec == GREET
    bench.qtbot.waitUntil(lambda: bench.tools.drafts().result() == {})
