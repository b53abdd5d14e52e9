"""The details of a message in the page: opened by button, menu and key, with a real engine behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.details_sheet import DetailsSheet
from phidesk.ui.chat.message_actions import ActionKind
from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.widgets.icon_button import IconButton
from tests.ui.chat.conftest import Profile
from tests.ui.chat.test_acting import ActingHand
from tests.ui.chat.test_conversation_page import PRACTICE, PRACTICE_MODEL, make_page, page

__all__ = ["make_page", "page"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.


@pytest.fixture
def hand(page: ConversationPage, profile: Profile, english: None, qtbot: QtBot) -> ActingHand:
    """A conversation of one question and its answer, by the practice model."""
    page.change_settings(replace(PRACTICE, instructions="Answer in one word."))
    hand = ActingHand(page, profile, qtbot)
    hand.asks_and_is_answered("Hi")
    return hand


def sheet_of(hand: ActingHand) -> DetailsSheet:
    """Return the sheet, which was opened before."""
    return hand.find(DetailsSheet, "detailsSheet")


def test_a_key_shows_what_the_answer_took_and_escape_goes_back(hand: ActingHand) -> None:
    hand.focuses(1)

    hand.presses(Qt.Key.Key_I)

    outcome = hand.message(1).outcome
    assert outcome is not None
    assert outcome.pieces is not None
    assert outcome.pieces.total_tokens == outcome.usage.prompt_tokens
    sheet = sheet_of(hand)
    assert sheet.isVisible()
    assert f"({PRACTICE_MODEL})" in sheet.text
    assert f"Read: {outcome.usage.prompt_tokens} tokens" in sheet.text
    assert f"Instructions: {outcome.pieces.instructions} tokens" in sheet.text
    assert f"Answer: {outcome.usage.answer_tokens} tokens" in sheet.text
    hand.presses(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert hand.transcript.hasFocus()
    assert hand.transcript.keyboard_message == 1


def test_the_question_knows_its_tokens_from_its_answer(hand: ActingHand) -> None:
    hand.focuses(0)
    hand.waits(hand.toolbar.isVisible)

    hand.clicks(ActionKind.DETAILS)

    outcome = hand.message(1).outcome
    assert outcome is not None
    assert outcome.pieces is not None
    assert f"This message: {outcome.pieces.message} tokens" in sheet_of(hand).text


def test_a_question_without_an_answer_that_knows_is_counted_now(
    hand: ActingHand, profile: Profile, builtin_engine: BuiltinEngine
) -> None:
    model = next(model for model in builtin_engine.models() if model.name == PRACTICE_MODEL)
    hand.page.set_answering_model(model)
    outcome = hand.message(1).outcome
    assert outcome is not None
    assert outcome.pieces is not None
    profile.database.run(lambda connection: connection.execute("UPDATE messages SET facts = '[]'")).result()
    shown = hand.page.current_id
    hand.opens(None)
    hand.opens(shown)

    hand.focuses(0)
    hand.presses(Qt.Key.Key_I)

    hand.waits(lambda: "counted" not in sheet_of(hand).text)
    assert f"This message: {outcome.pieces.message} tokens" in sheet_of(hand).text


def test_the_menu_has_it_and_the_text_is_copied(hand: ActingHand) -> None:
    hand.transcript.menu.open(MenuPlace(message=1, key=hand.message(1).id), QPoint(0, 0))
    menu = hand.find(QMenu, "transcript_menu")

    next(entry for entry in menu.actions() if entry.objectName() == ActionKind.DETAILS.value).trigger()
    menu.close()
    QTest.mouseClick(hand.find(QPushButton, "copyDetails"), Qt.MouseButton.LeftButton)

    copied = QGuiApplication.clipboard().text()
    assert copied == sheet_of(hand).text
    assert copied.startswith("Details of the answer")


def test_the_button_goes_back_too(hand: ActingHand) -> None:
    hand.focuses(0)
    hand.presses(Qt.Key.Key_I)

    QTest.mouseClick(hand.find(IconButton, "closeDetails"), Qt.MouseButton.LeftButton)

    assert not sheet_of(hand).isVisible()


def test_what_is_being_written_has_no_details_yet(page: ConversationPage, profile: Profile, qtbot: QtBot) -> None:
    hand = ActingHand(page, profile, qtbot)
    hand.asks_for_a_story()

    hand.hovers(1)

    assert not hand.toolbar.button(ActionKind.DETAILS).isEnabled()
