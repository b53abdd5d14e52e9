"""The calculator stands ready where what is typed has sums in it, quietly, and goes along when it is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton

from phidesk.core.model_info import ModelInfo
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.standby_line import StandbyLine
from tests.ui.chat.test_conversation_page import Hand, MakePage, make_page
from tests.ui.chat.test_counting_page import hand, stored

__all__ = ["hand", "make_page"]

SUMS = "What is 15 % of 240?"


@pytest.fixture
def page(make_page: MakePage, scripted_model: ModelInfo) -> ConversationPage:
    page = make_page()
    page.change_settings(replace(page.settings, engine=BUILTIN, model="scripted", window_tokens=2048))
    page.set_answering_model(scripted_model)
    return page


def line(hand: Hand) -> StandbyLine:
    return hand.find(StandbyLine, "standbyLine")


def types(hand: Hand, text: str) -> None:
    QTest.keyClicks(hand.field, text)


def presses(hand: Hand, name: str) -> None:
    QTest.mouseClick(hand.find(QPushButton, name), Qt.MouseButton.LeftButton)


def test_it_stands_ready_for_sums_and_goes_along(hand: Hand) -> None:
    types(hand, SUMS)
    hand.waits(line(hand).isVisible)
    assert hand.field.hasFocus()

    QTest.keyClick(hand.field, Qt.Key.Key_Return)
    hand.waits(lambda: hand.page.current_id is not None and not hand.is_writing())

    assert stored(hand).settings.tools == {"calculator"}
    assert not line(hand).isVisible()


def test_who_sends_at_once_gets_it_too(hand: Hand) -> None:
    types(hand, SUMS)
    assert not line(hand).isVisible()

    QTest.keyClick(hand.field, Qt.Key.Key_Return)
    hand.waits(lambda: hand.page.current_id is not None and not hand.is_writing())

    assert stored(hand).settings.tools == {"calculator"}


def test_it_does_not_go_along_with_what_was_changed_since(hand: Hand) -> None:
    types(hand, SUMS)
    hand.waits(line(hand).isVisible)

    hand.field.selectAll()
    types(hand, "Tell me a story")
    QTest.keyClick(hand.field, Qt.Key.Key_Return)
    hand.waits(lambda: hand.page.current_id is not None and not hand.is_writing())

    assert stored(hand).settings.tools == set()
    assert not line(hand).isVisible()


def test_other_text_is_left_alone(hand: Hand, page: ConversationPage) -> None:
    types(hand, SUMS)
    hand.waits(line(hand).isVisible)

    hand.field.selectAll()
    types(hand, "Tell me a story about a dog")

    hand.waits(lambda: not line(hand).isVisible())


def test_declined_it_goes_and_comes_with_the_next_question(hand: Hand) -> None:
    types(hand, SUMS)
    hand.waits(line(hand).isVisible)

    presses(hand, "standbyDecline")
    types(hand, " And 20 % of 80?")
    QTest.keyClick(hand.field, Qt.Key.Key_Return)
    hand.waits(lambda: hand.page.current_id is not None and not hand.is_writing())
    sent_with = stored(hand).settings.tools
    types(hand, SUMS)

    hand.waits(line(hand).isVisible)
    assert sent_with == frozenset()


def test_switched_off_it_never_comes(hand: Hand) -> None:
    types(hand, SUMS)
    hand.waits(line(hand).isVisible)
    switched_off = QSignalSpy(hand.page.calculator_switched_off)

    presses(hand, "standbyOff")

    assert switched_off.count() == 1
    assert not hand.page._standby.is_on
    assert not line(hand).isVisible()


def test_a_conversation_that_has_it_is_offered_nothing(hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, tools=frozenset({"calculator"})))
    looked = QSignalSpy(hand.page._standby._timer.timeout)

    types(hand, SUMS)

    assert not hand.page._standby._timer.isActive()
    assert looked.count() == 0
