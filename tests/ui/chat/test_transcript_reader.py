"""Long messages are read elsewhere; what can be seen meanwhile stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QTimer
from pytestqt.qtbot import QtBot
from typing_extensions import override

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.message_geometry import placed_blocks
from phidesk.ui.chat.message_sections import LONG_CHARACTERS
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from tests.fakes.workers import Workers
from tests.ui.chat.test_transcript_bounds import GIANTS, MOST_LAID_OUT
from tests.ui.chat.transcript_samples import conversation, model, person, shown_view

GIANT = GIANTS["a paragraph"]


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def view(qtbot: QtBot, workers: Workers) -> TranscriptView:
    return shown_view(qtbot, workers)


def visible_text(view: TranscriptView) -> str:
    """Return the words that are drawn in the viewport."""
    top, bottom = view.scroll_y, view.scroll_y + view.viewport().height()
    return "\n".join(
        placed.box.block.text
        for index, message_top in view.content.messages_between(top, bottom)
        for placed in placed_blocks(view.content, index, message_top, view.column_left, top, bottom)
    )


def test_opening_reads_no_long_message_at_once(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([*conversation(4), model("giant", GIANT)])
    view.viewport().repaint()
    read_at_once = view.content.read_characters
    height_before = view.content.height
    laid_out_before = view.content.documents.laid_out_characters

    workers.work()
    view.viewport().repaint()

    assert read_at_once <= LONG_CHARACTERS
    assert view.content.read_characters == read_at_once
    assert view.content.documents.laid_out_characters - laid_out_before <= MOST_LAID_OUT
    assert view.content.height == pytest.approx(height_before, rel=0.2)


@pytest.mark.parametrize("name", GIANTS)
def test_a_conversation_opens_at_its_end(view: TranscriptView, workers: Workers, name: str) -> None:
    view.show_messages([*conversation(2), model("giant", GIANTS[name] + "\n\nThe very end.")])
    is_at_end_unread = view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    workers.work()

    assert is_at_end_unread
    assert view.is_following
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    assert "The very end." in visible_text(view) or name in ("a listing", "one line of code")


def test_what_is_seen_below_stays_where_it_is(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([model("giant", GIANT), person("p", "Below?"), *conversation(6)])
    view.verticalScrollBar().setValue(view.content.top(1) - 200)
    top_before = view.message_rect(1).top()

    assert workers.work() == 1

    assert view.message_rect(1).top() == top_before
    assert "another one" in visible_text(view)


def test_the_beginning_stays_where_it_is(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([person("p", "Above?"), model("giant", GIANT)])
    view.verticalScrollBar().setValue(0)
    top_before = view.message_rect(1).top()

    workers.work()

    assert view.message_rect(1).top() == top_before
    assert "A sentence of some words here" in visible_text(view)


def test_a_message_is_read_once(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([model("giant", GIANT)])
    view.scroll_by(-30)
    view.scroll_by(-30)

    assert workers.work() == 1
    assert workers.work() == 0


def test_a_long_question_needs_no_reading(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([person("p", GIANT)])

    assert workers.work() == 0
    assert "A sentence" in visible_text(view)


def test_what_was_read_for_a_message_that_is_gone_is_not_shown(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([model("m", GIANT)])
    view.show_messages([model("m", "Short.")])

    workers.work()

    assert view.plain_text() == "Short."


def test_what_was_read_of_another_branch_is_not_shown(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([person("p", "Question"), model("m", GIANT)])
    view.replace_from(1, [model("n", GIANT.upper())])

    workers.work()

    assert view.plain_text().count("ANOTHER") == GIANT.count("another")


def test_whoever_needs_the_words_has_them_at_once(view: TranscriptView, workers: Workers) -> None:
    view.show_messages([model("m", GIANT)])

    view.select_message("m")
    selected = view.selected_text()
    workers.work()

    assert selected.startswith("A sentence of some words here")
    assert view.selected_text() == selected


def test_text_can_follow_what_was_not_read_yet(view: TranscriptView, workers: Workers, qtbot: QtBot) -> None:
    view.show_messages([model("m", GIANT)])

    view.append_text("m", "\n\nMore.")
    workers.work()  # What it looks like,
    workers.work()  # and what may follow it.
    qtbot.waitUntil(lambda: view.streaming_idle)

    assert visible_text(view).endswith("More.")


def test_the_mouse_finds_nothing_where_nothing_was_read(view: TranscriptView) -> None:
    view.show_messages([model("m", "[a link](https://x.example) " * 2_000)])
    before = view.content.read_characters
    middle = QPoint(view.width() // 2, view.height() // 2)

    assert view.controls.at(middle) is None
    assert view.first_visible_place().offset == 0
    assert view.content.read_characters == before


def test_the_window_reads_itself_when_nobody_else_does(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages([model("m", GIANT)])

    qtbot.waitUntil(lambda: "A sentence" in visible_text(view))

    assert not view.content.waiting


def test_what_a_worker_has_begun_the_window_does_not_read_too(qtbot: QtBot) -> None:
    begun, may_end = Event(), Event()

    class SlowWorker(Workers):
        @override
        def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
            def slowly() -> object:
                begun.set()
                may_end.wait(10)
                return work(*arguments, **named)

            return pool.submit(slowly)

    main_thread = MainThread()
    with ThreadPoolExecutor(1) as pool:
        view = TranscriptView(runner=TaskRunner(SlowWorker(), main_thread.post))
        qtbot.addWidget(view)
        view.show_messages([model("m", GIANT)])
        begun.wait(10)
        patience = view.reader.findChild(QTimer)
        assert patience is not None

        with qtbot.waitSignal(patience.timeout):
            pass
        is_waiting = view.content.waiting == [0]
        may_end.set()
        qtbot.waitUntil(lambda: not view.content.waiting)
    main_thread.close()

    assert is_waiting
    assert view.content.read_characters == 0
