"""What stands between the words of an answer: thinking parts and cards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from phidesk.richtext.blocks import BlockKind
from phidesk.ui.chat.cards import card_label
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.thinking_line import thinking_label
from phidesk.ui.chat.transcript_message import Card, CardState, Inset, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import (
    control_names,
    conversation,
    make_view,
    message_controls,
    model,
    picture,
)

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
THINKING = Thinking("I should *count*.\n\n- one\n- two", 12_000)
CARD = Card("call", "Calculator", "0.15*240 → 36", '{"expression": "0.15*240"}', icon="settings")


def with_insets(text: str, *insets: Inset) -> TranscriptMessage:
    return TranscriptMessage("m", Speaker.MODEL, text, insets=insets)


def kinds(view: TranscriptView, message: int = 0) -> list[BlockKind]:
    return [box.block.kind for box in view.content.layout(message).boxes]


def line_point(view: TranscriptView, row: int, message: int = 0) -> QPoint:
    placed = place_block(view.content, message, row, view.column_left)
    placed.move_by(-view.scroll_y)
    return QPoint(placed.rect.left() + 10, placed.rect.center().y())


def press(view: TranscriptView, row: int, message: int = 0) -> None:
    QTest.mouseClick(view.viewport(), LEFT, NONE, line_point(view, row, message))


def show_stream(view: TranscriptView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.streaming_idle)


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    return make_view(qtbot)


@pytest.fixture
def thoughtful(view: TranscriptView) -> TranscriptView:
    view.show_messages([with_insets("The answer.", Inset(0, THINKING))])
    return view


def test_a_thinking_part_is_one_line_until_it_is_opened(thoughtful: TranscriptView) -> None:
    closed, before = kinds(thoughtful), picture(thoughtful)

    press(thoughtful, 0)
    opened = kinds(thoughtful)
    press(thoughtful, 0)

    assert closed == [BlockKind.FOLD, BlockKind.PARAGRAPH]
    assert opened == [BlockKind.FOLD, *[BlockKind.PARAGRAPH] * 4]
    assert kinds(thoughtful) == closed
    QTest.mouseMove(thoughtful.viewport(), QPoint(1, 1))
    assert picture(thoughtful) == before


def test_enter_opens_it_too(thoughtful: TranscriptView) -> None:
    thoughtful.activateWindow()
    thoughtful.setFocus(Qt.FocusReason.TabFocusReason)

    QTest.keyClick(thoughtful, Qt.Key.Key_Tab)
    QTest.keyClick(thoughtful, Qt.Key.Key_Return)

    assert len(kinds(thoughtful)) == 5


def test_what_was_thought_is_copied_only_if_it_is_open(thoughtful: TranscriptView) -> None:
    thoughtful.select_message("m")
    closed = thoughtful.selected_text()
    thoughtful.copy_selection()
    html = QGuiApplication.clipboard().mimeData().html()
    press(thoughtful, 0)
    thoughtful.select_message("m")

    assert closed == "The answer."
    assert "count" not in html
    assert thoughtful.selected_text() == "I should count.\n\n• one\n• two\n\nThe answer."


def test_it_stays_open_while_others_are_shown_and_far_messages_forgotten(view: TranscriptView) -> None:
    messages = [with_insets("The answer.", Inset(0, THINKING)), *conversation(500)]
    view.show_messages(messages)
    view.verticalScrollBar().setValue(0)
    press(view, 0)

    view.scroll_to_end()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.verticalScrollBar().setValue(0)

    assert len(kinds(view)) == 5


@pytest.mark.parametrize(
    ("thinking", "label"),
    [
        (THINKING, "Thought for 12 s"),
        (Thinking("x", 125_000), "Thought for 2 min 5 s"),
        (Thinking("x"), "Thought"),
        (Thinking("x", 400, is_running=True), "Thinking…"),
    ],
)
def test_the_line_says_how_long(thinking: Thinking, label: str) -> None:
    assert thinking_label(thinking) == label


def test_the_line_says_so_while_the_model_thinks(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages([model("m", "")])

    view.append_thinking("m", "Let me ", 0)
    view.append_thinking("m", "see.", 3_000)
    show_stream(view, qtbot)
    running = view.content.messages[0].insets[0].content
    view.append_text("m", "It is **36**.")
    show_stream(view, qtbot)
    view.finish_message("m")

    assert running == Thinking("Let me see.", 3_000, is_running=True)
    assert view.content.messages[0] == with_insets("It is **36**.", Inset(0, Thinking("Let me see.", 3_000)))
    assert view.plain_text() == "It is 36."


def test_open_thinking_grows_while_it_is_streamed(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages([model("m", "")])
    view.append_thinking("m", "First thought.\n\nSec", 0)
    show_stream(view, qtbot)

    press(view, 0)
    view.append_thinking("m", "ond thought.\n\nThird.", 0)
    show_stream(view, qtbot)
    view.append_text("m", "Answer.")
    view.finish_message("m")

    assert view.plain_text() == "First thought.\n\nSecond thought.\n\nThird.\n\nAnswer."


def test_thinking_in_the_middle_of_an_answer_parts_its_text(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages([model("m", "")])
    for text, thought in (("One. ", "Hm."), ("Two.", "Hm again.")):
        view.append_text("m", text)
        view.append_thinking("m", thought, 1_000)
        show_stream(view, qtbot)
    view.append_text("m", "Three.")
    view.finish_message("m")

    message = view.content.messages[0]
    assert view.message_text("m") == message.text == "One. Two.Three."
    assert message.sections == ["One. ", Thinking("Hm.", 1_000), "Two.", Thinking("Hm again.", 1_000), "Three."]
    assert kinds(view) == [BlockKind.PARAGRAPH, BlockKind.FOLD] * 2 + [BlockKind.PARAGRAPH]


def test_an_answer_that_only_thought_ends_properly(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages([model("m", "")])
    view.append_thinking("m", "Hm.", 500)

    view.finish_message("m", "Stopped")
    show_stream(view, qtbot)

    assert view.content.messages[0].insets[0].content == Thinking("Hm.", 500)
    assert view.content.messages[0].note == "Stopped"
    assert view.message_text("m") == ""


def test_streamed_insets_look_like_those_that_were_read(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages([model("m", "")])
    view.append_thinking("m", THINKING.text, 12_000)
    view.append_text("m", "Now the tool.\n\n")
    view.set_card("m", CARD)
    view.append_text("m", "# Done\n\nIt is 36.")
    view.finish_message("m")
    show_stream(view, qtbot)
    streamed = picture(view)

    text = "Now the tool.\n\n# Done\n\nIt is 36."
    view.show_messages([with_insets(text, Inset(0, THINKING), Inset(15, CARD))])

    assert picture(view) == streamed


def test_a_card_opens_its_details(view: TranscriptView) -> None:
    view.show_messages([with_insets("Before.\n\nAfter.", Inset(9, CARD))])

    press(view, 1)
    opened = kinds(view)
    press(view, 1)

    assert opened == [BlockKind.PARAGRAPH, BlockKind.CARD, BlockKind.CODE, BlockKind.PARAGRAPH]
    assert kinds(view) == [BlockKind.PARAGRAPH, BlockKind.CARD, BlockKind.PARAGRAPH]


def test_a_card_without_details_cannot_be_opened(view: TranscriptView) -> None:
    view.show_messages([with_insets("Text.", Inset(5, replace(CARD, details="")))])

    press(view, 1)

    assert message_controls(view, 0) == []
    assert kinds(view) == [BlockKind.PARAGRAPH, BlockKind.CARD]


def test_a_card_changes_where_it_stands(view: TranscriptView) -> None:
    view.show_messages([model("m", "Text.")])
    view.set_card("m", replace(CARD, state=CardState.RUNNING, summary=""))
    running = picture(view)

    view.set_card("m", CARD)

    assert picture(view) != running
    assert view.content.messages[0].insets == (Inset(5, CARD),)
    assert view.plain_text() == "Text.\n\nCalculator · 0.15*240 → 36"


def test_a_card_says_everything_to_those_who_do_not_see_it(view: TranscriptView) -> None:
    view.show_messages([with_insets("", Inset(0, CARD))])

    assert card_label(replace(CARD, state=CardState.FAILED)) == "Calculator, 0.15*240 → 36, Did not work"
    assert control_names(view, 0) == ["Open: Calculator, 0.15*240 → 36"]
    view.controls.activate(message_controls(view, 0)[0])
    assert control_names(view, 0)[0] == "Close: Calculator, 0.15*240 → 36"


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_lines_and_cards_begin_where_the_window_begins(view: TranscriptView, direction: Qt.LayoutDirection) -> None:
    view.setLayoutDirection(direction)
    view.show_messages([with_insets("", Inset(0, THINKING))])
    column = view.column_left, view.column_left + view.content.column_width

    left, right = (view.controls.at(QPoint(x, line_point(view, 0).y())) for x in (column[0] + 5, column[1] - 5))

    is_mirrored = direction is Qt.LayoutDirection.RightToLeft
    assert (left is None) is is_mirrored
    assert (right is None) is not is_mirrored


def test_opening_keeps_the_line_where_it_is_and_ends_following(view: TranscriptView) -> None:
    long = replace(THINKING, text="A thought.\n\n" * 60)
    view.show_messages([*conversation(6), with_insets("The answer.", Inset(0, long))])
    message = len(view.content.messages) - 1
    point = line_point(view, 0, message)

    press(view, 0, message)

    assert line_point(view, 0, message) == point
    assert not view.is_following
