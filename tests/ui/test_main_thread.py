"""The one way to the main thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from phidesk.ui.main_thread import MainThread


@pytest.fixture
def main_thread(qapp: QApplication) -> Iterator[MainThread]:
    main_thread = MainThread()
    yield main_thread
    main_thread.close()


def test_closures_of_other_threads_run_on_the_main_thread_in_order(main_thread: MainThread, qtbot: QtBot) -> None:
    ran: list[tuple[int, threading.Thread]] = []

    def post_all() -> None:
        for number in range(1_000):
            main_thread.post(lambda number=number: ran.append((number, threading.current_thread())))  # type: ignore[misc]

    worker = threading.Thread(target=post_all)
    worker.start()
    worker.join()
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 1_000)

    assert ran == [(number, threading.main_thread()) for number in range(1_000)]


def test_what_the_main_thread_posts_overtakes_nothing(main_thread: MainThread, qtbot: QtBot) -> None:
    ran: list[str] = []
    worker = threading.Thread(target=lambda: main_thread.post(lambda: ran.append("worker")))
    worker.start()
    worker.join()

    main_thread.post(lambda: ran.append("main"))
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 2)

    assert ran == ["worker", "main"]


def test_an_exception_reaches_the_hook_and_the_next_closure_runs(main_thread: MainThread, qtbot: QtBot) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise RuntimeError("a bug")

    with qtbot.captureExceptions() as exceptions:
        main_thread.post(fail)
        main_thread.post(lambda: ran.append("after"))
        qtbot.waitUntil(lambda: ran == ["after"])

    assert [str(value) for _, value, _ in exceptions] == ["a bug"]


def test_nothing_is_delivered_after_close(main_thread: MainThread, qapp: QApplication) -> None:
    ran: list[str] = []
    main_thread.post(lambda: ran.append("before"))

    main_thread.close()
    main_thread.post(lambda: ran.append("after"))
    qapp.processEvents()

    assert ran == []
