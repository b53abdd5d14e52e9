"""Selecting across messages, by mouse and keyboard, and keeping what is selected while messages change."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from phidesk.richtext.blocks import Block, plain_text, separator
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_places import TranscriptPlaces
from phidesk.ui.chat.transcript_selection import Place, slice_utf16
from phidesk.ui.chat.transcript_view import TranscriptMessage, TranscriptView
from tests.ui.chat.transcript_samples import ANSWER, make_view, model, person, picture, text_point

LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
QUESTION = "First line\nsecond 😀 line"
REPLY = "One **two** three\n\n- four\n- [five](https://a.example)"


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    shown = make_view(qtbot)
    shown.show_messages([person("p", QUESTION), model("m", REPLY), person("q", "Last")])
    shown.activateWindow()
    shown.setFocus()
    return shown


def press(view: TranscriptView, point: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(view.viewport(), LEFT, modifiers, point)


def drag_to(view: TranscriptView, point: QPoint) -> None:
    QTest.mouseMove(view.viewport(), point - QPoint(1, 1))
    QTest.mouseMove(view.viewport(), point)
    QTest.mouseRelease(view.viewport(), LEFT, NONE, point)


def drag(view: TranscriptView, start: QPoint, end: QPoint) -> None:
    press(view, start)
    drag_to(view, end)


def click(view: TranscriptView, message: int, block: int, offset: int) -> None:
    QTest.mouseClick(view.viewport(), LEFT, NONE, text_point(view, message, block, offset))
    # Too far away to be a further click there.
    QTest.mouseMove(view.viewport(), QPoint(0, 0))


def test_dragging_selects_across_messages_in_both_directions(view: TranscriptView) -> None:
    first, last = text_point(view, 0, 0, 6), text_point(view, 1, 1, 2)

    drag(view, first, last)
    forwards = view.selected_text()
    drag(view, last, first)

    assert forwards == "line\nsecond 😀 line\n\nOne two three\n\n• fo"
    assert view.selected_text() == forwards


def test_dragging_after_a_double_click_selects_whole_words(view: TranscriptView) -> None:
    QTest.mouseDClick(view.viewport(), LEFT, NONE, text_point(view, 1, 0, 5))

    drag_to(view, text_point(view, 1, 1, 2))
    down = view.selected_text()
    QTest.mouseDClick(view.viewport(), LEFT, NONE, text_point(view, 1, 1, 2))
    drag_to(view, text_point(view, 1, 0, 5))

    assert down == "two three\n\n• four"
    assert view.selected_text() == "two three\n\n• four"


def test_dragging_after_a_triple_click_selects_whole_paragraphs(view: TranscriptView) -> None:
    point = text_point(view, 1, 0, 5)
    QTest.mouseDClick(view.viewport(), LEFT, NONE, point)
    press(view, point)

    drag_to(view, text_point(view, 1, 1, 2))

    assert view.selected_text() == "One two three\n\n• four"


def test_shift_and_click_reach_into_another_message(view: TranscriptView) -> None:
    click(view, 0, 0, 6)

    press(view, text_point(view, 1, 0, 3), SHIFT)

    assert view.selected_text() == "line\nsecond 😀 line\n\nOne"


def test_first_select_all_is_the_message_and_the_second_everything(view: TranscriptView) -> None:
    click(view, 1, 0, 4)

    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    message = view.selected_text()
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)

    assert message == "One two three\n\n• four\n• five"
    assert view.selected_text() == view.plain_text()


@pytest.mark.parametrize(
    ("key", "modifiers", "selected"),
    [
        (Qt.Key.Key_Right, SHIFT, "t"),
        (Qt.Key.Key_Left, SHIFT, " "),
        (Qt.Key.Key_Right, SHIFT | CONTROL, "two "),
        (Qt.Key.Key_Left, SHIFT | CONTROL, "One "),
        (Qt.Key.Key_End, SHIFT, "two three"),
        (Qt.Key.Key_Home, SHIFT, "One "),
        (Qt.Key.Key_Home, SHIFT | CONTROL, "First line\nsecond 😀 line\n\nOne "),
        (Qt.Key.Key_End, SHIFT | CONTROL, "two three\n\n• four\n• five\n\nLast"),
        (Qt.Key.Key_PageDown, SHIFT, "two three\n\n• four\n• five\n\nLast"),
        (Qt.Key.Key_PageUp, SHIFT, "First line\nsecond 😀 line\n\nOne "),
    ],
)
def test_keys_draw_the_selection_wider(
    view: TranscriptView, key: Qt.Key, modifiers: Qt.KeyboardModifier, selected: str
) -> None:
    click(view, 1, 0, 4)

    QTest.keyClick(view, key, modifiers)

    assert view.selected_text() == selected


def test_keys_go_from_block_to_block_and_message_to_message(view: TranscriptView) -> None:
    click(view, 0, 0, 24)

    texts = []
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
        texts.append(view.selected_text())

    assert texts == ["e", "e\n\n", "e\n\nO", "e\n\nOn"]


def test_an_item_that_is_only_touched_leaves_no_number(view: TranscriptView) -> None:
    view.show_messages([model("m", "1. one\n2. two\n3. three")])

    drag(view, text_point(view, 0, 0, 0), text_point(view, 0, 2, 0))

    assert view.selected_text() == "1. one\n2. two\n"


def test_down_and_up_keep_to_their_column(view: TranscriptView) -> None:
    click(view, 1, 0, 4)
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Down, SHIFT)
    down = view.selected_text()
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Up, SHIFT)

    assert down.startswith("two three\n\n• four\n• ")
    assert view.selected_text() == ""


def test_whole_emoji_are_taken_at_once(view: TranscriptView) -> None:
    click(view, 0, 0, 18)

    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)

    assert view.selected_text() == "😀"


def test_formulas_are_taken_at_once(view: TranscriptView) -> None:
    view.show_messages([model("m", r"So $\frac{1}{2}$ is it")])
    click(view, 0, 0, 3)

    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    formula = view.selected_text()
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)

    assert formula == r"$\frac{1}{2}$"
    assert view.selected_text() == r"$\frac{1}{2}$ "


def test_arrows_go_where_they_point_in_right_to_left_text(view: TranscriptView) -> None:
    view.show_messages([model("m", "שלום עולם")])
    click(view, 0, 0, 4)

    QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
    left = view.selected_text()
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)

    assert left == " "
    assert view.selected_text() == "ם"


def test_arrows_at_the_end_of_a_question_go_by_its_last_line(view: TranscriptView) -> None:
    view.show_messages([person("p", "Hello\nשםשם"), model("m", "one"), person("q", "two")])
    click(view, 0, 0, 10)

    QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)

    assert view.selected_text().endswith("o")


def test_a_question_in_two_scripts_is_copied_as_it_was_typed(view: TranscriptView) -> None:
    text = "Hello\n  \nשם 1\n\nend"
    view.show_messages([person("p", text)])

    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)

    assert view.selected_text() == text


def test_arrows_alone_move_a_caret_from_which_keys_select(view: TranscriptView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Up, ALT)
    QTest.keyClick(view, Qt.Key.Key_Up, ALT)
    without = picture(view)

    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right, CONTROL)
    with_caret = picture(view)
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT | CONTROL)

    assert with_caret != without
    assert view.selected_text() == "two "


def test_selecting_by_keyboard_brings_its_end_into_sight(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "word\n\n" * 100)])
    view.activateWindow()
    view.setFocus()
    view.verticalScrollBar().setValue(0)
    click(view, 0, 0, 0)

    for _ in range(40):
        QTest.keyClick(view, Qt.Key.Key_Down, SHIFT)
    placed = place_block(view.content, 0, 40, view.column_left)

    assert view.selected_text().count("word") == 40
    assert view.viewport().rect().contains(placed.rect.translated(0, -view.scroll_y))


def test_selection_survives_a_word_that_arrives_in_its_last_message(view: TranscriptView, qtbot: QtBot) -> None:
    view.append_message(model("n", "Begin"))
    view.select_all()

    view.append_text("n", " and go on")
    qtbot.waitUntil(lambda: view.streaming_idle)

    assert view.selected_text().endswith("Last\n\nBegin")


def test_selection_goes_only_if_its_own_text_goes(view: TranscriptView) -> None:
    drag(view, text_point(view, 1, 0, 4), text_point(view, 1, 0, 7))

    view.replace_text("p", "Something else")
    view.replace_text("m", REPLY + "\n\nmore")
    kept = view.selected_text()
    view.replace_text("m", "x")

    assert kept == "two"
    assert view.selected_text() == ""


def test_selection_follows_its_messages_when_others_are_shown_around_them(view: TranscriptView) -> None:
    drag(view, text_point(view, 1, 0, 4), text_point(view, 1, 0, 7))

    view.show_messages([person("a", "Before"), person("p", QUESTION), model("m", REPLY)])
    kept = view.selected_text()
    view.show_messages([person("a", "Before"), model("m", "Another text")])

    assert kept == "two"
    assert view.selected_text() == ""


_WORDS = st.sampled_from(["word", "two words", "😀 smile", "שלום", "$x^2$", "**bold** part", "`code`", "a\nb"])
_BLOCKS = st.one_of(
    _WORDS,
    st.lists(_WORDS, min_size=2, max_size=6).map(" ".join),
    st.lists(_WORDS, min_size=1, max_size=3).map(lambda items: "\n".join("- " + item for item in items)),
    st.sampled_from(["# Title", "---", "```\ncode\nlines\n```", "| a | b |\n|---|---|\n| 1 | 2 |", "> quote", ANSWER]),
)
_MESSAGES = st.lists(
    st.tuples(st.booleans(), st.lists(_BLOCKS, min_size=1, max_size=4).map("\n\n".join)), min_size=1, max_size=4
)
_POINTS = st.tuples(st.integers(2, 639), st.integers(2, 479)).map(lambda xy: QPoint(*xy))


def text_before(messages: list[list[Block]], place: Place, *, with_lead: bool) -> str:
    """Return everything from the beginning of a transcript to a place, found without a selection."""
    texts = [plain_text(blocks) for blocks in messages[: place.message]]
    blocks = messages[place.message]
    text = plain_text(blocks[: place.block])
    if place.block < len(blocks):
        block = blocks[place.block]
        text += separator(blocks[place.block - 1] if place.block else None, block)
        if place.offset or with_lead:
            text += block.lead
        text += slice_utf16(block.text, 0, place.offset)
    return "\n\n".join([*texts, text])


@given(_MESSAGES, _POINTS, _POINTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_drag_selects_exactly_the_text_between_its_places(
    view: TranscriptView, texts: list[tuple[bool, str]], start: QPoint, end: QPoint
) -> None:
    messages: list[TranscriptMessage] = [
        person(str(number), text) if is_person else model(str(number), text)
        for number, (is_person, text) in enumerate(texts)
    ]
    view.show_messages(messages)
    places = TranscriptPlaces(view, view.content)
    found = sorted(place for place in (places.place_at(start), places.place_at(end)) if place is not None)
    blocks = [[box.block for box in view.content.layout(index).boxes] for index in range(len(messages))]

    drag(view, start, end)

    first, last = found
    last_block = blocks[last.message][last.block]
    everything = text_before(blocks, last, with_lead=not last_block.text)
    before = text_before(blocks, first, with_lead=False)
    assert everything.startswith(before)
    assert view.selected_text() == ("" if first == last else everything[len(before) :])


def test_the_keyboard_goes_through_a_mirrored_table_cell_by_cell(view: TranscriptView) -> None:
    view.show_messages([person("p", "Who?"), model("m", "| الاسم | العمر |\n|---|---|\n| سارة | 25 |\n")])
    table = place_block(view.content, 1, 0, view.column_left).rect.translated(0, -view.scroll_y)
    words = view.content.layout(1).boxes[0].block.text

    press(view, table.topRight() + QPoint(-1, 8))
    for count in range(1, words.index("2")):
        QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
        assert view.selected_text() == words[:count]
    for _ in range(8):
        QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)

    assert view.selected_text() == words[:8]
