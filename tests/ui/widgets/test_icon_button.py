"""The button that is an icon."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from phidesk.ui.theme.tokens import DARK, LIGHT
from phidesk.ui.widgets.icon_button import IconButton


def test_its_words_are_the_tip_and_what_is_said(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "plus", "New conversation")
    qtbot.addWidget(button)

    assert button.toolTip() == button.accessibleName() == "New conversation"
    assert button.minimumWidth() >= 32
    assert button.minimumHeight() >= 32


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
