"""What is copied while scrolling is what painting would have given."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_style import MESSAGE_GAP
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import ANSWER, conversation, make_style, make_view, model, person, picture


def screen_picture(view: TranscriptView) -> QImage:
    """Return the pixels that really are in the window, after all pending painting."""
    QApplication.processEvents()
    return view.screen().grabWindow(view.winId()).toImage().copy(view.viewport().geometry())


ROUNDING = 1
"""Of a colour, of 255: a round corner that the edge of the view cuts is not always blended alike."""


def assert_as_painted(view: TranscriptView) -> None:
    shown = screen_picture(view)
    view.viewport().repaint()
    painted = screen_picture(view)

    differences = {
        abs(before - after)
        for before, after in zip(bytes(shown.constBits()), bytes(painted.constBits()), strict=True)
        if before != after
    }
    assert differences <= set(range(ROUNDING + 1))


def test_the_screen_is_really_looked_at(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    empty = screen_picture(view)

    view.show_messages([model("m", ANSWER)])

    assert screen_picture(view) != empty


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_scrolled_pixels_are_those_of_a_full_repaint(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    view = make_view(qtbot)
    view.setLayoutDirection(direction)
    view.show_messages([*conversation(12), person("rtl", "שלום " * 40), model("rtl2", "- שלום\n- עולם\n\n> ציטוט")])
    view.set_status("Reading 20 words")
    screen_picture(view)

    for step in (-40, -133, -7, -300, 95, -479, -61, 22, -1_000, 333, 5_000, -10):
        view.scroll_by(step)
        assert_as_painted(view)


def test_scrolled_selection_and_focus_are_those_of_a_full_repaint(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(6))
    view.activateWindow()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.select_message("m3")
    screen_picture(view)

    for step in (-90, -211, -33, 60, -250, -120):
        view.scroll_by(step)
        assert_as_painted(view)


def test_streamed_pixels_are_those_of_a_full_repaint(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(3), model("m", "")])
    text = ANSWER + "```\n" + "code line\n" * 230 + "```\n\n" + "A sentence of a long paragraph. " * 200

    for position in range(0, len(text), 97):
        view.append_text("m", text[position : position + 97])
        qtbot.waitUntil(lambda: view.streaming_idle)
        if position % 5 == 0:
            assert_as_painted(view)
    view.finish_message("m")

    assert_as_painted(view)


@pytest.mark.parametrize(
    "text",
    [
        'Words.\n\n```python\nx = 1  # c\ndef f():\n    """Doc of\n    several lines"""\n    return "abc"\n```\n\nEnd.',
        "```c\n/* a comment\n over lines */ int x = 'a';\n" * 2,
        "We have $x^2$ and $\\frac{\\frac{a}{b}}{c}$ in a line that wraps at the end.\n\n1. item $\\sum_{i=0}^n i$ of words\n",
        "שלום עולם זה טקסט ארוך " * 6 + "\n\n- עוד מילים\n",
        "> a quote of many words that will wrap in the column for sure and certain\n> - item in it\n",
    ],
)
def test_a_few_streamed_characters_are_those_of_a_full_repaint(qtbot: QtBot, text: str) -> None:
    view = make_view(qtbot)
    view.show_messages([*conversation(3), model("m", "")])

    for position in range(0, len(text), 7):
        view.append_text("m", text[position : position + 7])
        qtbot.waitUntil(lambda: view.streaming_idle)
        assert_as_painted(view)


def test_pieces_of_a_long_listing_look_like_one(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "```\n" + "x\n" * 150 + "```")])
    boxes = view.content.layout(0).boxes
    seam = view.content.top(0) + view.content.layout(0).block_top(1)
    view.verticalScrollBar().setValue(seam - 200)

    image = picture(view)
    seam -= view.scroll_y

    assert len(boxes) == 2
    rows = {tuple(image.pixel(x, y) for x in range(view.column_left, view.column_left + 14)) for y in
            range(seam - 30, seam + 30)}  # fmt: skip
    assert len(rows) == 1


def _ink(view: TranscriptView, message: str) -> QColor:
    """Return the darkest colour in the first line of a message."""
    top = view.content.top(view.content.index_of(message)) - view.verticalScrollBar().value()
    line = picture(view).copy(view.column_left, top, view.content.column_width, view.content.documents.line_height)
    pixels = (line.pixelColor(x, y) for x in range(line.width()) for y in range(line.height()))
    return min(pixels, key=QColor.lightness)


def test_what_the_model_sees_no_more_is_muted_above_a_line(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("old", "■■■■"), model("new", "■■■■")])
    style = view.content.documents.style
    gap = view.content.top(1) - MESSAGE_GAP // 2
    before = picture(view)

    view.set_memory_line("old")

    assert _ink(view, "old") == style.muted
    assert _ink(view, "new") == style.text
    assert picture(view).pixelColor(view.column_left + 5, gap) == style.edge
    view.set_memory_line(None)
    assert picture(view) == before


def test_the_memory_line_scrolls_as_it_is_painted(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(6))
    view.set_memory_line("m2")
    screen_picture(view)

    for step in (-90, -211, -33, 60, -250, -120, -400, 17, 230, -7):
        view.scroll_by(step)
        assert_as_painted(view)


@pytest.mark.parametrize("size", [12, 15, 28])
@pytest.mark.parametrize("text", ["one", "أول"])
def test_the_longest_number_of_a_list_is_not_cut_off(qtbot: QtBot, size: int, text: str) -> None:
    view = make_view(qtbot)
    view.set_style(make_style(size=size))
    view.show_messages([model("m", f"999999998. {text}\n999999999. {text}")])

    image = picture(view)
    edges = [image.pixel(x, y) for x in (0, 1, image.width() - 1, image.width() - 2) for y in range(image.height())]

    assert view.content.layout(0).boxes[0].block.marker == "999999998."
    assert len(set(edges)) == 1


def test_lists_stand_in_as_far_as_their_letters_are_large(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "text\n\n1. one")])
    indents = []

    for size in (15, 30):
        view.set_style(make_style(size=size))
        text, item = (place_block(view.content, 0, row, 0).rect.left() for row in range(2))
        indents.append(item - text)

    assert indents == [26, 52]
