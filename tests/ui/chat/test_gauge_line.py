"""The line under the composer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from phidesk.core.answers import Gauge
from phidesk.core.breakdown import Breakdown
from phidesk.ui.chat.gauge_line import GaugeLine
from phidesk.ui.theme.theme import Theme
from phidesk.ui.theme.tokens import LIGHT

GAUGE = Gauge(2048, 8192, 3_900_000_000, 3_900_000_000)
TEXT = "2,048 of 8,192 · 3.9 GB graphics memory"


@pytest.fixture
def line(qapp: QApplication, qtbot: QtBot) -> Iterator[GaugeLine]:
    """A line of 640 pixels in English."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    theme = Theme(qapp, "light")
    line = GaugeLine(theme)
    qtbot.addWidget(line)
    line.resize(640, line.sizeHint().height())
    yield line
    QLocale.setDefault(before)
    qapp.setStyleSheet("")
    theme.deleteLater()


def color_at(line: GaugeLine, x: int) -> QColor:
    """Colour of the bar's middle line."""
    image = line.grab().toImage()
    density = image.devicePixelRatio()
    return image.pixelColor(int(x * density), int((line.rect().center().y() + 0.5) * density))


def test_it_shows_and_says_the_figures(line: GaugeLine) -> None:
    line.show_gauge(GAUGE)

    assert line.text() == TEXT
    assert TEXT in line.accessibleName()
    assert "(VRAM)" in line.toolTip()
    assert color_at(line, 20) == QColor(LIGHT.accent)


def test_figures_of_an_earlier_run_are_marked(line: GaugeLine) -> None:
    line.show_gauge(GAUGE, last_known=True)

    assert line.text() == f"last known: {TEXT}"


def test_before_the_first_answer_it_claims_nothing(line: GaugeLine) -> None:
    line.show_gauge(GAUGE)
    line.show_gauge(None)

    assert line.text() == ""
    assert line.toolTip() == ""
    assert color_at(line, 20) == QColor(LIGHT.border)


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_instructions_and_tools_have_their_own_colours_at_the_beginning(
    line: GaugeLine, direction: Qt.LayoutDirection
) -> None:
    line.setLayoutDirection(direction)

    line.show_gauge(replace(GAUGE, pieces=Breakdown(instructions=512, tools=512, earlier=1024)))

    wanted = [QColor(color) for color in (LIGHT.code_name, LIGHT.warning, LIGHT.accent)]
    seen = [color for x in range(line.width()) if (color := color_at(line, x)) in wanted]
    if direction is Qt.LayoutDirection.RightToLeft:
        seen.reverse()
    assert list(dict.fromkeys(color.name() for color in seen)) == [color.name() for color in wanted]


def test_right_to_left_puts_the_bar_on_the_other_side(line: GaugeLine) -> None:
    line.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    line.show_gauge(GAUGE)

    assert color_at(line, 620) == QColor(LIGHT.accent)
    assert color_at(line, 20) != QColor(LIGHT.accent)


def test_keyboard_and_mouse_open_the_panel(line: GaugeLine, qtbot: QtBot) -> None:
    line.show_gauge(GAUGE)

    with qtbot.waitSignal(line.clicked):
        QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(line.clicked):
        QTest.keyClick(line, Qt.Key.Key_Space)


def test_it_fits_into_a_narrow_window(line: GaugeLine) -> None:
    line.show_gauge(GAUGE)

    line.resize(line.minimumSizeHint().width(), line.height())

    assert color_at(line, 10) == QColor(LIGHT.accent)
    assert line.text() == TEXT


def test_figures_without_room_are_left_out_from_the_last_one(line: GaugeLine) -> None:
    line.show_gauge(GAUGE)
    line.resize(line.sizeHint().width() - 1, line.height())
    short = line.grab().toImage()
    said = line.text()

    line.show_gauge(Gauge(GAUGE.consumed_tokens, GAUGE.window_tokens))

    assert said == TEXT
    assert line.text() == "2,048 of 8,192"
    assert short == line.grab().toImage()


def test_figures_that_just_have_room_are_all_shown(line: GaugeLine) -> None:
    line.show_gauge(GAUGE)
    line.resize(line.sizeHint().width(), line.height())
    whole = line.grab().toImage()

    line.show_gauge(Gauge(GAUGE.consumed_tokens, GAUGE.window_tokens))

    assert whole != line.grab().toImage()
