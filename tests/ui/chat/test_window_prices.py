"""The panel's windows, with a real engine that looks, loads and frees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.memory_outlook import MemoryOutlook
from phidesk.core.context import OFFERED_WINDOWS
from phidesk.core.errors import EngineMissing
from phidesk.core.model_info import CachePrecision, ModelInfo
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.window_chooser import WindowChooser
from phidesk.ui.chat.window_prices import WindowPrices
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.menu_button import MenuButton
from tests.ui.chat.conftest import Profile
from tests.ui.chat.test_conversation_page import PRACTICE_MODEL, Hand, MakePage, make_page
from tests.ui.chat.test_counting_page import hand
from tests.ui.chat.test_window_chooser import free_button, slider

__all__ = ["hand", "make_page"]

Unload = Callable[[ModelInfo], None]


class MakePrices(Protocol):
    """Makes one, for what frees the memory."""

    def __call__(self, unload: Unload, check: Callable[[], None] = ...) -> WindowPrices: ...


@pytest.fixture
def page(make_page: MakePage) -> ConversationPage:
    page = make_page()
    page.change_settings(replace(page.settings, engine=BUILTIN, model=PRACTICE_MODEL, answer_limit_tokens=4))
    return page


@pytest.fixture
def chooser(theme: Theme, english: None, qtbot: QtBot) -> Iterator[WindowChooser]:
    host = QWidget()
    qtbot.addWidget(host)
    yield WindowChooser(theme, host)
    host.close()


@pytest.fixture
def kept() -> list[CachePrecision]:
    """What was chosen for the cache, in this order."""
    return []


@pytest.fixture
def make_prices(
    chooser: WindowChooser,
    page: ConversationPage,
    profile: Profile,
    practice_model: ModelInfo,
    kept: list[CachePrecision],
) -> MakePrices:
    """Make one whose panel is shown and whose model is the practice model; `check` may refuse a look."""

    def look(report: EngineReport, check: Callable[[], None]) -> MemoryOutlook | None:
        check()
        return profile.service.look_at_memory(report, CachePrecision.F16)

    def make(unload: Unload, check: Callable[[], None] = lambda: None) -> WindowPrices:
        prices = WindowPrices(
            chooser,
            page,
            look=lambda report: look(report, check),
            unload=unload,
            keep_precisely=kept.append,
            tasks=profile.runner,
        )
        prices.set_panel_shown(True)
        prices.show_report(EngineReport(BUILTIN, practice_model))
        return prices

    return make


def _problem(chooser: WindowChooser) -> QLabel:
    problem = chooser.findChild(QLabel, "memoryProblem")
    assert problem is not None
    return problem


def test_a_chosen_window_is_the_conversations(make_prices: MakePrices, chooser: WindowChooser, hand: Hand) -> None:
    make_prices(_keep)
    hand.waits(lambda: not chooser.isHidden())

    slider(chooser).setValue(slider(chooser).minimum())

    assert hand.page.settings.window_tokens == min(OFFERED_WINDOWS)


def test_memory_that_an_answer_took_can_be_freed(
    make_prices: MakePrices, chooser: WindowChooser, hand: Hand, builtin_engine: BuiltinEngine
) -> None:
    make_prices(builtin_engine.unload)
    hand.asks_and_is_answered("Hi")
    hand.waits(lambda: not free_button(chooser).isHidden())

    free_button(chooser).click()

    hand.waits(lambda: free_button(chooser).isHidden())
    assert builtin_engine.loaded() == []


def test_freeing_that_fails_says_why_and_can_be_tried_again(
    make_prices: MakePrices, chooser: WindowChooser, hand: Hand
) -> None:
    make_prices(_refuse)
    hand.asks_and_is_answered("Hi")
    hand.waits(lambda: not free_button(chooser).isHidden())

    free_button(chooser).click()

    hand.waits(lambda: not _problem(chooser).isHidden())
    assert _problem(chooser).text()
    assert not free_button(chooser).isHidden()


def test_a_larger_window_that_is_offered_says_what_it_does(make_prices: MakePrices, hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, window_tokens=256))
    make_prices(_keep)

    hand.asks("one two three four five six seven " * 40)
    hand.waits(hand.card.isVisible)

    hint = hand.find(QLabel, "noticeHint")
    hand.waits(lambda: "With more memory: Fits into the computer's memory." in hint.text())
    assert "Nothing was sent." in hint.text()


def test_how_exactly_the_cache_is_kept_is_chosen(
    make_prices: MakePrices, chooser: WindowChooser, hand: Hand, kept: list[CachePrecision]
) -> None:
    make_prices(_keep)
    button = chooser.findChild(MenuButton, "cachePrecision")
    assert button is not None
    hand.waits(lambda: not chooser.isHidden())
    assert button.text() == "Kept exactly (f16)"

    button.menu().actions()[1].trigger()

    hand.waits(lambda: kept == [CachePrecision.Q8_0])


def test_a_price_that_nobody_knows_leaves_the_panel_as_it_is(
    make_prices: MakePrices, chooser: WindowChooser, hand: Hand
) -> None:
    looks: list[str] = []

    def check() -> None:
        looks.append("look")
        if len(looks) > 1:
            raise EngineMissing(engine=BUILTIN)

    make_prices(_keep, check)
    hand.waits(lambda: not chooser.isHidden())

    hand.page.price_wanted.emit(4096)
    hand.waits(lambda: len(looks) == 2)
    hand.profile.runner.run(lambda: None, done=lambda _nothing: looks.append("told"))
    hand.waits(lambda: "told" in looks)

    assert not chooser.isHidden()


def _keep(_model: ModelInfo) -> None:
    """Free nothing."""


def _refuse(model: ModelInfo) -> None:
    raise EngineMissing(engine=model.engine)
