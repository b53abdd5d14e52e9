"""What holds for every test: no thread is left behind, no warning goes unseen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

pytest_plugins = ["tests.real_engines"]

THREAD_END_S = 5

settings.register_profile("phidesk", deadline=None)  # A busy machine is no fault: times are shown by the bench.
settings.load_profile("phidesk")


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves a thread of its own running; threads that a wider fixture started may stay."""
    before = set(threading.enumerate())
    yield
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        if _is_owned_by_test(thread):
            thread.join(THREAD_END_S)
    left = [thread.name for thread in started if _is_owned_by_test(thread) and thread.is_alive()]
    assert not left, f"threads left running: {left}"


@pytest.fixture(autouse=True)
def no_unexpected_log_warning(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which our code logs a warning; a test that expects one calls `caplog.clear()`."""
    yield
    unexpected = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and record.name.startswith("phidesk")
    ]
    assert not unexpected


def _is_owned_by_test(thread: threading.Thread) -> bool:
    """Children of the session's engine live on in loops that `start_loop` joins; Qt's own threads are dummies."""
    is_of_session = thread.name.startswith("child-output")
    return not (thread.daemon or is_of_session or isinstance(thread, threading._DummyThread))
