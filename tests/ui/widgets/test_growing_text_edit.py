"""A field that is as high as its lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QInputMethodEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.instructions_editor import InstructionsEditor
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from tests.ui.ink import ink

LEFT_TO_RIGHT, RIGHT_TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """A shown widget that holds the field."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(400, 400)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_it_grows_to_its_most_lines_and_then_scrolls(page: QWidget) -> None:
    field = GrowingTextEdit(page, fewest_lines=2, most_lines=4, edges_px=10)
    field.resize(300, 50)
    field.show()
    field.setPlainText("line")
    line_px = round(field.blockBoundingRect(field.document().firstBlock()).height())
    heights = {}

    for lines in (1, 3, 9):
        field.setPlainText("\n".join(["line"] * lines))
        heights[lines] = (field.height(), field.verticalScrollBar().isVisible())

    assert heights == {
        1: (2 * line_px + 10, False),
        3: (3 * line_px + 10, False),
        9: (4 * line_px + 10, True),
    }


@pytest.mark.parametrize(("lines", "is_scrolled"), [(2, False), (9, True)])
def test_the_wheel_scrolls_only_what_has_more_lines_than_are_seen(page: QWidget, lines: int, is_scrolled: bool) -> None:
    field = GrowingTextEdit(page, fewest_lines=2, most_lines=4, edges_px=2)
    field.resize(300, 50)
    field.show()
    field.setPlainText("\n".join(["line"] * lines))
    place, turn = QPointF(20, 10), QPoint(0, -120)
    buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(place, place, QPoint(), turn, buttons, keys, Qt.ScrollPhase.NoScrollPhase, False)

    QApplication.sendEvent(field.viewport(), wheel)

    assert (field.verticalScrollBar().value() > 0) is is_scrolled


@pytest.mark.parametrize("make", [Composer, InstructionsEditor])
def test_the_words_in_an_empty_field_follow_the_size_of_text(
    theme: Theme, page: QWidget, make: Callable[[Theme, QWidget], QWidget]
) -> None:
    widget = make(theme, page)
    widget.resize(380, 200)
    widget.show()
    field = widget if isinstance(widget, QPlainTextEdit) else widget.findChild(QPlainTextEdit)
    assert field is not None
    usual = ink(field.viewport()).size()

    theme.set_text_size_px(28)

    assert ink(field.viewport()).height() > 1.5 * usual.height()


@pytest.mark.parametrize("direction", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
@pytest.mark.parametrize("width", range(230, 330, 20))
def test_all_lines_of_the_words_in_an_empty_field_begin_at_its_edge(
    theme: Theme, page: QWidget, direction: Qt.LayoutDirection, width: int
) -> None:
    theme.set_text_size_px(28)
    field = InstructionsEditor(theme, page)
    field.setLayoutDirection(direction)
    field.setFixedWidth(width)
    field.show()
    field.fit_height()
    area, line_px = field.viewport().rect(), field.fontMetrics().lineSpacing()

    lines = [ink(field.viewport(), QRect(0, number * line_px, area.width(), line_px)) for number in range(2)]

    begins = [area.right() - line.right() if direction is RIGHT_TO_LEFT else line.left() for line in lines]
    assert max(begins) <= 4


def test_the_words_of_an_empty_field_go_when_something_is_typed(theme: Theme, page: QWidget) -> None:
    field = InstructionsEditor(theme, page)
    field.show()
    field.clearFocus()

    field.setPlainText(" ")
    nothing = ink(field.viewport())
    field.clear()

    assert nothing.isNull()
    assert not ink(field.viewport()).isNull()


@pytest.mark.parametrize(
    ("text", "direction", "is_right"),
    [
        ("", LEFT_TO_RIGHT, False),
        ("", RIGHT_TO_LEFT, True),
        ("words", RIGHT_TO_LEFT, False),
        ("كلمات", LEFT_TO_RIGHT, True),
        ("كلمات\nwords", RIGHT_TO_LEFT, True),
    ],
)
def test_text_stands_where_its_reading_begins(
    page: QWidget, text: str, direction: Qt.LayoutDirection, is_right: bool
) -> None:
    field = GrowingTextEdit(page, fewest_lines=2, most_lines=4, edges_px=10)
    field.resize(300, 50)
    field.show()

    field.setLayoutDirection(direction)
    field.setPlainText(text)

    assert (field.cursorRect().left() > field.width() // 2) is is_right


def test_letters_that_are_not_decided_are_given_up_with_the_focus(page: QWidget) -> None:
    field = GrowingTextEdit(page, fewest_lines=1, most_lines=4, edges_px=10)
    field.show()
    field.setFocus()

    QApplication.sendEvent(field, QInputMethodEvent("hao", []))
    was_composing = field.is_composing
    field.clearFocus()

    assert was_composing
    assert not field.is_composing


def test_lines_that_become_more_while_it_is_hidden_are_all_seen(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    whole.resize(640, 600)
    field = GrowingTextEdit(whole, fewest_lines=2, most_lines=30, edges_px=10)
    font = field.font()
    font.setPixelSize(12)
    field.setFont(font)
    field.setFixedWidth(600)
    field.setPlainText("\n".join(["many words on one line, " * 3] * 6))
    field.fit_height()
    field.setFixedWidth(250)

    whole.show()
    field.grab()  # what is painted is laid out

    height = field.height()
    assert height >= laid_out_px(field) > 8 * field.fontMetrics().lineSpacing()


def laid_out_px(field: QPlainTextEdit) -> float:
    """How high all blocks are together; asking lays them out."""
    height, block = 0.0, field.document().firstBlock()
    while block.isValid():
        height += field.blockBoundingRect(block).height()
        block = block.next()
    return height
