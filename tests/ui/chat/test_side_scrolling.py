"""Blocks that are wider than the column scroll sideways, each by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.block_geometry import PlacedBlock, TextPosition
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.side_scrolling import bar_of, thumb_of
from phidesk.ui.chat.side_view import SideView
from phidesk.ui.chat.table_columns import column_widths
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import make_style, make_view, model, picture, text_point

LEFT = Qt.MouseButton.LeftButton
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LONG_LINE = " ".join(f"word{number}" for number in range(60))
CODE = f"```\n{LONG_LINE}\nshort\n```"
HEAD = [f"Column number {number}" for number in range(8)]
TABLE = f"| {' | '.join(HEAD)} |\n{'|---' * 8}|\n" + f"| {' | '.join(['cell'] * 8)} |\n" * 3
MIRRORED = TABLE.replace("Column number", "עמודה ארוכה מאוד")


def placed(view: TranscriptView, row: int = 0) -> PlacedBlock:
    block = place_block(view.content, 0, row, view.column_left)
    block.move_by(-view.scroll_y)
    return block


def side(view: TranscriptView, row: int = 0) -> SideView:
    found = view.content.layout(0).boxes[row].side
    assert found is not None
    return found


def turn_wheel(view: TranscriptView, point: QPoint, angle: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    viewport = view.viewport()
    event = QWheelEvent(
        QPointF(point), QPointF(viewport.mapToGlobal(point)), QPoint(), angle, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


@pytest.mark.parametrize("text", [CODE, TABLE, MIRRORED])
def test_a_wide_block_is_scrolled_to_its_end_and_back(qtbot: QtBot, text: str) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", text)])
    before = picture(view)
    middle = placed(view).rect.center()

    turn_wheel(view, middle, QPoint(0, -12_000), SHIFT)
    at_end = picture(view)
    offset = side(view).offset
    turn_wheel(view, middle, QPoint(0, 12_000), SHIFT)

    is_mirrored = text == MIRRORED
    assert offset == (0 if is_mirrored else side(view).longest_offset)
    assert (at_end != before) is not is_mirrored
    assert side(view).longest_offset > 0
    assert (picture(view) == before) is not is_mirrored


def test_a_table_from_the_right_begins_at_the_right(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", MIRRORED)])
    block = placed(view)

    assert block.document is not None
    assert block.text_origin.x() + round(block.document.textWidth()) == block.rect.right() + 1


def test_sideways_wheel_of_a_touchpad_scrolls_the_block_and_not_the_conversation(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE + "\n\ntext" * 60)])
    view.verticalScrollBar().setValue(0)

    turn_wheel(view, placed(view).rect.center(), QPoint(-120, -30))

    assert side(view).offset > 0
    assert view.scroll_y == 0


def test_wheel_up_and_down_scrolls_the_conversation(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE + "\n\ntext" * 60)])
    view.verticalScrollBar().setValue(0)

    turn_wheel(view, placed(view).rect.center(), QPoint(0, -120))

    assert side(view).offset == 0
    assert view.scroll_y > 0


def test_a_narrow_block_has_no_bar_and_no_offset(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "```\nshort\n```\n\n| a | b |\n|---|---|\n| c | d |")])

    for row in (0, 1):
        turn_wheel(view, placed(view, row).rect.center(), QPoint(-120, 0))

        assert side(view, row).longest_offset == side(view, row).offset == 0
        assert bar_of(placed(view, row)) is None


def test_the_bar_is_drawn_along(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE)])
    bar = bar_of(placed(view))
    assert bar is not None
    thumb = thumb_of(placed(view), bar)

    QTest.mousePress(view.viewport(), LEFT, NONE, thumb.center())
    QTest.mouseMove(view.viewport(), thumb.center() + QPoint(bar.width(), 0))
    QTest.mouseRelease(view.viewport(), LEFT, NONE, thumb.center() + QPoint(bar.width(), 0))

    assert side(view).offset == side(view).longest_offset
    assert thumb_of(placed(view), bar).right() == bar.right()
    assert view.selected_text() == ""


def test_what_is_hit_is_what_is_seen(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE)])
    turn_wheel(view, placed(view).rect.center(), QPoint(-12_000, 0))
    first, last = LONG_LINE.index("word58"), LONG_LINE.index("word59")

    start, end = (text_point(view, 0, 0, offset) for offset in (first, last - 1))
    QTest.mousePress(view.viewport(), LEFT, NONE, start)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), LEFT, NONE, end)

    assert view.viewport().rect().contains(start)
    assert view.selected_text() == "word58"


def test_drawing_a_selection_beyond_the_edge_scrolls_on(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE)])
    start = text_point(view, 0, 0, 0)
    beyond = QPoint(placed(view).rect.right() + 12, start.y())

    QTest.mousePress(view.viewport(), LEFT, NONE, start)
    QTest.mouseMove(view.viewport(), beyond)
    qtbot.waitUntil(lambda: view.selected_text() == LONG_LINE)
    QTest.mouseRelease(view.viewport(), LEFT, NONE, beyond)

    assert side(view).offset == side(view).longest_offset


def test_a_place_is_brought_into_sight(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE)])
    place = TextPosition(0, LONG_LINE.index("word40"))

    view.reveal_sideways(0, place)
    x = view.content.geometry.x_of(placed(view), place.offset)

    assert x is not None
    assert placed(view).rect.left() < x < placed(view).rect.right()
    view.reveal_sideways(0, TextPosition(0, 0))
    assert side(view).offset == 0


@pytest.mark.parametrize("text", [CODE, TABLE])
def test_nothing_is_painted_beside_the_block(qtbot: QtBot, text: str) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", text)])
    turn_wheel(view, placed(view).rect.center(), QPoint(-300, 0))

    image = picture(view)

    rect = placed(view).rect
    rows = range(rect.top(), rect.bottom(), 2)
    outside = [*range(rect.left()), *range(rect.right() + 2, view.viewport().width())]
    assert {image.pixelColor(x, y).name() for y in rows for x in outside} == {"#ffffff"}


def test_pieces_of_a_long_listing_scroll_together(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "```\n" + f"{LONG_LINE}\n" * 250 + "```")])

    turn_wheel(view, placed(view, 2).rect.center(), QPoint(-120, 0))

    assert len(view.content.layout(0).boxes) > 10
    assert {box.side.offset for box in view.content.layout(0).boxes if box.side is not None} == {side(view).offset}
    assert side(view).offset > 0


def test_pieces_of_a_long_table_have_the_same_columns(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "| a | b |\n|---|---|\n" + "| x | y |\n" * 120 + "| much wider | y |\n" * 20)])
    boxes = view.content.layout(0).boxes

    widths = {view.content.documents.column_widths(box, 400) for box in boxes}

    assert len(boxes) > 1
    assert len(widths) == 1


def test_the_place_stays_while_the_listing_grows(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "")])
    view.append_text("m", f"```\n{LONG_LINE}\n")
    qtbot.waitUntil(lambda: view.streaming_idle)
    turn_wheel(view, placed(view).rect.center(), QPoint(-240, 0))
    offset = side(view).offset

    view.append_text("m", f"{LONG_LINE}\n" * 3 + "```\n\nEnd.")
    qtbot.waitUntil(lambda: view.streaming_idle)
    view.finish_message("m")

    assert side(view).offset == offset > 0


def test_another_width_and_size_keep_the_offset_within_the_block(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", CODE)])
    turn_wheel(view, placed(view).rect.center(), QPoint(-12_000, 0))

    view.set_style(make_style(size=12))
    smaller = side(view).longest_offset
    view.resize(900, 480)

    assert side(view).offset == side(view).longest_offset < smaller


def test_a_column_is_as_wide_as_its_longest_line(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(
        [model(sign, f"| a |\n|---|\n| A few words{sign}and some more |") for sign in ("<br>", " ", "<br>**and** ")]
    )
    broken, whole, longer = (
        view.content.documents.column_widths(view.content.layout(index).boxes[0], 400) for index in range(3)
    )

    assert broken < longer < whole


def test_columns_take_what_they_need_where_there_is_room() -> None:
    assert column_widths([50, 80], 400, 15) == (50, 80)


def test_long_text_wraps_before_a_table_scrolls() -> None:
    widths = column_widths([60, 2_000], 400, 15)

    assert sum(widths) <= 400
    assert widths[0] == 60


def test_a_table_of_many_columns_keeps_them_readable() -> None:
    assert column_widths([300] * 6, 700, 15) == (180,) * 6


def test_the_keyboard_brings_the_end_of_a_wide_line_into_sight(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "```\n" + "word " * 100 + "\n```")])
    QTest.mouseClick(view.viewport(), LEFT, pos=text_point(view, 0, 0, 2))

    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    at_end = side(view).offset
    QTest.keyClick(view, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)

    assert at_end == side(view).longest_offset > 0
    assert side(view).offset == 0


def test_the_corners_of_a_listing_are_round_where_lines_fade_too(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    corners = []

    for text in (CODE, "```\nshort\nshort\n```"):
        view.show_messages([model("m", text)])
        corner = placed(view).rect.bottomRight()
        corners.append(picture(view).copy(corner.x() - 8, corner.y() - 8, 10, 10))

    assert corners[0] == corners[1]
