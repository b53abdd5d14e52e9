"""The transcript of a stored conversation, with the way back to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.answers import THINKING_MS, AnswerOutcome, FinishReason
from phidesk.core.conversation import Message, Role
from phidesk.core.parts import FilePart, TextPart, ThinkingPart
from phidesk.ui.chat.message_geometry import bubble_of, place_block
from phidesk.ui.chat.transcript_frame import TranscriptFrame, Writing, file_of_card, insets_of
from phidesk.ui.chat.transcript_message import Thinking
from phidesk.ui.theme.theme import Theme

NOW = datetime(2025, 9, 17, tzinfo=UTC)
LONG = "word " * 2_000
DONE = AnswerOutcome(FinishReason.STOP)
QUESTION = Message("q1", "c", None, Role.PERSON, (TextPart("Hi"),), NOW)
ANSWER = Message("a1", "c", "q1", Role.MODEL, (TextPart(LONG),), NOW, outcome=DONE)
NEXT_QUESTION = Message("q2", "c", "a1", Role.PERSON, (TextPart("And?"),), NOW)
NEXT_ANSWER = Message("a2", "c", "q2", Role.MODEL, (), NOW)


@pytest.fixture
def frame(theme: Theme, qtbot: QtBot) -> Iterator[TranscriptFrame]:
    """A frame in a window of usual size."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 480)
    frame = TranscriptFrame(theme, window)
    frame.resize(window.size())
    with qtbot.waitExposed(window):
        window.show()
    yield frame
    window.close()


@pytest.fixture
def button(frame: TranscriptFrame) -> QPushButton:
    """The way back to the end."""
    found = frame.findChild(QPushButton, "toEndButton")
    assert found is not None
    return found


def test_the_end_is_offered_only_while_it_is_out_of_sight(frame: TranscriptFrame, button: QPushButton) -> None:
    frame.show_path([QUESTION, ANSWER])
    assert not button.isVisible()

    frame.view.scroll_by(-200)
    assert button.isVisible()
    assert button.text() == "To the end"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert frame.view.is_following
    assert not button.isVisible()


def test_new_text_out_of_sight_is_announced(frame: TranscriptFrame, button: QPushButton) -> None:
    frame.show_path([QUESTION, ANSWER], writing=Writing("a1", LONG))
    frame.view.scroll_by(-200)

    frame.append_text("a1", "more")
    assert button.text() == "New text"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    frame.view.scroll_by(-200)

    assert button.text() == "To the end"


def test_what_is_added_keeps_what_is_read_in_its_place(frame: TranscriptFrame) -> None:
    frame.show_path([QUESTION, ANSWER])
    frame.view.scroll_by(-200)
    place = frame.view.scroll_y

    frame.extend_path([QUESTION, ANSWER, NEXT_QUESTION, NEXT_ANSWER], Writing("a2", ""))

    assert frame.view.scroll_y == place
    assert [message.key for message in frame.view.content.messages] == ["q1", "a1", "q2", "a2"]


def test_an_answer_that_goes_on_loses_its_note_and_keeps_its_text(frame: TranscriptFrame) -> None:
    stopped = replace(ANSWER, outcome=AnswerOutcome(FinishReason.STOPPED))
    frame.show_path([QUESTION, stopped])
    assert frame.view.content.messages[-1].note == "Stopped"

    frame.extend_path([QUESTION, replace(ANSWER, outcome=None)], Writing("a1", LONG))

    assert frame.view.content.messages[-1].note == ""
    assert frame.view.message_text("a1") == LONG


def test_a_path_of_another_conversation_takes_the_place_of_the_first(frame: TranscriptFrame) -> None:
    frame.show_path([QUESTION, ANSWER])

    frame.extend_path([NEXT_QUESTION, NEXT_ANSWER], Writing("a2", "Half"))

    assert frame.view.plain_text() == "And?\n\nHalf"


def test_an_answer_without_an_end_says_so(frame: TranscriptFrame) -> None:
    frame.show_path([QUESTION, replace(ANSWER, outcome=None)])

    assert frame.view.content.messages[-1].note == "Ended early"


THOUGHTFUL = (ThinkingPart("Hm."), TextPart("One."), ThinkingPart("Hm again."), TextPart("Two."))


def test_thinking_stands_where_it_was_thought_with_its_durations(frame: TranscriptFrame) -> None:
    outcome = replace(DONE, facts=((THINKING_MS, "12000 500"),))

    frame.show_path([QUESTION, replace(ANSWER, parts=THOUGHTFUL, outcome=outcome)])

    assert frame.view.content.messages[-1].sections == [
        Thinking("Hm.", 12_000),
        "One.",
        Thinking("Hm again.", 500),
        "Two.",
    ]


def test_of_a_resumed_answer_only_the_last_duration_is_known(frame: TranscriptFrame) -> None:
    outcome = replace(DONE, facts=((THINKING_MS, "500"),))

    frame.show_path([QUESTION, replace(ANSWER, parts=THOUGHTFUL, outcome=outcome)])

    sections = frame.view.content.messages[-1].sections
    assert [section.duration_ms for section in sections if isinstance(section, Thinking)] == [None, 500]


def test_an_answer_that_thinks_is_shown_in_the_middle_of_it(frame: TranscriptFrame, qtbot: QtBot) -> None:
    writing = Writing("a2", "", insets_of((ThinkingPart("Let me "),), (900,)))
    frame.show_path([QUESTION, ANSWER, NEXT_QUESTION, NEXT_ANSWER], writing=writing)

    frame.append_thinking("a2", "see.", 1_000)
    frame.append_text("a2", "Yes.")
    qtbot.waitUntil(lambda: frame.view.streaming_idle)
    frame.view.finish_message("a2")

    assert frame.view.content.messages[-1].sections == [Thinking("Let me see.", 1_000), "Yes."]


@pytest.mark.parametrize("text", ["Which town?", ""])
def test_files_stand_as_cards_below_their_question(frame: TranscriptFrame, qtbot: QtBot, text: str) -> None:
    files = (FilePart("towns.csv", "text/csv", "Ulm 130000"), FilePart("", "text/plain", "Once upon a time"))
    frame.show_path([replace(QUESTION, parts=(*files, TextPart(text)))])
    view = frame.view

    names = view.readable_text(0).splitlines()
    assert names == [*([text] if text else []), "towns.csv, 2 words", "Pasted text, 4 words"]
    row = len(view.content.layout(0).boxes) - 1
    placed = place_block(view.content, 0, row, view.column_left)
    bubble = bubble_of(view.content, 0, view.content.top(0), view.column_left)
    assert bubble.contains(placed.rect)

    with qtbot.waitSignal(view.card_activated) as opened:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=placed.rect.center())

    message_key, card_key = opened.args
    assert message_key == QUESTION.id
    assert file_of_card((*files, TextPart(text)), card_key) == files[1]


def test_a_card_that_is_no_file_stands_for_none() -> None:
    assert file_of_card((TextPart("Hi"),), "call 1") is None
