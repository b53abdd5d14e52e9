"""Beside the program while it runs: counts what it and its descendants take, and ends what it leaves behind (Linux).

The system's own limits hold for one process each. What all of them take together is looked at here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOOK_S = 0.1
"""How often it is looked at. One look takes 0.1 ms in a small world of its own, 6 ms where all processes are seen."""
TOO_MUCH_MEMORY = signal.SIGUSR1
TOO_MANY_PROCESSES = signal.SIGUSR2
"""What `supervise` says the program ended of, when it was the one who ended it."""
_PR_SET_CHILD_SUBREAPER = 36
_AWAITED = (signal.SIGCHLD, signal.SIGTERM)


@dataclass(frozen=True)
class _Process:
    id: int
    parent_id: int
    thread_count: int
    memory_bytes: int


def supervise(become: Callable[[], None], *, memory_bytes: int, process_count: int, ends_leftovers: bool) -> int:
    """Run `become` in a child until it ends, takes too much, or we get SIGTERM; return its exit code.

    Minus the number of a signal tells what it ended of. Without `ends_leftovers` somebody else ends what it leaves.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # Whoever loses its parent comes to us.
    former = signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    child_id = os.fork()
    if child_id == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
        become()
    exit_code = _watch(child_id, memory_bytes=memory_bytes, process_count=process_count)
    if ends_leftovers:
        _end_descendants()
    return exit_code


def count_threads_of_user() -> int:
    """Return how many threads the person's programs have now: the system's limit counts them all."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*/task"):
        with contextlib.suppress(OSError):  # It ended.
            status = folder.stat()
            count += status.st_nlink - 2 if status.st_uid == os.getuid() else 0
    return count


def _watch(child_id: int, *, memory_bytes: int, process_count: int) -> int:
    next_look = time.monotonic() + LOOK_S
    while True:
        received = signal.sigtimedwait(_AWAITED, LOOK_S)
        if received is not None and received.si_signo == signal.SIGTERM:
            return -signal.SIGTERM
        exit_code = _reap(child_id)
        if exit_code is not None:
            return exit_code
        if time.monotonic() < next_look:
            continue
        descendants = _descendants()
        if sum(it.memory_bytes for it in descendants) > memory_bytes:
            return -TOO_MUCH_MEMORY
        if sum(it.thread_count for it in descendants) > process_count:
            return -TOO_MANY_PROCESSES
        next_look = time.monotonic() + LOOK_S


def _reap(child_id: int | None = None) -> int | None:
    """Take leave of everybody who ended; return the exit code of this child if it was among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            process_id, status = os.waitpid(-1, os.WNOHANG)
            if process_id == 0:
                break
            if process_id == child_id:
                found = os.waitstatus_to_exitcode(status)
    return found


def _end_descendants() -> None:
    while descendants := _descendants():
        for process in descendants:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.id, signal.SIGKILL)
        signal.sigtimedwait(_AWAITED, LOOK_S)
        _reap()


def _descendants() -> list[_Process]:
    by_parent: dict[int, list[_Process]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # It ended.
            process = _read(path.read_bytes())
            by_parent.setdefault(process.parent_id, []).append(process)
    found = by_parent.get(int(Path("/proc/self").readlink().name), [])[:]
    for process in found:  # It grows while it is walked.
        found += by_parent.get(process.id, [])
    return found


def _read(line: bytes) -> _Process:
    """Read a line of /proc/…/stat; the fields are numbered in proc_pid_stat(5), the third is the first behind ")"."""
    before, _, after = line.rpartition(b")")
    fields = after.split()
    return _Process(
        id=int(before.split(b" ", 1)[0]),
        parent_id=int(fields[4 - 3]),
        thread_count=int(fields[20 - 3]),
        memory_bytes=int(fields[24 - 3]) * os.sysconf("SC_PAGE_SIZE"),
    )
