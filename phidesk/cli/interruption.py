"""Ctrl+C and a polite kill (SIGINT, SIGTERM).

A handler of Python runs between any two steps of the main thread, also while that holds a lock. So it does nothing but
raise, or note the wish.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Raise `KeyboardInterrupt` for either signal inside the block; afterwards all is as it was."""
    before = [signal.signal(number, signal.default_int_handler) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def release_held_signals() -> None:
    """Let come now what came while the program was being loaded (see `phidesk.__main__`)."""
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


class StopWish:
    """Takes either signal as the wish to stop the answer, from now on; a second one does not wait for anything."""

    def __init__(self) -> None:
        self.is_there = False
        for number in _SIGNALS:
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_there:
            os._exit(1)
        self.is_there = True
