"""One line of text, painted by ourselves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.text_line import line_width, paint_wrapped

TEXTS = ["SmolLM2 135M (practice model) · Built-in engine", "New conversation", "Choose a model", "Models", "Health"]


@pytest.mark.parametrize("text_size_px", [13, 15, 19, 22, 28])
def test_nothing_is_cut_in_the_width_that_a_line_asks_for(theme: Theme, text_size_px: int) -> None:
    theme.set_text_size_px(text_size_px)

    for font in (theme.small_font(), theme.text_font()):
        metrics = QFontMetrics(font)
        for text in TEXTS:
            room = line_width(metrics, text)
            assert metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) == text


@pytest.mark.parametrize("text", ["Stopped by you. That is all.", "تم الإيقاف. هذا كل شيء."])
@pytest.mark.usefixtures("theme")
def test_a_text_reads_alike_in_every_window(text: str) -> None:
    painted = []
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        image = QImage(80, 120, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setLayoutDirection(direction)
        paint_wrapped(painter, QRect(0, 0, 80, 120), text, Qt.AlignmentFlag.AlignRight)
        painter.end()
        painted.append(image)

    blank = QImage(painted[0])
    blank.fill(Qt.GlobalColor.white)
    assert painted[0] == painted[1] != blank
