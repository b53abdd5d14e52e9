"""One of several choices."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.choice_button import Choice, ChoiceButton

CHOICES = [Choice("", "Nothing"), Choice("a", "Apple & pear", "leaf", begins_group=True), Choice("b", "Bee")]


@pytest.fixture
def button(theme: Theme, qtbot: QtBot) -> ChoiceButton:
    button = ChoiceButton(theme, "fruit", "Fruit")
    qtbot.addWidget(button)
    button.set_choices(CHOICES)
    return button


def checked(button: ChoiceButton) -> list[object]:
    return [action.data() for action in button.menu().actions() if action.isChecked()]


def test_it_says_what_is_chosen(button: ChoiceButton) -> None:
    button.show_choice("a")

    assert button.text() == "Apple & pear"
    assert button.accessibleName() == "Fruit: Apple & pear"
    assert checked(button) == ["a"]


def test_choosing_is_told_and_changes_nothing_here(button: ChoiceButton) -> None:
    told = QSignalSpy(button.chosen)
    button.show_choice("a")

    next(action for action in button.menu().actions() if action.data() == "b").trigger()

    assert told.at(0) == ["b"]
    assert (button.text(), checked(button)) == ("Apple & pear", ["a"])


def test_what_is_not_offered_is_named_by_words(button: ChoiceButton) -> None:
    button.show_choice("own", "My own")

    assert (button.text(), checked(button)) == ("My own", [])


def test_other_choices_replace_all_and_keep_what_is_chosen(button: ChoiceButton) -> None:
    button.show_choice("b")

    button.set_choices([Choice("b", "Bumblebee"), Choice("c", "Cat", "heart")])

    assert [action.data() for action in button.menu().actions()] == ["b", "c"]
    assert (button.text(), checked(button)) == ("Bumblebee", ["b"])
