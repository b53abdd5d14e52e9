"""A tool in the window: asked about, answered, shown as a card, stopped. phi4-mini at the recorded daemon calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, Risk, ToolDefinition, ToolOutcome, ToolResult
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import OLLAMA
from phidesk.tools.tool import Arguments, Tool
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.tool_question_card import ToolQuestionCard
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_message import Card, CardState
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, Theme
from phidesk.ui.widgets.wrapped_label import WrappedLabel
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import Script, phi4_mini, pieces_of
from tests.ui.chat.test_conversation_page import Hand, MakePage, make_page
from tests.ui.chat.test_counting_page import hand, stored

__all__ = ["hand", "make_page"]

CALL = 'Let me look. <|tool_call|>[{"name":"get_weather","arguments":{"city":"Paris"}}]<|/tool_call|>'
ANSWER = "It is warm."


@pytest.fixture
def builtin_engine(gate: Gate) -> Iterator[OllamaEngine]:
    """The engine of the profile: Ollama instead of the built-in one."""
    scripts = (
        Script(pieces_of("No tool needed.")),
        Script(pieces_of(CALL), key="WEATHER"),
        Script(pieces_of(ANSWER), key="degrees"),
        Script(pieces_of("Then not."), key="not allow"),
    )
    with OllamaDaemon([replace(phi4_mini(), scripts=scripts)]) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        yield engine
        engine.close()


def look(_cancel: Cancellation) -> str:
    return '{"degrees": 20}'


@dataclass
class Weather:
    """A tool that looks something up."""

    risk: Risk = Risk.READING
    looks: Callable[[Cancellation], str] = look
    runs: list[Arguments] = field(default_factory=list)
    definition = ToolDefinition("get_weather", "Weather", '{"type":"object","properties":{"city":{"type":"string"}}}')

    def intent(self, arguments: Arguments) -> Intent:
        return Intent(self.risk, "/weather", (("folder", "/weather"), ("text", arguments["city"])))

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        self.runs.append(arguments)
        return self.looks(cancel)


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
def tools(weather: Weather) -> dict[str, Tool]:
    return {"get_weather": weather}


@pytest.fixture
def page(make_page: MakePage) -> ConversationPage:
    page = make_page()
    page.change_settings(replace(page.settings, engine=OLLAMA, model="phi4-mini:latest", window_tokens=4096))
    return page


def question(hand: Hand) -> ToolQuestionCard:
    return hand.find(ToolQuestionCard, "toolQuestion")


def asks_with_tool(hand: Hand) -> None:
    hand.asks("WEATHER please")
    hand.waits(question(hand).isVisible)


def allows(hand: Hand, allowance: str) -> None:
    QTest.mouseClick(hand.find(QPushButton, f"allow_{allowance}"), Qt.MouseButton.LeftButton)


def cards(hand: Hand) -> list[Card]:
    last = hand.page._body.transcript.view.content.messages[-1]
    return [inset.content for inset in last.insets if isinstance(inset.content, Card)]


def test_a_tool_that_looks_something_up_waits_for_the_person(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)

    assert weather.runs == []
    assert "get_weather" in question(hand).accessibleName()
    assert hand.find(QPlainTextEdit, "toolQuestionFacts").toPlainText() == "Folder: /weather\nText: Paris"
    assert [(card.title, card.summary, card.state) for card in cards(hand)] == [
        ("get_weather", "Paris", CardState.RUNNING)
    ]
    assert hand.field.hasFocus()


def test_allowed_it_runs_and_its_card_stands_where_it_was_called(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)

    allows(hand, "once")
    hand.waits(lambda: not hand.is_writing())

    (card,) = cards(hand)
    assert weather.runs == [{"city": "Paris"}]
    assert not question(hand).isVisible()
    assert hand.last_text() == f"Let me look. {ANSWER}"
    assert card.state is CardState.DONE
    assert '"degrees": 20' in card.details
    live = hand.page._body.transcript.view.content.messages[-1].insets
    conversation_id = stored_id(hand)
    hand.opens(None)
    hand.opens(conversation_id)
    assert hand.page._body.transcript.view.content.messages[-1].insets == live


def test_refused_it_does_not_run(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)

    allows(hand, "not_now")
    hand.waits(lambda: not hand.is_writing())

    assert weather.runs == []
    assert hand.last_text() == "Let me look. Then not."
    assert [card.state for card in cards(hand)] == [CardState.REFUSED]


def test_what_was_allowed_for_always_is_not_asked_about_again(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)
    allows(hand, "always")
    hand.waits(lambda: not hand.is_writing())

    hand.asks_and_is_answered("WEATHER again")

    assert len(weather.runs) == 2
    assert not question(hand).isVisible()


def test_for_a_change_only_this_once_is_offered(hand: Hand, weather: Weather) -> None:
    weather.risk = Risk.CHANGING
    asks_with_tool(hand)

    offered = [button.objectName() for button in question(hand).findChildren(QPushButton) if button.isVisible()]

    assert offered == ["allow_once", "allow_not_now", "allow_never"]


def test_stopping_takes_the_question_away(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)

    hand.page.stop()
    hand.waits(lambda: not hand.is_writing())

    assert weather.runs == []
    assert not question(hand).isVisible()
    assert [card.state for card in cards(hand)] == [CardState.STOPPED]
    assert stored(hand).messages[-1].parts[-1] == ToolResult('{"error": "Stopped by the user."}', ToolOutcome.STOPPED)


def test_a_tool_is_used_again_from_the_menu_and_the_old_answer_stays_beside(
    hand: Hand, weather: Weather, qtbot: QtBot
) -> None:
    asks_with_tool(hand)
    was_offered_while_it_waits = use_again(hand)
    allows(hand, "once")
    hand.waits(lambda: not hand.is_writing())
    weather.looks = lambda _cancel: '{"degrees": 30}'

    (entry,) = use_again(hand)
    assert entry.activate is not None
    entry.activate()
    hand.waits(question(hand).isVisible)
    allows(hand, "once")
    hand.waits(lambda: not hand.is_writing())

    (card,) = cards(hand)
    last = stored(hand).messages[-1]
    assert was_offered_while_it_waits == []
    assert entry.text == "Use again: get_weather · Paris"
    assert len(weather.runs) == 2
    assert '"degrees": 30' in card.details
    assert (last.version, last.version_count) == (2, 2)
    assert hand.last_text() == f"Let me look. {ANSWER}"


def use_again(hand: Hand) -> list[MenuEntry]:
    view = hand.page._body.transcript.view
    place = MenuPlace(key=view.content.messages[-1].key)
    entries = [entry for source in view.menu._sources for entry in source(place)]
    return [entry for entry in entries if entry.name.startswith("useAgain")]


def test_a_question_waits_in_its_own_conversation(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)
    asked_in = stored_id(hand)

    hand.opens(None)
    was_visible_elsewhere = question(hand).isVisible()
    hand.opens(asked_in)
    hand.waits(question(hand).isVisible)
    allows(hand, "once")
    hand.waits(lambda: not hand.is_writing())

    assert not was_visible_elsewhere
    assert len(weather.runs) == 1


def test_what_is_typed_never_answers_a_question(hand: Hand, weather: Weather) -> None:
    asks_with_tool(hand)

    QTest.keyClicks(hand.field, "yes ")
    QTest.keyClick(hand.field, Qt.Key.Key_Return)

    assert question(hand).isVisible()
    assert weather.runs == []


def stored_id(hand: Hand) -> str:
    assert hand.page.current_id is not None
    return hand.page.current_id


def test_buttons_hide_nothing_of_what_would_happen_however_large_the_text(
    hand: Hand, weather: Weather, theme: Theme, qtbot: QtBot
) -> None:
    theme.set_text_size_px(LARGEST_TEXT_PX)
    hand.page.resize(460, 740)
    weather.risk = Risk.CHANGING
    asks_with_tool(hand)
    facts = hand.find(QPlainTextEdit, "toolQuestionFacts")
    button = hand.find(QPushButton, "allow_once")

    def top_of_button() -> int:
        return button.mapTo(question(hand), QPoint(0, 0)).y()

    qtbot.waitUntil(lambda: top_of_button() > facts.geometry().bottom())
    labels = question(hand).findChildren(WrappedLabel)
    assert all(label.height() >= label.heightForWidth(label.width()) for label in labels if label.isVisible())
