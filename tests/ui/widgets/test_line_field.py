"""A field of one line in windows that are read from either side."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from phidesk.ui.widgets.line_field import LineField
from tests.ui.ink import ink

LEFT_TO_RIGHT, RIGHT_TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


@pytest.mark.parametrize(
    ("hint", "text", "direction", "is_right"),
    [
        ("Search", "", LEFT_TO_RIGHT, False),
        ("Search", "", RIGHT_TO_LEFT, True),
        ("بحث", "", RIGHT_TO_LEFT, True),
        ("Search", "كلمات", LEFT_TO_RIGHT, True),
        ("Search", "كلمات", RIGHT_TO_LEFT, True),
    ],
)
def test_words_stand_where_reading_begins(
    qtbot: QtBot, hint: str, text: str, direction: Qt.LayoutDirection, is_right: bool
) -> None:
    field = LineField()
    qtbot.addWidget(field)
    field.setFrame(False)
    field.resize(400, 40)
    with qtbot.waitExposed(field):
        field.show()
    field.clearFocus()

    field.setPlaceholderText(hint)
    field.setLayoutDirection(direction)
    field.setText(text)

    assert (ink(field).center().x() > 200) is is_right


def test_words_come_back_to_their_side(qtbot: QtBot) -> None:
    field = LineField()
    qtbot.addWidget(field)
    field.setLayoutDirection(RIGHT_TO_LEFT)
    empty = field.alignment()

    field.setText("كلمات")
    written = field.alignment()
    field.clear()

    assert written == Qt.AlignmentFlag.AlignLeading
    assert field.alignment() == empty == Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
