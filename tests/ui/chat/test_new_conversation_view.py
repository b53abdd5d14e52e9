"""What stands in the middle before a conversation has begun."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.chat.new_conversation_view import NewConversationView
from phidesk.ui.theme.theme import Theme

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
