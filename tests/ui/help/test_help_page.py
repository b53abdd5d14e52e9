"""The page Help lists every key, from the place where it is defined."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.message_actions import KEYS, key_words
from phidesk.ui.help.help_page import HelpPage
from phidesk.ui.shortcuts import EVERYWHERE, Shortcut, shortcut_words
from phidesk.ui.theme.theme import Theme


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> HelpPage:
    page = HelpPage(theme)
    qtbot.addWidget(page)
    return page


def test_every_key_is_listed_with_what_it_does(page: HelpPage) -> None:
    listed = [label.accessibleName() for label in page.findChildren(QLabel, "factValue")]

    assert len(listed) == len(Shortcut) + len(KEYS)
    for shortcut, words in shortcut_words().items():
        assert f"{words}: {shortcut.keys}" in listed
    for keys in KEYS.values():
        written = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        assert any(line.endswith(f": {written}") for line in listed)


def test_all_of_it_is_heard(page: HelpPage) -> None:
    heard = page.accessibleDescription()

    assert all(label.accessibleName() in heard for label in page.findChildren(QLabel, "factValue"))


def test_no_key_means_two_things_in_the_same_place() -> None:
    for shortcuts in (set(EVERYWHERE), set(Shortcut)):
        keys = [sequence.toString() for shortcut in shortcuts for sequence in shortcut.sequences]
        assert len(keys) == len(set(keys))


def test_the_arrows_lead_the_other_way_where_one_reads_to_the_left() -> None:
    versions = ("Previous version", "Next version")

    usual, mirrored = (dict(key_words(is_mirrored=is_mirrored)) for is_mirrored in (False, True))

    assert [usual[words] for words in versions] == ["Alt+Left", "Alt+Right"]
    assert [mirrored[words] for words in versions] == ["Alt+Right", "Alt+Left"]
