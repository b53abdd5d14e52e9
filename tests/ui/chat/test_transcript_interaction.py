"""Mouse and keyboard in the transcript."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_selection import Place
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import conversation, make_view, model, person, picture, text_point

LEFT = Qt.MouseButton.LeftButton
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def drag(view: TranscriptView, start: QPoint, end: QPoint) -> None:
    viewport = view.viewport()
    QTest.mousePress(viewport, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, LEFT, Qt.KeyboardModifier.NoModifier, end)


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    shown = make_view(qtbot)
    shown.show_messages(
        [
            person("p", "First line\nsecond 😀 line"),
            model("m", "One **two** three\n\n- four\n- [five](https://a.example)"),
        ]
    )
    shown.activateWindow()
    shown.setFocus()
    return shown


def test_dragging_selects_what_lies_between(view: TranscriptView) -> None:
    drag(view, text_point(view, 1, 0, 4), text_point(view, 1, 1, 2))

    assert view.selected_text() == "two three\n\n• fo"


def test_dragging_backwards_selects_the_same(view: TranscriptView) -> None:
    drag(view, text_point(view, 1, 1, 2), text_point(view, 1, 0, 4))

    assert view.selected_text() == "two three\n\n• fo"


def test_characters_beyond_the_basic_plane_are_whole(view: TranscriptView) -> None:
    drag(view, text_point(view, 0, 0, 11), text_point(view, 0, 0, 20))

    assert view.selected_text() == "second 😀"


def test_double_click_selects_a_word_and_a_third_click_the_paragraph(view: TranscriptView) -> None:
    point = text_point(view, 1, 0, 5)

    QTest.mouseDClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, point)
    word = view.selected_text()
    QTest.mousePress(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, point)

    assert word == "two"
    assert view.selected_text() == "One two three"


def test_shift_click_draws_the_selection_wider(view: TranscriptView) -> None:
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, text_point(view, 1, 0, 4))
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, text_point(view, 1, 0, 7))

    assert view.selected_text() == "two"


def test_keys_select_a_message_and_copy_it(view: TranscriptView) -> None:
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, text_point(view, 1, 0, 4))
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert view.selected_text() == "One two three\n\n• four\n• five"
    assert QGuiApplication.clipboard().text() == view.selected_text()


def test_selection_is_to_be_seen_and_a_click_ends_it(view: TranscriptView) -> None:
    without = picture(view)
    view.select_message("m")
    assert picture(view) != without

    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, text_point(view, 1, 0, 4))

    assert view.selected_text() == ""
    assert picture(view) == without


def test_selection_survives_text_that_arrives(view: TranscriptView, qtbot: QtBot) -> None:
    drag(view, text_point(view, 1, 0, 4), text_point(view, 1, 0, 7))

    view.append_text("m", "\n- six\n\nMore.")
    qtbot.waitUntil(lambda: view.streaming_idle)
    view.finish_message("m")

    assert view.selected_text() == "two"


def test_selection_goes_with_replaced_text(view: TranscriptView) -> None:
    view.select_message("m")

    view.replace_text("m", "x")

    assert view.selected_text() == ""


def test_click_on_a_link_tells_its_address(view: TranscriptView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.link_activated) as chosen:
        QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, text_point(view, 1, 2, 2))

    assert chosen.args == ["https://a.example"]


def test_selecting_in_a_link_does_not_follow_it(view: TranscriptView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.link_activated):
        drag(view, text_point(view, 1, 2, 0), text_point(view, 1, 2, 3))

    assert view.selected_text() == "• fiv"


def test_mouse_pointer_tells_what_is_under_it(view: TranscriptView) -> None:
    shapes = []
    for point in (text_point(view, 1, 0, 2), text_point(view, 1, 2, 2), QPoint(2, 2)):
        QTest.mouseMove(view.viewport(), point)
        shapes.append(view.viewport().cursor().shape())

    assert shapes == [
        Qt.CursorShape.IBeamCursor,
        Qt.CursorShape.PointingHandCursor,
        Qt.CursorShape.ArrowCursor,
    ]


def test_keys_scroll(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(20))
    while view.scroll_y > 0:  # Afterwards all heights are real.
        view.scroll_by(-300)
    view.scroll_to_end()
    end = view.scroll_y

    QTest.keyClick(view, Qt.Key.Key_PageUp)
    page_up = view.scroll_y
    QTest.keyClick(view, Qt.Key.Key_Up)
    line_up = view.scroll_y
    QTest.keyClick(view, Qt.Key.Key_Home)
    home = view.scroll_y
    QTest.keyClick(view, Qt.Key.Key_End)

    assert end - view.viewport().height() <= page_up < end
    assert line_up < page_up
    assert home == 0
    assert view.is_following
    assert view.scroll_y == view.verticalScrollBar().maximum()


def test_alt_and_arrows_go_from_message_to_message(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages(conversation(10))
    view.activateWindow()
    view.setFocus()
    without = picture(view)

    QTest.keyClick(view, Qt.Key.Key_Up, ALT)
    assert picture(view) != without
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_Up, ALT)
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    assert view.selected_text() == view.readable_text(15)
    assert view.message_rect(15).intersects(view.viewport().rect())


def test_focus_by_keyboard_is_to_be_seen(view: TranscriptView) -> None:
    without = picture(view)
    view.clearFocus()

    view.setFocus(Qt.FocusReason.TabFocusReason)

    assert picture(view) != without


@pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.
def test_menu_selects_the_message_or_everything(view: TranscriptView, qtbot: QtBot) -> None:
    point = text_point(view, 1, 0, 2)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point))
    QApplication.sendEvent(view.viewport(), event)
    menu = view.findChild(QMenu, "transcript_menu")
    assert menu is not None
    message, everything = menu.findChild(QAction, "select_message"), menu.findChild(QAction, "select_all")
    assert message is not None
    assert everything is not None

    message.trigger()
    text = view.selected_text()
    everything.trigger()
    menu.close()

    assert text == "One two three\n\n• four\n• five"
    assert view.selected_text() == view.plain_text()


def test_dragging_below_the_edge_scrolls(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "word\n\n" * 200)])
    view.verticalScrollBar().setValue(0)
    start = text_point(view, 0, 0, 0)

    QTest.mousePress(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(view.viewport(), start + QPoint(5, 100))
    QTest.mouseMove(view.viewport(), QPoint(start.x() + 5, view.viewport().height() + 60))
    qtbot.waitUntil(lambda: view.scroll_y > 500)
    QTest.mouseRelease(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(start.x(), 100))

    assert len(view.selected_text()) > 100


def test_the_keyboard_stays_with_a_message_that_is_written_again(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([person("p", "Hi"), model("m", "One")])
    view.focus_message("m")

    view.replace_from(1, [model("n", "Two")])
    again = view.keyboard_message
    view.replace_from(0, [person("q", "Hello")])

    assert again == 1
    assert view.focused_message is None


def test_keys_go_from_heading_to_heading_through_all_messages(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    texts = ["# One\n\ntext\n\n## Two\n\ntext", "- no\n- heading", "Three\n---\n\ntext"]
    view.show_messages([person("p", "# Hi"), *(model(str(number), text) for number, text in enumerate(texts))])
    view.activateWindow()
    view.focus_message("p")
    seen = []

    for modifier in (NONE, NONE, NONE, NONE, SHIFT, SHIFT, SHIFT, SHIFT):
        QTest.keyClick(view, Qt.Key.Key_H, modifier)
        seen.append(view.interaction.caret_place)

    one, two, three = Place(1, 0, 0), Place(1, 2, 0), Place(3, 0, 0)
    assert seen == [one, two, three, three, two, one, one, one]


def test_a_heading_out_of_sight_is_brought_into_sight(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "# One\n\n" + "text\n\n" * 100 + "# Two\n\n" + "text\n\n" * 100)])
    view.activateWindow()
    view.setFocus()

    QTest.keyClick(view, Qt.Key.Key_H, SHIFT)

    placed = place_block(view.content, 0, 101, 0)
    assert view.interaction.caret_place == Place(0, 101, 0)
    assert 0 <= placed.rect.top() - view.scroll_y < view.viewport().height()


def test_the_caret_goes_through_code_in_text_from_the_right_character_by_character(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "النص `x[0]=1;` ثم `-a` نص")])
    view.activateWindow()
    view.interaction.put_caret(Place(0, 0, 0))
    length = len(view.content.layout(0).boxes[0].block.text)
    seen = []

    for _ in range(length):
        QTest.keyClick(view, Qt.Key.Key_Left)
        seen.append(view.interaction.caret_place)

    assert seen == [Place(0, 0, offset) for offset in range(1, length + 1)]
