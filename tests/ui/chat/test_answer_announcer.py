"""What a screen reader is told of an answer while it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import make_view, model, person


@contextmanager
def screen_reader() -> Iterator[None]:
    """Let Qt believe that somebody listens."""
    QAccessible.setActive(True)
    try:
        yield
    finally:
        QAccessible.setActive(False)


class Spoken:
    """A view, and what it lets be said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = make_view(qtbot)
        self.view.show_messages([person("p", "Hi"), model("m", "")])
        self.texts: list[str] = []
        self.qtbot = qtbot
        self.view.announcer.sentence_finished.connect(self.texts.append)

    def writes(self, text: str) -> None:
        self.view.append_text("m", text)
        self.qtbot.waitUntil(lambda: self.view.streaming_idle)

    def switches(self) -> None:
        (entry,) = self.view.announcer.entries(MenuPlace())
        assert entry.activate is not None
        entry.activate()


@pytest.fixture
def spoken(qtbot: QtBot) -> Spoken:
    return Spoken(qtbot)


def test_each_sentence_is_said_once_as_soon_as_it_is_finished(spoken: Spoken) -> None:
    with screen_reader():
        spoken.writes("This is **one**. And thi")
        assert spoken.texts == ["This is one."]
        spoken.writes("s is two. Three")
        assert spoken.texts == ["This is one.", "And this is two."]

        spoken.view.finish_message("m")

    assert spoken.texts == ["This is one.", "And this is two.", "Three"]


def test_what_is_thought_is_not_said(spoken: Spoken) -> None:
    with screen_reader():
        spoken.view.append_thinking("m", "Let me think. Well.", 10)
        spoken.writes("Yes.")

        spoken.view.finish_message("m")

    assert spoken.texts == ["Yes."]


def test_an_answer_that_goes_on_is_not_said_again(spoken: Spoken) -> None:
    with screen_reader():
        spoken.view.show_messages([model("m", "Said before. ")])
        spoken.writes("New.")

        spoken.view.finish_message("m")

    assert spoken.texts == ["New."]


def test_nothing_is_said_once_it_is_switched_off(spoken: Spoken, qtbot: QtBot) -> None:
    with screen_reader():
        with qtbot.waitSignal(spoken.view.announcer.switched) as switched:
            spoken.switches()

        spoken.writes("This is one. And two.")
        spoken.view.finish_message("m")

    assert switched.args == [False]
    assert spoken.texts == []
    assert [entry.is_checked for entry in spoken.view.announcer.entries(MenuPlace())] == [False]


def test_nothing_is_said_where_nobody_listens(spoken: Spoken) -> None:
    spoken.writes("This is one. And two.")
    spoken.view.finish_message("m")

    assert not QAccessible.isActive()
    assert spoken.texts == []


def test_it_is_on_at_first(qtbot: QtBot) -> None:
    view: TranscriptView = make_view(qtbot)

    assert view.announcer.is_on
