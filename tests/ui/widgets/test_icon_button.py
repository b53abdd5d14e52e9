"""The button that is an icon."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from phidesk.ui.theme.tokens import DARK, LIGHT
from phidesk.ui.widgets.icon_button import IconButton


def ink_width(button: IconButton) -> int:
    """Count the columns that the icon has drawn in."""
    picture = button.grab().toImage()
    ground = picture.pixelColor(0, 0)
    columns = range(picture.width())
    return sum(any(picture.pixelColor(x, y) != ground for y in range(picture.height())) for x in columns)


def test_its_words_are_the_tip_and_what_is_said(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "plus", "New conversation")
    qtbot.addWidget(button)

    assert button.toolTip() == button.accessibleName() == "New conversation"
    assert button.minimumWidth() >= 32
    assert button.minimumHeight() >= 32


def test_it_grows_with_the_text(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "stop", "Stop")
    qtbot.addWidget(button)
    sides, inks = [], []

    for text_size_px in (12, 15, 28):
        theme.set_text_size_px(text_size_px)
        button.resize(button.sizeHint())
        sides.append(button.width())
        inks.append(ink_width(button))

    assert sides == [32, 32, 49]
    assert inks[0] < inks[1] < inks[2]
    assert inks[2] == pytest.approx(inks[1] * 28 / 15, abs=2)


def test_an_icon_fits_a_button_that_is_held_small(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "stop", "Stop", side_px=28)
    qtbot.addWidget(button)

    theme.set_text_size_px(28)
    button.resize(button.sizeHint())

    assert button.width() == 28
    assert ink_width(button) <= 24


def test_it_changes_its_colours_with_the_theme(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "plus", "Send", is_primary=True)
    qtbot.addWidget(button)
    button.resize(32, 32)

    before = button.grab().toImage().pixelColor(4, 16)
    theme.set_mode("dark")
    after = button.grab().toImage().pixelColor(4, 16)

    assert before == QColor(LIGHT.accent)
    assert after == QColor(DARK.accent)


def test_focus_is_visible(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "plus", "New conversation")
    qtbot.addWidget(button)
    button.resize(32, 32)
    button.show()
    button.activateWindow()
    without = button.grab().toImage()

    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)

    ring = button.grab().toImage()
    assert ring != without
    assert ring.pixelColor(0, 16) == QColor(LIGHT.accent)
