"""A conversation that no longer fits: what can be done, what is done without asking, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Overflow
from phidesk.core.parts import ThinkingPart
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.overflow_chooser import OverflowChooser
from phidesk.ui.chat.transcript_message import Card
from phidesk.ui.notices import NoticeAction
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.menu_button import MenuButton
from tests.ui.chat.test_conversation_page import Hand, MakePage, make_page
from tests.ui.chat.test_counting_page import hand, stored

__all__ = ["hand", "make_page"]

WINDOW = 1024
LONG = "one two three four five " * 12
"""288 tokens for the scripted model, one for each character: two turns fit, three do not."""


@pytest.fixture
def page(make_page: MakePage) -> ConversationPage:
    page = make_page()
    page.change_settings(replace(page.settings, engine=BUILTIN, model="scripted", window_tokens=WINDOW))
    return page


def fill(hand: Hand) -> None:
    """Ask until it is too much."""
    hand.asks_and_is_answered(LONG)
    hand.asks_and_is_answered(LONG)
    hand.asks(LONG)
    hand.waits(hand.card.isVisible)


def _is_answered(hand: Hand) -> bool:
    return not hand.is_writing() and hand.card.isHidden() and bool(stored(hand).messages[-1].text)


def test_every_way_out_is_offered_and_nothing_was_sent(hand: Hand) -> None:
    fill(hand)

    assert hand.card.notice is not None
    assert [action for action, _ in hand.card.notice.choices] == [
        NoticeAction.SUMMARISE,
        NoticeAction.MORE_MEMORY,
        NoticeAction.LET_OLDEST_GO,
        NoticeAction.LINKED_CONVERSATION,
    ]
    assert hand.find(QCheckBox, "noticeAlways").isVisible()


def test_the_waiting_question_is_asked_after_the_summary(hand: Hand) -> None:
    fill(hand)
    waiting = stored(hand).messages[-2].text

    hand.chooses(NoticeAction.SUMMARISE)
    hand.waits(lambda: _is_answered(hand) and not stored(hand).messages[-1].is_summary)

    messages = stored(hand).messages
    assert messages[-2].text == waiting
    assert messages[-3].is_standing_summary


@pytest.mark.parametrize(
    ("action", "overflow"),
    [
        (NoticeAction.SUMMARISE, Overflow.SUMMARISE),
        (NoticeAction.MORE_MEMORY, Overflow.MORE_MEMORY),
        (NoticeAction.LET_OLDEST_GO, Overflow.LET_OLDEST_GO),
    ],
)
def test_what_shall_always_be_done_is_not_asked_again(hand: Hand, action: NoticeAction, overflow: Overflow) -> None:
    fill(hand)

    hand.find(QCheckBox, "noticeAlways").setChecked(True)
    hand.chooses(action)
    hand.waits(lambda: _is_answered(hand) and not stored(hand).messages[-1].is_summary)

    assert stored(hand).settings.overflow is overflow


def test_a_conversation_that_summarises_by_itself_goes_on_by_itself(hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, overflow=Overflow.SUMMARISE))
    hand.asks_and_is_answered(LONG)
    hand.asks_and_is_answered(LONG)

    hand.asks(LONG)
    hand.waits(lambda: _is_answered(hand) and any(it.is_standing_summary for it in stored(hand).messages))

    assert stored(hand).messages[-1].outcome is not None
    assert stored(hand).messages[-2].text.strip() == LONG.strip()


def test_a_conversation_that_takes_more_memory_by_itself_has_it(hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, overflow=Overflow.MORE_MEMORY))
    hand.asks_and_is_answered(LONG)
    hand.asks_and_is_answered(LONG)

    hand.asks(LONG)
    hand.waits(lambda: len(stored(hand).messages) == 6 and _is_answered(hand))

    assert (stored(hand).settings.window_tokens or 0) > WINDOW


def test_a_message_that_is_too_long_alone_is_asked_about_whatever_is_usual(hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, overflow=Overflow.SUMMARISE))

    hand.asks(LONG * 3)
    hand.waits(hand.card.isVisible)

    assert hand.card.notice is not None
    assert hand.card.notice.sentence == "This message alone is longer than the model's memory."
    assert not hand.find(QCheckBox, "noticeAlways").isVisible()


@pytest.fixture
def chooser(theme: Theme, qtbot: QtBot) -> Iterator[OverflowChooser]:
    host = QWidget()
    qtbot.addWidget(host)
    yield OverflowChooser(theme, host)
    host.close()


def test_what_is_usual_is_chosen_in_the_panel(chooser: OverflowChooser) -> None:
    button = chooser.findChild(MenuButton, "overflow")
    assert button is not None
    chosen = QSignalSpy(chooser.chosen)

    button.menu().actions()[1].trigger()

    assert chosen.at(0) == [Overflow.SUMMARISE]
    assert button.accessibleName() == "When it no longer fits: Summarise the older part"


def test_a_message_that_is_too_long_alone_is_read_in_parts_and_answered(hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, window_tokens=2 * WINDOW))
    hand.asks(LONG * 8)
    hand.waits(hand.card.isVisible)
    assert hand.card.notice is not None
    assert [action for action, _ in hand.card.notice.choices] == [
        NoticeAction.MORE_MEMORY,
        NoticeAction.READ_IN_PARTS,
        NoticeAction.KEEP_AS_DOCUMENT,
    ]

    hand.chooses(NoticeAction.READ_IN_PARTS)
    hand.waits(lambda: _is_answered(hand) and not stored(hand).messages[-1].is_summary)

    question, summary, answer = stored(hand).messages
    assert question.text == LONG * 8
    assert summary.is_standing_summary
    assert any(isinstance(part, ThinkingPart) for part in summary.parts)
    assert answer.outcome is not None
    assert answer.outcome.finish is FinishReason.STOP


def test_a_message_that_is_too_long_alone_is_kept_as_a_document_and_answered_from_passages(hand: Hand) -> None:
    hand.page.change_settings(replace(hand.page.settings, window_tokens=2 * WINDOW))
    text = f"Where is the treasure?\n{LONG * 8}\n\nThe treasure lies in the well.\n\n{LONG * 8}\nThanks"
    hand.field.setPlainText(text)
    hand.asks("")
    hand.waits(hand.card.isVisible)

    hand.chooses(NoticeAction.KEEP_AS_DOCUMENT)
    hand.waits(lambda: _is_answered(hand))

    question, _ = stored(hand).messages
    assert question.text == "Where is the treasure?\n(…)\nThanks"
    assert [file.is_document for file in question.files] == [True]
    whole, passages = (inset.content for inset in hand.transcript.content.messages[0].insets)
    assert isinstance(whole, Card)
    assert isinstance(passages, Card)
    assert whole.has_page
    assert passages.title.startswith("The model sees 1 of ")
    assert "The treasure lies in the well." in passages.details


def test_the_waiting_question_goes_on_in_a_conversation_that_begins_with_the_summary(hand: Hand) -> None:
    fill(hand)
    first_id = hand.page.current_id
    waiting = stored(hand).messages[-2].text

    hand.chooses(NoticeAction.LINKED_CONVERSATION)
    hand.waits(lambda: hand.page.current_id != first_id and len(hand.transcript.content.messages) == 1)
    assert hand.field.toPlainText() == waiting
    hand.asks_and_is_answered("")

    summary, question, answer = stored(hand).messages
    assert summary.is_standing_summary
    assert [linked.id for linked in summary.linked] == [first_id]
    assert question.text == waiting
    assert answer.text
    assert first_id is not None
    before = hand.profile.conversations.get(first_id).result().messages
    assert before[-2].text == waiting
    assert not before[-1].text


def test_a_linked_conversation_begins_out_of_view_too_and_its_question_waits_there(hand: Hand) -> None:
    fill(hand)
    first_id = hand.page.current_id
    waiting = stored(hand).messages[-2].text
    started = QSignalSpy(hand.page.conversation_started)

    hand.chooses(NoticeAction.LINKED_CONVERSATION)
    hand.opens(None)
    hand.waits(lambda: started.count() == 1)

    assert hand.page.current_id is None
    assert first_id is not None
    assert not hand.profile.conversations.get(first_id).result().messages[-1].text
    hand.opens(started.at(0)[0])
    assert hand.field.toPlainText() == waiting
    (summary,) = stored(hand).messages
    assert [linked.id for linked in summary.linked] == [first_id]


def test_a_summary_that_was_stopped_still_leads_to_another_conversation(hand: Hand) -> None:
    fill(hand)
    first_id = hand.page.current_id
    waiting = stored(hand).messages[-2].text

    hand.chooses(NoticeAction.LINKED_CONVERSATION)
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing() and bool(hand.last_note()))
    hand.transcript.focus_message(hand.transcript.content.messages[-1].key)
    QTest.keyClick(hand.transcript, Qt.Key.Key_G)
    hand.waits(lambda: hand.page.current_id != first_id and len(hand.transcript.content.messages) == 1)

    assert hand.field.toPlainText() == waiting


@pytest.mark.parametrize("width", [480, 640, 760, 1200])
def test_every_way_out_is_seen_however_narrow_the_page_is(hand: Hand, width: int) -> None:
    hand.page.resize(width, 800)

    fill(hand)
    hand.card.add_hint("With more memory: Fits.")

    assert len(_buttons(hand)) == 5
    hand.waits(lambda: all(_is_whole(hand, button) for button in _buttons(hand)))


def _buttons(hand: Hand) -> list[QPushButton]:
    return [button for button in hand.card.findChildren(QPushButton) if button.isVisible()]


def _is_whole(hand: Hand, button: QPushButton) -> bool:
    corner = button.mapTo(hand.card, QPoint(0, 0))
    return button.height() >= button.sizeHint().height() and hand.card.rect().contains(QRect(corner, button.size()))
