"""How much work something takes: the processor's time for it, which other work of the computer does not lengthen."""

from __future__ import annotations

import time
from collections.abc import Callable


def processor_s(work: Callable[[], object]) -> float:
    """Do it in this thread and return the seconds that the processor spent on it."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin
