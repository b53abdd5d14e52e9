"""The transcript shows a conversation, keeps places and follows the end."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from phidesk.ui.chat.block_documents import MOST_DOCUMENTS
from phidesk.ui.chat.message_geometry import bubble_of
from phidesk.ui.chat.transcript_content import MOST_READ_MESSAGES
from phidesk.ui.chat.transcript_style import MESSAGE_GAP
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import ANSWER, conversation, make_style, make_view, model, person, picture

HOSTILE = [
    "a\x00b", "\ud800", "\ud83d", "> " * 3_000 + "x", "[" * 5_000, "x" * 200_000, "a\u2029b\ufdd0c\ufffcd", "\r\n\r", "",
    "- " * 500, "|" * 3_000, "```\n" + "y" * 50_000, "\u202e\u200f\u200b", "\U0010ffff", "![", "\\(" * 3_000,
]  # fmt: skip


class PaintCounter(QObject):
    """Counts how often a widget is painted, and notes how high what is painted is."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.heights: list[int] = []
        widget.installEventFilter(self)

    @property
    def count(self) -> int:
        return len(self.heights)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.heights.append(event.rect().height())
        return False


def seen_block(view: TranscriptView) -> tuple[int, int, int]:
    anchor = view.content.anchor_at(view.scroll_y)
    assert anchor is not None
    return anchor.message, anchor.block, anchor.y


def has_colour(image: QImage, colour: str, *, left: int = 0, right: int | None = None) -> bool:
    wanted = QColor(colour).rgb()
    stop = image.width() if right is None else right
    return any(image.pixel(x, y) == wanted for y in range(0, image.height(), 2) for x in range(left, stop, 2))


def test_opens_at_the_end_and_reads_only_what_is_near(qtbot: QtBot) -> None:
    view = make_view(qtbot)

    view.show_messages(conversation(2_000))
    view.viewport().repaint()

    assert view.is_following
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum() > 0
    assert 0 < view.visible_block_count < 60
    assert view.materialised_documents < 100


def test_documents_stay_few_while_everything_is_scrolled_through(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(120))

    while view.scroll_y > 0:
        view.scroll_by(-400)

    assert view.materialised_documents <= MOST_DOCUMENTS


def test_far_messages_are_forgotten_and_read_again(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    messages = [model(str(number), f"Message **{number}**\n\n" + "word " * (number % 50)) for number in range(1_000)]
    view.show_messages(messages)
    view.select_message("999")

    while view.scroll_y > 0:
        view.scroll_by(-470)
    read = sum(layout is not None for layout in view.content._layouts)
    heights = view.verticalScrollBar().maximum()
    view.scroll_to_end()

    assert read <= MOST_READ_MESSAGES
    assert view.verticalScrollBar().maximum() == heights
    assert view.selected_text() == view.readable_text(999).rstrip()


def test_text_of_the_person_is_kept_as_typed(qtbot: QtBot) -> None:
    typed = "  # no *markdown*\n\n\n- here\t\x00 \ud800 😀\r\n<b>  "
    view = make_view(qtbot)

    view.show_messages([person("p", typed)])
    view.select_message("p")

    assert view.plain_text() == typed
    assert view.message_text("p") == typed
    assert view.selected_text() == typed


def test_plain_text_of_an_answer_has_no_markup(qtbot: QtBot) -> None:
    view = make_view(qtbot)

    view.show_messages([person("p", "Hi"), model("m", "**Hello** [you](https://a.example)\n\n- there")])

    assert view.plain_text() == "Hi\n\nHello you\n\n• there"
    assert view.message_text("m").startswith("**Hello**")


@given(st.lists(st.integers(-2_000, 400), min_size=1, max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_jumps_when_estimates_become_heights(qtbot: QtBot, steps: list[int]) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(60))

    for step in steps:
        before = seen_block(view)
        top = view.content.top(before[0]) + view.content.layout(before[0]).block_top(before[1]) - view.scroll_y
        limit = view.verticalScrollBar().maximum()
        target = view.scroll_y + step
        if not 0 < target < limit - 600 or abs(step) >= view.viewport().height():
            view.scroll_by(step)
            continue
        view.scroll_by(step)
        after = view.content.top(before[0]) + view.content.layout(before[0]).block_top(before[1]) - view.scroll_y
        assert after == top - step
    view.close()


def test_small_steps_up_to_the_beginning_and_down_again_never_jump(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(30))
    view.scroll_by(-700)

    for step in [-60] * 200 + [60] * 50:
        message, block, y = seen_block(view)
        before = view.scroll_y
        view.scroll_by(step)
        now = view.content.top(message) + view.content.layout(message).block_top(block) - view.scroll_y
        if 0 < view.scroll_y < view.verticalScrollBar().maximum():
            assert now == y - step, before


def test_scrolling_up_stops_following_and_the_end_starts_it(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(20))

    with qtbot.waitSignal(view.following_changed, check_params_cb=lambda following: not following):
        view.scroll_by(-300)
    with qtbot.waitSignal(view.following_changed, check_params_cb=lambda following: following):
        view.scroll_to_end()

    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_arriving_text_moves_nothing_while_the_person_reads_above(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(20), model("last", "")])
    view.scroll_by(-500)
    before, image = seen_block(view), picture(view)

    view.append_text("last", "New text. " * 100)
    qtbot.waitUntil(lambda: view.streaming_idle)
    view.finish_message("last")

    assert seen_block(view) == before
    assert picture(view) == image
    assert not view.is_following


def test_arriving_text_is_followed_at_the_end(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(5), model("last", "")])
    limit = view.verticalScrollBar().maximum()

    view.append_text("last", ANSWER * 3)
    qtbot.waitUntil(lambda: view.streaming_idle)

    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum() > limit + 500


def test_a_burst_is_taken_in_portions_and_nothing_of_it_is_lost(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "Already. ")])
    burst = "Some words of a burst. " * 500

    view.append_text("m", burst)

    assert not view.streaming_idle
    assert view.message_text("m") == "Already. " + burst
    view.finish_message("m", "Stopped")
    qtbot.waitUntil(lambda: view.streaming_idle)
    assert view.message_text("m") == "Already. " + burst
    assert view.plain_text() == ("Already. " + burst).rstrip()
    assert view.content.messages[0].note == "Stopped"


def test_another_message_ends_a_stream_without_losing_text(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "")])
    view.append_text("m", "word " * 5_000)

    view.append_message(person("p", "Next"))

    assert view.streaming_idle
    assert view.message_text("m") == "word " * 5_000
    assert view.plain_text().endswith("word\n\nNext")


def test_streamed_picture_is_that_of_the_whole_text(qtbot: QtBot) -> None:
    whole, streamed = make_view(qtbot), make_view(qtbot)
    whole.show_messages([model("m", ANSWER)])
    streamed.show_messages([model("m", "")])

    for position in range(0, len(ANSWER), 7):
        streamed.append_text("m", ANSWER[position : position + 7])
        qtbot.waitUntil(lambda: streamed.streaming_idle)
    before_healing = picture(streamed)
    streamed.finish_message("m")

    assert before_healing == picture(whole)
    assert picture(streamed) == picture(whole)


def test_replaced_text_and_notes_are_shown(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "one")])
    first = picture(view)

    view.replace_text("m", "two\n\nthree")
    view.set_note("m", "Stopped")

    assert view.plain_text() == "Hi\n\ntwo\n\nthree"
    assert picture(view) != first


def test_status_line_comes_and_goes(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(5))
    image, limit = picture(view), view.verticalScrollBar().maximum()

    view.set_status("Loading the model…")
    with_status = picture(view)
    at_end = view.verticalScrollBar().value() == view.verticalScrollBar().maximum() > limit
    view.set_status("")

    assert at_end
    assert with_status != image
    assert picture(view) == image


def test_resizing_keeps_the_place(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(30))
    view.scroll_by(-900)
    before = seen_block(view)

    for width in (560, 420, 640):
        view.resize(width, 480)

    assert seen_block(view)[:2] == before[:2]


def test_another_text_size_keeps_the_place(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(30))
    view.scroll_by(-900)
    before = seen_block(view)

    view.set_style(make_style(size=28))

    assert seen_block(view) == before


def test_another_theme_repaints_everything(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "# MMMM\n\ntext `code`")])
    assert not has_colour(picture(view), "#ff0000")

    view.set_style(make_style(text="#ff0000"))

    assert has_colour(picture(view), "#ff0000")
    assert not has_colour(picture(view), "#1a1f21")


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_bubble_stands_on_the_side_of_the_person(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    view = make_view(qtbot)
    view.setLayoutDirection(direction)
    view.show_messages([person("p", "Hi")])

    image = picture(view)

    middle = image.width() // 2
    is_right_to_left = direction is Qt.LayoutDirection.RightToLeft
    assert has_colour(image, "#e0f3f3", right=middle) == is_right_to_left
    assert has_colour(image, "#e0f3f3", left=middle) != is_right_to_left


def test_long_question_takes_three_quarters_of_the_column(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "word " * 200)])

    bubble = bubble_of(view.content, 0, view.content.top(0), view.column_left)

    assert bubble.width() <= 0.75 * view.content.column_width
    assert bubble.right() + 1 == view.column_left + view.content.column_width


def test_column_is_centred_and_limited(qtbot: QtBot) -> None:
    view = make_view(qtbot, width=1_200)
    assert view.content.column_width == 760
    assert abs(2 * view.column_left + 760 - view.viewport().width()) <= 1

    view.resize(500, 400)

    assert view.content.column_width == view.viewport().width() - 48


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_in_both_voices(qtbot: QtBot, text: str) -> None:
    view = make_view(qtbot)

    view.show_messages([person("p", text), model("m", text), model("s", "")])
    view.append_text("s", text)
    view.append_text("s", text)
    view.finish_message("s")
    qtbot.waitUntil(lambda: view.streaming_idle, timeout=20_000)
    view.verticalScrollBar().setValue(0)
    view.viewport().repaint()

    assert view.message_text("p") == view.message_text("m") == text
    assert view.message_text("s") == text * 2


def test_empty_transcript_can_be_used(qtbot: QtBot) -> None:
    view = make_view(qtbot)

    view.show_messages([])
    view.scroll_to_end()
    view.select_all()
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton)

    assert view.plain_text() == view.selected_text() == ""


def test_view_goes_away_with_all_it_held(qtbot: QtBot) -> None:
    view = TranscriptView()
    view.show_messages(conversation(3))
    reference = weakref.ref(view)

    view.deleteLater()
    del view
    qtbot.waitUntil(lambda: gc.collect() >= 0 and reference() is None)

    assert reference() is None


def test_looking_far_messages_up_does_not_move_what_is_seen(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(300))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    before = picture(view)

    texts = [view.content.layout(index).boxes[0].block.text for index in range(100)]
    view.viewport().update()

    assert len(texts) == 100
    assert picture(view) == before


def test_words_that_begin_no_line_do_not_draw_the_scroll_bar_anew(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(40), model("m", "One")])
    qtbot.waitUntil(lambda: view.streaming_idle)
    QApplication.processEvents()
    painted = PaintCounter(view.verticalScrollBar())

    for word in (" two", " three", " four"):
        view.append_text("m", word)
        qtbot.waitUntil(lambda: view.streaming_idle)
        QApplication.processEvents()
    while_writing = painted.count
    view.scroll_by(-300)
    QApplication.processEvents()

    assert view.readable_text(80).endswith("four")
    assert while_writing == 0
    assert painted.count > 0


def test_words_that_begin_no_line_move_nothing_and_paint_one_line(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(40), model("m", "A paragraph of several lines. " * 12)])
    view.append_text("m", "It")
    qtbot.waitUntil(lambda: view.streaming_idle)
    QApplication.processEvents()
    moved: list[bool] = []
    view.moved.connect(lambda: moved.append(True))
    painted = PaintCounter(view.viewport())

    for word in (" is", " read", " well"):
        view.append_text("m", word)
        qtbot.waitUntil(lambda: view.streaming_idle)
        QApplication.processEvents()

    assert view.readable_text(80).endswith("It is read well")
    assert moved == []
    assert painted.count == 3
    assert max(painted.heights) <= 2 * view.content.documents.line_height + MESSAGE_GAP


def test_words_that_begin_a_line_are_followed(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(40), model("m", "A paragraph of several lines. " * 12)])
    before = view.scroll_y
    moved: list[bool] = []
    view.moved.connect(lambda: moved.append(True))

    view.append_text("m", "It goes on " * 10)
    qtbot.waitUntil(lambda: view.streaming_idle)

    assert moved != []
    assert view.scroll_y > before
    assert view.scroll_y == view.verticalScrollBar().maximum()


def test_a_line_of_code_that_grows_beyond_the_column_paints_its_listing_and_no_more(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(40), model("m", "")])
    view.append_text("m", "```python\none = 1\ntwo = 2\n" + "value = " + "1 + " * 30)
    qtbot.waitUntil(lambda: view.streaming_idle)
    QApplication.processEvents()
    listing = view.content.layout(80).boxes[0]
    assert listing.side is not None
    offset = listing.side.longest_offset
    painted = PaintCounter(view.viewport())

    view.append_text("m", "2 + 2 + 2")
    qtbot.waitUntil(lambda: view.streaming_idle)
    QApplication.processEvents()

    assert view.content.side_offset(80, 0) > offset > 0
    assert listing.height <= max(painted.heights) <= listing.height + 2 * MESSAGE_GAP


def test_a_message_is_gone_to_with_the_room_for_its_buttons(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(6))
    view.scroll_by(-10_000)

    view.focus_message(view.content.messages[-1].key)

    assert view.message_rect(5).bottom() + MESSAGE_GAP <= view.viewport().height()
