"""Words stand where the window's reading begins, and read in their own direction there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.leading_label import LeadingLabel
from phidesk.ui.widgets.state_line import StateLine, StateTone

WORDS = " ".join(["mmmm"] * 12)
"""In each line the last letter is the same, with a blank behind it."""


def line_ends(label: QLabel) -> set[int]:
    """Return where the ink of each line ends on the side where the window's reading begins."""
    label.adjustSize()
    image = label.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    paper = image.pixelColor(0, 0).value()
    height = label.fontMetrics().lineSpacing()
    lines = [range(top, min(top + height, image.height())) for top in range(0, image.height(), height)]
    columns = range(image.width())
    inked = [
        [x for x in columns if any(abs(image.pixelColor(x, y).value() - paper) > 40 for y in line)] for line in lines
    ]
    return {max(line) if label.isRightToLeft() else min(line) for line in inked if line}


def labels_in(window: QWidget, theme: Theme) -> list[QLabel]:
    label = LeadingLabel(WORDS, window)
    line = StateLine(theme, window)
    line.show_state(WORDS, StateTone.READY)
    words = line.findChild(QLabel, "stateWords")
    assert words is not None
    return [label, words]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_all_lines_begin_or_end_together_whatever_blanks_are_between_them(
    theme: Theme, qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setLayoutDirection(direction)

    for label in labels_in(window, theme):
        label.setWordWrap(True)
        label.setFixedWidth(160)

        (end,) = line_ends(label)
        assert abs(end - (label.width() if label.isRightToLeft() else 0)) < 4


def test_a_full_stop_stays_behind_its_sentence(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    line = StateLine(theme, window)

    line.show_state("Phi is ready.", StateTone.READY)

    (words,) = (label.text() for label in line.findChildren(QLabel, "stateWords"))
    assert words == "Phi is ready."


def test_words_follow_when_the_window_turns_around(qtbot: QtBot) -> None:
    label = LeadingLabel("mmmm")
    qtbot.addWidget(label)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)

    label.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    expected = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop
    assert label.alignment() == expected
