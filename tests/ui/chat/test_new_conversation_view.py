"""What stands in the middle before a conversation has begun."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.chat.new_conversation_view import NewConversationView
from phidesk.ui.theme.theme import Theme

QUESTIONS = ("One?", "Two?", "Three?")
STAYS = "Everything stays on this computer."
LEAVES = "What you ask goes to 10.0.0.7:8000, and nowhere else."


def promise(view: NewConversationView) -> str:
    (label,) = view.findChildren(QLabel, "promise")
    return label.text()


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (None, STAYS),
        (OLLAMA, STAYS),
        (BUILTIN, STAYS),
        ("http://127.0.0.1:8000", STAYS),
        ("http://localhost:8000", STAYS),
        ("http://10.0.0.7:8000", LEAVES),
    ],
)
@pytest.mark.usefixtures("english")
def test_it_promises_only_what_holds_for_who_answers(
    theme: Theme, qtbot: QtBot, engine: str | None, words: str
) -> None:
    view = NewConversationView(theme)
    qtbot.addWidget(view)

    view.show_whom(engine)

    assert promise(view) == words


def offered(view: NewConversationView) -> list[str]:
    cards = [card for card in view.findChildren(QPushButton, "suggestion") if card.isVisible()]
    return [card.accessibleName() for card in cards]


def columns(view: NewConversationView) -> int:
    return len({card.x() for card in view.findChildren(QPushButton, "suggestion") if card.isVisible()})


def test_instructions_bring_their_own_questions(theme: Theme, qtbot: QtBot) -> None:
    view = NewConversationView(theme)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    usual = offered(view)
    chosen = QSignalSpy(view.suggestion_chosen)

    view.show_starters("Tutor", QUESTIONS)

    qtbot.waitUntil(lambda: offered(view) == list(QUESTIONS))
    view.findChildren(QPushButton, "suggestion")[-1].click()
    assert chosen.at(0) == ["Three?"]
    view.show_starters("", ())
    qtbot.waitUntil(lambda: offered(view) == usual)


@pytest.mark.parametrize(("width", "expected"), [(900, 2), (400, 1)])
def test_questions_stand_side_by_side_where_there_is_room(
    theme: Theme, qtbot: QtBot, width: int, expected: int
) -> None:
    view = NewConversationView(theme)
    qtbot.addWidget(view)
    view.resize(width, 600)
    view.show()
    view.hide()

    view.show_starters("Tutor", QUESTIONS)
    view.show()

    qtbot.waitUntil(lambda: len(offered(view)) == 3 and columns(view) == expected)
