"""The field that filters a list, and its icons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.sidebar.search_field import SearchField
from phidesk.ui.theme.theme import Theme
from tests.ui.ink import ink

LEFT_TO_RIGHT, RIGHT_TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


@pytest.mark.parametrize("direction", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
def test_the_icons_grow_with_the_text_and_stay_beside_it(
    theme: Theme, qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    field = SearchField(theme, "Search", page)
    page.setLayoutDirection(direction)
    page.resize(500, 100)
    page.show()
    field.resize(400, field.sizeHint().height())
    field.setText(" ")
    usual = icons_of(field)

    theme.set_text_size_px(28)
    field.resize(400, field.sizeHint().height())
    grown = icons_of(field)

    for before, after in zip(usual, grown, strict=True):
        assert after.height() > 1.5 * before.height()
        assert abs(after.center().y() - field.rect().center().y()) <= 3
    cursor = field.cursorRect()
    assert grown[0].right() < cursor.left() < cursor.right() < grown[1].left()


def icons_of(field: SearchField) -> tuple[QRect, QRect]:
    """Return where something is drawn at the left and at the right of a field in which nothing is written."""
    left, right = QRect(field.rect()), QRect(field.rect())
    left.setWidth(field.width() // 4)
    right.setLeft(field.width() - field.width() // 4)
    return ink(field, left.adjusted(3, 3, 0, -3)), ink(field, right.adjusted(0, 3, -3, -3))
