"""One line of text, painted by ourselves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.text_line import line_width

TEXTS = ["SmolLM2 135M (practice model) · Built-in engine", "New conversation", "Choose a model", "Models", "Health"]


@pytest.mark.parametrize("text_size_px", [13, 15, 19, 22, 28])
def test_nothing_is_cut_in_the_width_that_a_line_asks_for(theme: Theme, text_size_px: int) -> None:
    theme.set_text_size_px(text_size_px)

    for font in (theme.small_font(), theme.text_font()):
        metrics = QFontMetrics(font)
        for text in TEXTS:
            room = line_width(metrics, text)
            assert metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) == text
