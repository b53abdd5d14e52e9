"""The slim bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from phidesk.ui.theme.tokens import LIGHT
from phidesk.ui.widgets.gauge_bar import GaugeBar

WIDTH = 200


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot) -> GaugeBar:
    """A bar of 200 pixels."""
    bar = GaugeBar(theme)
    qtbot.addWidget(bar)
    bar.resize(WIDTH, 8)
    return bar


def color_at(bar: GaugeBar, x: int) -> QColor:
    """Colour of the bar's middle line."""
    image = bar.grab().toImage()
    density = image.devicePixelRatio()
    return image.pixelColor(int(x * density), int(4 * density))


def test_the_share_is_painted_from_where_reading_begins(bar: GaugeBar) -> None:
    bar.set_share(0.4)

    assert color_at(bar, 40) == QColor(LIGHT.accent)
    assert color_at(bar, 120) == QColor(LIGHT.border)


def test_right_to_left_mirrors_the_bar(bar: GaugeBar) -> None:
    bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    bar.set_share(0.4)

    assert color_at(bar, 40) == QColor(LIGHT.border)
    assert color_at(bar, 160) == QColor(LIGHT.accent)


@pytest.mark.parametrize(
    ("share", "color", "words"),
    [
        (0.5, LIGHT.accent, "50 % used"),
        (0.95, LIGHT.danger, "95 % used, nearly full"),
        (1.2, LIGHT.danger, "120 % used, full"),
    ],
)
def test_nearly_full_warns_in_colour_and_in_words(bar: GaugeBar, share: float, color: str, words: str) -> None:
    bar.set_share(share)

    assert color_at(bar, 50) == QColor(color)
    assert bar.text() == bar.accessibleDescription() == bar.toolTip() == words


def test_an_unknown_share_is_empty_and_says_so(bar: GaugeBar) -> None:
    bar.set_share(0.5)
    bar.set_share(None)

    assert color_at(bar, 20) == QColor(LIGHT.border)
    assert bar.text() == "unknown"
    assert bar.share is None
