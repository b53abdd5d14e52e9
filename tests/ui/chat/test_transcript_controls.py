"""The buttons inside messages: by mouse, by keyboard, in the menu, and for assistive technology."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.block_controls import Control, ControlKind, controls_of
from phidesk.ui.chat.code_header import language_name
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_controls import COPIED_MS
from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import make_view, message_controls, model, picture

LEFT = Qt.MouseButton.LeftButton
WIDE = "x = " + " + ".join(str(number) for number in range(80))
TEXT = f"Before.\n\n```py\n{WIDE}\ny = 1\n```\n\nBetween.\n\n```\nsecond\n```"


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    shown = make_view(qtbot)
    shown.show_messages([model("m", TEXT)])
    shown.activateWindow()
    shown.setFocus(Qt.FocusReason.TabFocusReason)
    return shown


def point_of(view: TranscriptView, control: Control) -> QPoint:
    placed = place_block(view.content, control.message, control.row, view.column_left)
    placed.move_by(-view.scroll_y)
    found = dict(
        controls_of(control.message, placed, view.content.documents, is_mirrored=view.content.is_right_to_left)
    )
    return found[control].center()


def press(view: TranscriptView, control: Control) -> None:
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, point_of(view, control))


COPY, WRAP, SECOND = (
    Control(0, 1, ControlKind.COPY),
    Control(0, 1, ControlKind.WRAP),
    Control(0, 3, ControlKind.COPY),
)


def test_copy_takes_the_whole_listing_and_says_so_for_a_moment(view: TranscriptView, qtbot: QtBot) -> None:
    before = picture(view)

    press(view, COPY)

    assert QGuiApplication.clipboard().text() == f"{WIDE}\ny = 1"
    assert view.controls.look.copied == COPY
    assert picture(view) != before
    qtbot.waitUntil(lambda: view.controls.look.copied is None, timeout=COPIED_MS + 2_000)


def test_all_pieces_of_a_long_listing_are_copied(qtbot: QtBot) -> None:
    code = "\n".join(f"line {number}" for number in range(450))
    view = make_view(qtbot)
    view.show_messages([model("m", f"```\n{code}\n```")])

    view.controls.activate(message_controls(view, 0)[0])

    assert QGuiApplication.clipboard().text() == code


def test_lines_are_wrapped_and_unwrapped_where_the_listing_stands(view: TranscriptView) -> None:
    top = view.content.layout(0).block_top(1)
    height = view.content.layout(0).boxes[1].height

    press(view, WRAP)
    wrapped = view.content.layout(0).boxes[1].height
    press(view, WRAP)

    assert wrapped > height == view.content.layout(0).boxes[1].height
    assert view.content.layout(0).block_top(1) == top


def test_wrapping_is_offered_only_where_a_line_is_too_long(view: TranscriptView) -> None:
    assert view.controls.at(point_of(view, WRAP)) == WRAP
    rows = (WRAP.row, SECOND.row)
    entries = [view.controls.menu_entries(MenuPlace(message=0, block=row)) for row in rows]
    assert [[entry.text for entry in of_block] for of_block in entries] == [["Wrap lines", "Copy code"], ["Copy code"]]


def test_wrapping_at_the_end_of_the_conversation_keeps_the_header_in_sight(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "text\n\n" * 40 + f"```\n{f'{WIDE}{chr(10)}' * 12}```")])
    row = len(view.content.layout(0).boxes) - 1
    control = Control(0, row, ControlKind.WRAP)
    point = point_of(view, control)

    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, point)

    assert point_of(view, control).y() == point.y()
    assert not view.is_following


def test_tab_goes_from_control_to_control_and_out_again(view: TranscriptView) -> None:
    seen = []
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_Tab)
        seen.append(view.controls.look.focused)

    assert seen == [WRAP, COPY, Control(0, 1, ControlKind.SIDE), SECOND]
    QTest.keyClick(view, Qt.Key.Key_Backtab)
    assert view.controls.look.focused == Control(0, 1, ControlKind.SIDE)


def test_the_focused_control_is_framed_and_obeys_enter(view: TranscriptView) -> None:
    before = picture(view)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    framed = picture(view)

    QTest.keyClick(view, Qt.Key.Key_Return)

    side = view.content.layout(0).boxes[1].side
    assert framed != before
    assert side is not None
    assert side.is_wrapped


def test_arrows_scroll_a_listing_sideways(view: TranscriptView) -> None:
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Tab)

    QTest.keyClick(view, Qt.Key.Key_Right)
    side = view.content.layout(0).boxes[1].side
    assert side is not None
    right = side.offset
    QTest.keyClick(view, Qt.Key.Key_Left)

    assert right > 0
    assert side.offset == 0


def test_the_menu_of_a_listing_offers_the_same(view: TranscriptView) -> None:
    entries = view.controls.menu_entries(MenuPlace(message=0, block=1))

    assert {entry.name: entry.text for entry in entries} == {"block_wrap": "Wrap lines", "block_copy": "Copy code"}
    assert view.controls.menu_entries(MenuPlace(message=0, block=0)) == []


def test_header_is_mirrored_with_the_window_and_code_is_not(view: TranscriptView) -> None:
    left_to_right = point_of(view, COPY).x()
    text = place_block(view.content, 0, 1, view.column_left).text_origin.x()

    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    assert left_to_right > view.viewport().width() // 2 > point_of(view, COPY).x()
    assert place_block(view.content, 0, 1, view.column_left).text_origin.x() == text


def test_pressing_a_button_selects_nothing(view: TranscriptView) -> None:
    press(view, COPY)

    assert view.selected_text() == ""


@pytest.mark.parametrize(
    ("info", "name"), [("py", "Python"), ("C++", "C++"), ("", "Text"), ("befunge", "befunge"), ("x" * 90, "x" * 40)]
)
def test_languages_are_named_as_people_write_them(info: str, name: str) -> None:
    assert language_name(info) == name
