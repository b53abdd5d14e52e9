"""The section joined with a real list of servers, a real keyring and real servers: wishes become work, facts are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.paths import find_paths
from phidesk.profile import Profile
from phidesk.services import Services
from phidesk.storage.secrets import SERVICE
from phidesk.ui.main_thread import MainThread
from phidesk.ui.servers.server_card import ServerCard
from phidesk.ui.servers.servers_section import ServersSection
from phidesk.ui.servers.servers_wiring import ServersWiring
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine, StateTone
from tests.fakes.keyrings import LockedKeyring, MemoryKeyring, memory_keyring
from tests.fakes.openai_dialects import KEY, STRICT_PROXY, VLLM, DialectServer, dialect_server
from tests.fakes.openai_server import Reply, scripted_server

pytestmark = pytest.mark.usefixtures("english")
NOBODY = "http://127.0.0.1:9"
PATIENCE_MS = 20_000


@dataclass
class Bench:
    """The section and everything behind it."""

    qtbot: QtBot
    section: ServersSection
    wiring: ServersWiring
    services: Services
    profile: Profile
    memory: MemoryKeyring
    page: QScrollArea

    def waits(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def field(self, name: str, parent: QWidget | None = None) -> QLineEdit:
        (found,) = (parent or self.section).findChildren(QLineEdit, name)
        return found

    def press(self, name: str, parent: QWidget | None = None) -> None:
        (button,) = (parent or self.section).findChildren(QPushButton, name)
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def focus(self) -> QWidget:
        return self.page.window().focusWidget()

    @property
    def cards(self) -> list[ServerCard]:
        return [card for card in self.section.findChildren(ServerCard) if not card.isHidden()]

    def add(self, address: str, key: str = "") -> ServerCard:
        known = len(self.cards)
        self.field("newServerAddress").setText(address)
        self.field("newServerKey").setText(key)
        self.press("addServer")
        self.waits(lambda: len(self.cards) == known + 1)
        return self.cards[-1]

    def tone(self, card: ServerCard) -> StateTone | None:
        (state,) = card.findChildren(StateLine, "serverState")
        return None if state.isHidden() else state.tone

    def sentence(self, card: QWidget) -> str:
        (notice,) = card.findChildren(NoticeCard)
        return notice.notice.sentence if notice.notice is not None else ""


def words(parent: QWidget, name: str) -> str:
    (label,) = parent.findChildren(QLabel, name)
    return "" if label.isHidden() else label.text()


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, tmp_path: Path, memory: MemoryKeyring) -> Iterator[Bench]:
    environment = {"PHIDESK_HOME": str(tmp_path), "OLLAMA_HOST": NOBODY, "PHIDESK_OLLAMA": "none"}
    main_thread = MainThread()
    with Services(find_paths(environment), environment, main_thread.post) as services:
        services.on_close(main_thread.close)
        profile = services.open_profile()
        section = ServersSection(theme)
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setWidget(section)
        qtbot.addWidget(page)
        wiring = ServersWiring(section, profile.servers, tasks=services.tasks, hub=services.hub)
        page.resize(700, 900)
        page.show()
        yield Bench(qtbot, section, wiring, services, profile, memory, page)
        wiring.close()


@pytest.fixture
def server() -> Iterator[DialectServer]:
    with dialect_server(VLLM, key=KEY) as server:
        yield server


def test_an_added_server_is_tested_at_once_and_says_what_it_is(bench: Bench, server: DialectServer) -> None:
    card = bench.add(server.address, KEY)

    bench.waits(lambda: bench.tone(card) is StateTone.READY)
    assert words(card, "stateWords") == "It answers · 1 model · memory of a conversation (context) 2,048 · needs a key"
    assert words(card, "serverKeyPlace") == "The key is in the safe place of this computer (keyring)."
    assert (bench.field("newServerAddress").text(), bench.field("newServerKey").text()) == ("", "")


def test_what_a_server_does_not_tell_is_left_out(bench: Bench) -> None:
    with dialect_server(STRICT_PROXY) as server:
        card = bench.add(server.address)

        bench.waits(lambda: bench.tone(card) is StateTone.READY)
    assert words(card, "stateWords") == "It answers · 1 model · needs no key"
    assert words(card, "serverKeyPlace") == ""


def test_a_missing_key_is_asked_for_where_it_is_missed(bench: Bench, server: DialectServer) -> None:
    card = bench.add(server.address)
    bench.waits(lambda: "wants a valid key" in bench.sentence(card))

    bench.press("noticeAction", card)
    QTest.keyClicks(bench.field("serverKey", card), KEY)
    bench.press("serverKeyTake", card)

    bench.waits(lambda: bench.tone(card) is StateTone.READY)
    assert bench.memory.passwords == {(SERVICE, server.address): KEY}


def test_a_key_is_never_shown_again(bench: Bench, server: DialectServer) -> None:
    card = bench.add(server.address, KEY)
    bench.waits(lambda: bench.tone(card) is StateTone.READY)

    bench.press("enterKey", card)

    fields = bench.section.findChildren(QLineEdit)
    assert all(KEY not in field.text() + field.placeholderText() for field in fields)
    secret = [bench.field("newServerKey"), bench.field("serverKey", card)]
    assert {field.echoMode() for field in secret} == {QLineEdit.EchoMode.Password}
    assert all(KEY not in label.text() for label in bench.section.findChildren(QLabel))


def test_leaving_the_field_keeps_the_key_as_it_was(bench: Bench, server: DialectServer) -> None:
    card = bench.add(server.address, KEY)
    bench.press("enterKey", card)
    field = bench.field("serverKey", card)
    QTest.keyClicks(field, "half a ke")

    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert field.isHidden() or not field.isVisible()
    assert field.text() == ""
    assert bench.memory.passwords == {(SERVICE, server.address): KEY}


def test_a_server_that_does_not_answer_can_be_tested_again(bench: Bench) -> None:
    card = bench.add(NOBODY)
    bench.waits(lambda: "does not answer" in bench.sentence(card))

    bench.press("noticeAction", card)

    bench.waits(lambda: bench.tone(card) is None and bool(bench.sentence(card)))
    assert bench.cards == [card]


def test_testing_does_not_take_the_focus_away(bench: Bench) -> None:
    with scripted_server() as silent:
        silent.replies["/v1/models"] = Reply([None])
        card = bench.add(silent.address)
        bench.waits(silent.waiting.is_set)
        (test,) = card.findChildren(QPushButton, "testServer")
        test.setFocus()

        bench.press("testServer", card)

        assert bench.tone(card) is StateTone.WAITING
        assert test.hasFocus()
        assert len(silent.received) == 1
        silent.closing.set()
        bench.waits(lambda: bench.tone(card) is not StateTone.WAITING)


@pytest.mark.parametrize("opening", ["enterKey", "renameServer", "removeServer"])
def test_nothing_that_opens_and_closes_in_a_card_moves_the_page_or_loses_the_keyboard(
    bench: Bench, opening: str
) -> None:
    closing = {"enterKey": "serverKeyLeave", "renameServer": "serverNameLeave", "removeServer": "keepServer"}[opening]
    card, *_ = [bench.add(f"http://127.0.0.1:{port}") for port in (9, 10, 11)]
    bench.waits(lambda: all(bench.sentence(card) for card in bench.cards))
    bench.page.resize(700, 300)
    bench.page.ensureWidgetVisible(card)
    (button,) = card.findChildren(QPushButton, opening)
    button.setFocus()
    before = bench.page.verticalScrollBar().value()

    bench.press(opening, card)
    opened = bench.focus
    bench.press(closing, card)

    assert card.isAncestorOf(opened)
    assert bench.focus.objectName() in {"testServer", "removeServer"}
    assert bench.page.verticalScrollBar().value() == before


def test_testing_again_moves_neither_the_page_nor_the_keyboard_out_of_the_card(bench: Bench) -> None:
    card, *_ = [bench.add(f"http://127.0.0.1:{port}") for port in (9, 10, 11)]
    bench.waits(lambda: all(bench.sentence(card) for card in bench.cards))
    bench.page.resize(700, 300)
    bench.page.ensureWidgetVisible(card)
    (again,) = card.findChildren(QPushButton, "noticeAction")
    again.setFocus()
    before = bench.page.verticalScrollBar().value()

    bench.press("noticeAction", card)
    bench.waits(lambda: bool(bench.sentence(card)))

    assert card.isAncestorOf(bench.focus)
    assert bench.page.verticalScrollBar().value() == before


def test_after_removing_the_keyboard_is_where_one_adds(bench: Bench) -> None:
    card = bench.add(NOBODY)
    bench.press("removeServer", card)

    bench.press("removeNow", card)
    bench.waits(lambda: not bench.cards)

    assert bench.focus.objectName() == "newServerAddress"


def test_what_is_no_address_is_told_and_stays_typed(bench: Bench) -> None:
    bench.field("newServerAddress").setText("ftp://box")
    bench.press("addServer")

    (form,) = bench.section.findChildren(QWidget, "serverForm")
    bench.waits(lambda: bench.sentence(form) == "This is not the address of a server.")
    assert bench.field("newServerAddress").text() == "ftp://box"
    bench.field("newServerAddress").setText(NOBODY)
    bench.press("noticeAction", form)
    bench.waits(lambda: len(bench.cards) == 1)


@pytest.mark.parametrize(
    ("address", "warns"),
    [("models.example", True), ("https://models.example", False), ("192.168.1.5:8000", False), ("http://[", False)],
)
def test_plain_http_through_the_internet_warns_before_anything_is_sent(bench: Bench, address: str, warns: bool) -> None:
    QTest.keyClicks(bench.field("newServerAddress"), address)

    assert bool(words(bench.section, "newServerWarning")) is warns
    assert bench.services.gate.connections == []


def test_the_warning_stays_with_the_server(bench: Bench) -> None:
    server, _ = bench.profile.servers.add("http://models.invalid")
    bench.waits(lambda: len(bench.cards) == 1)

    assert "not encrypted" in words(bench.cards[0], "serverWarning")
    assert bench.cards[0].server == server


def test_a_server_is_renamed(bench: Bench) -> None:
    bench.profile.servers.add(NOBODY)
    bench.waits(lambda: len(bench.cards) == 1)
    card = bench.cards[0]
    assert card.title == "127.0.0.1:9"

    bench.press("renameServer", card)
    QTest.keyClicks(bench.field("serverName", card), "The attic")
    QTest.keyClick(bench.field("serverName", card), Qt.Key.Key_Return)

    bench.waits(lambda: card.title == "The attic")
    assert [server.name for server in bench.profile.servers.list()] == ["The attic"]


def test_removing_asks_once_more_in_place(bench: Bench) -> None:
    bench.profile.servers.add(NOBODY, key=KEY)
    bench.waits(lambda: len(bench.cards) == 1)
    card = bench.cards[0]

    bench.press("removeServer", card)
    bench.press("keepServer", card)
    assert len(bench.profile.servers.list()) == 1
    bench.press("removeServer", card)
    bench.press("removeNow", card)

    bench.waits(lambda: bench.cards == [])
    assert bench.profile.servers.list() == []
    assert bench.memory.passwords == {}


def test_without_a_keyring_it_is_said_that_the_key_will_be_forgotten(bench: Bench, server: DialectServer) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]

    card = bench.add(server.address, KEY)

    bench.waits(lambda: bench.tone(card) is StateTone.READY)
    assert "forgets the key" in words(card, "serverKeyPlace")


def test_a_key_that_stays_in_a_closed_keyring_is_told(bench: Bench) -> None:
    bench.profile.servers.add(NOBODY, key=KEY)
    bench.waits(lambda: len(bench.cards) == 1)
    keyring.set_keyring(LockedKeyring())

    bench.press("removeServer", bench.cards[0])
    bench.press("removeNow", bench.cards[0])

    (form,) = bench.section.findChildren(QWidget, "serverForm")
    bench.waits(lambda: bench.cards == [] and bool(bench.sentence(form)))


def test_a_card_elsewhere_leads_to_the_field_of_the_key(bench: Bench) -> None:
    bench.profile.servers.add(NOBODY)
    bench.waits(lambda: len(bench.cards) == 1)

    bench.wiring.enter_key(f"{NOBODY}/v1")

    bench.waits(lambda: len(bench.cards) == 1 and bench.field("serverKey", bench.cards[0]).isVisible())


def test_a_server_that_is_not_in_the_list_is_to_be_added_with_its_key(bench: Bench) -> None:
    bench.wiring.enter_key(NOBODY)

    bench.waits(lambda: bench.field("newServerAddress").text() == NOBODY)
