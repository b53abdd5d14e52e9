"""The card for errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.notice_card import DETAILS_HEIGHT_PX, NoticeCard

NOTICE = Notice(
    sentence="Ollama is not running.",
    choices=((NoticeAction.CHOOSE_ENGINE, "Use another engine"),),
    hint="You can also start it now.",
    details="EngineUnreachable\n" + "address: 127.0.0.1\n" * 60,
)


@pytest.fixture
def card(theme: Theme, qtbot: QtBot) -> Iterator[NoticeCard]:
    """A card inside a page of usual width."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(640, 600)
    card = NoticeCard(theme, page)
    card.setFixedWidth(640)
    page.show()
    yield card
    page.close()


def button(card: NoticeCard, name: str) -> QPushButton:
    """Find a button of the card."""
    found = card.findChild(QPushButton, name)
    assert found is not None
    return found


def test_there_is_no_card_without_a_notice(card: NoticeCard) -> None:
    assert card.isHidden()
    assert card.notice is None


def test_it_asks_for_no_more_height_than_it_fills(card: NoticeCard) -> None:
    card.show_notice(NOTICE)

    needed = card.heightForWidth(card.width())

    assert card.minimumSizeHint().height() <= needed


def test_the_sentence_is_shown_and_said(card: NoticeCard) -> None:
    card.show_notice(NOTICE)

    sentence = card.findChild(QLabel, "noticeSentence")
    assert sentence is not None
    assert sentence.text() == NOTICE.sentence
    assert sentence.textFormat() is Qt.TextFormat.PlainText
    assert card.accessibleName() == NOTICE.sentence
    assert card.isVisible()


def test_the_button_asks_for_its_action(card: NoticeCard, qtbot: QtBot) -> None:
    card.show_notice(NOTICE)

    with qtbot.waitSignal(card.action_requested) as asked:
        QTest.keyClick(button(card, "noticeAction"), Qt.Key.Key_Space)

    assert asked.args == [NoticeAction.CHOOSE_ENGINE]


def test_a_notice_without_action_has_no_button(card: NoticeCard) -> None:
    card.show_notice(Notice(sentence="That is so."))

    assert button(card, "noticeAction").isHidden()
    assert button(card, "noticeDetailsToggle").isHidden()


def test_details_open_scroll_and_are_copied(card: NoticeCard) -> None:
    card.show_notice(NOTICE)
    details = card.findChild(QPlainTextEdit, "noticeDetails")
    assert details is not None
    assert details.isHidden()

    QTest.mouseClick(button(card, "noticeDetailsToggle"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(card, "noticeCopy"), Qt.MouseButton.LeftButton)

    assert details.isVisible()
    assert details.maximumHeight() == DETAILS_HEIGHT_PX
    assert details.verticalScrollBar().maximum() > 0
    assert QGuiApplication.clipboard().text() == NOTICE.details


def test_a_new_notice_closes_the_details_of_the_last(card: NoticeCard) -> None:
    card.show_notice(NOTICE)
    button(card, "noticeDetailsToggle").setChecked(True)

    card.show_notice(NOTICE)

    details = card.findChild(QPlainTextEdit, "noticeDetails")
    assert details is not None
    assert details.isHidden()


def test_buttons_stand_below_each_other_in_a_narrow_card(card: NoticeCard, qtbot: QtBot) -> None:
    card.show_notice(NOTICE)
    action, toggle = button(card, "noticeAction"), button(card, "noticeDetailsToggle")

    card.setFixedWidth(card.minimumSizeHint().width())

    qtbot.waitUntil(lambda: toggle.y() > action.y())
    assert action.geometry().right() < card.width()
    assert card.heightForWidth(card.width()) > card.heightForWidth(640)


def test_many_buttons_fill_lines_instead_of_a_column(card: NoticeCard, qtbot: QtBot) -> None:
    ways = (
        (NoticeAction.SUMMARISE, "Summarise the older part"),
        (NoticeAction.MORE_MEMORY, "More memory: +0.5 GB"),
        (NoticeAction.LET_OLDEST_GO, "Let the oldest go"),
        (NoticeAction.LINKED_CONVERSATION, "New conversation with a summary"),
    )

    card.show_notice(replace(NOTICE, choices=ways))
    names = ("noticeAction", "noticeOtherAction", "noticeThirdAction", "noticeFourthAction", "noticeDetailsToggle")
    shown = [button(card, name) for name in names]

    qtbot.waitUntil(lambda: len({one.y() for one in shown}) == 2)
    assert all(one.width() == one.sizeHint().width() for one in shown)


def test_clear_takes_the_card_away(card: NoticeCard) -> None:
    card.show_notice(NOTICE)

    card.clear()

    assert card.isHidden()
    assert card.notice is None


def test_every_button_is_reached_by_tab(card: NoticeCard) -> None:
    card.show_notice(NOTICE)

    for name in ("noticeAction", "noticeDetailsToggle", "noticeCopy"):
        assert button(card, name).focusPolicy() & Qt.FocusPolicy.TabFocus
