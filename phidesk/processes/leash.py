"""No child outlives us, even if we are killed with SIGKILL and run no code at all.

Decided by trying. A thread of the child that waits for the end of its standard input is not enough: llama.cpp
holds Python's lock while it loads a model, so that thread would run only minutes later. So the system does it:

* Linux: the child asks for SIGKILL when the *thread* that started it ends (PR_SET_PDEATHSIG). That is why
  `child.Child` starts its process in the loop thread that lives as long as the child does.
* Windows: the parent puts the child into a job that the system ends when the parent's handle is gone.
* macOS has neither: there the thread does it, late if the child is just loading.

A program that is not ours cannot do its part itself. `on_leash` gives a command that does it: on Linux it asks to be
told to end (SIGTERM) and becomes the program; on macOS it stays beside it and waits for the end of its input.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Sequence
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import Any

END_S = 5.0
"""How long a program that is asked to end may take; Ollama takes 16 ms."""
_PR_SET_PDEATHSIG = 1


def end_with_parent(parent_id: int) -> None:
    """Called by a child of ours as early as possible: make it die with the process `parent_id`, its parent.

    The child must not read its standard input afterwards: the end of that stream is the second sign.
    """
    if sys.platform == "linux":
        signal_at_end_of_parent(signal.SIGKILL, parent_id)
    threading.Thread(target=_exit_at_end_of_input, name="parent-watch", daemon=True).start()


def signal_at_end_of_parent(number: signal.Signals, parent_id: int) -> None:
    """On Linux, have the system send us this signal when our parent `parent_id` (0: outside our world) is gone."""
    import ctypes  # noqa: PLC0415 - 10 ms that other systems need not spend here

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent_id:  # It died before the line above.
        os._exit(1)


def end_group_with_parent() -> None:
    """End our whole group when the parent is gone, which we see by the end of our standard input."""
    threading.Thread(target=_end_group_at_end_of_input, name="parent-watch", daemon=True).start()


def on_leash(command: Sequence[str]) -> list[str]:
    """Return a command that runs a foreign program for `child.Child` and has it end in its own way when we are gone.

    It keeps the process's number on Linux. A program with more rights than ours (setuid) is not told.
    """
    if sys.platform == "win32":
        return list(command)  # The job does it.
    return [sys.executable, "-m", __name__, str(os.getpid()), *command]


def guard(command: Sequence[str]) -> int:
    """Run a program, and ask it to end when our input ends or we get SIGTERM. Return its exit code."""
    told = wake_on(signal.SIGTERM)
    process = Popen(list(command), stdin=DEVNULL)
    threading.Thread(target=lambda: _end_when_told(process, told), name="parent-watch", daemon=True).start()
    return process.wait()


def wake_on(number: signal.Signals) -> int:
    """Return a pipe to `select` on, which can be read once we got this signal. For the main thread, once.

    A handler of Python cannot do that: it runs between two steps of the main thread, so one that comes right before a
    blocking call is held back until that ends (seen: twice in 3,000 ends of a busy process).
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    signal.signal(number, lambda *_: None)
    return reader


def _end_when_told(process: Popen[bytes], told: int) -> None:
    while told not in select.select([0, told], [], [])[0] and os.read(0, 4096):
        pass
    process.terminate()
    try:
        process.wait(END_S)
    except TimeoutExpired:
        process.kill()


def _exit_at_end_of_input() -> None:
    _wait_for_end_of_input()
    os._exit(0)


def _end_group_at_end_of_input() -> None:
    _wait_for_end_of_input()
    os.killpg(0, signal.SIGKILL)


def _wait_for_end_of_input() -> None:
    while os.read(0, 4096):
        pass


class Job:
    """On Windows a job object that holds a child and all it starts; elsewhere nothing is needed."""

    def __init__(self, process: Popen[bytes]) -> None:
        self._handle: Any = None
        if sys.platform == "win32":
            self._handle = _create_job()
            handle = wintypes.HANDLE(int(process._handle))  # type: ignore[attr-defined] # noqa: SLF001 - subprocess keeps it there
            ctypes.windll.kernel32.AssignProcessToJobObject(self._handle, handle)

    def end(self) -> None:
        """End everything in the job."""
        if sys.platform == "win32" and self._handle is not None:
            ctypes.windll.kernel32.TerminateJobObject(self._handle, 1)

    def close(self) -> None:
        """Give the handle back; whatever is left in the job ends."""
        if sys.platform == "win32" and self._handle is not None:
            ctypes.windll.kernel32.CloseHandle(self._handle)
            self._handle = None


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMIT_INFORMATION = 9
    _LIMIT_JOB_TIME, _LIMIT_ACTIVE_PROCESSES, _LIMIT_JOB_MEMORY = 0x4, 0x8, 0x200
    _LIMIT_KILL_ON_JOB_CLOSE = 0x2000

    class _BasicLimits(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = [
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    def limit_own_job(*, processor_s: int, memory_bytes: int, process_count: int) -> None:
        """Put this process, and all it will start, into a job with limits that hold for all of them together."""
        limits = _ExtendedLimits()
        basic = limits.BasicLimitInformation
        basic.LimitFlags = _LIMIT_JOB_TIME | _LIMIT_ACTIVE_PROCESSES | _LIMIT_JOB_MEMORY | _LIMIT_KILL_ON_JOB_CLOSE
        basic.PerJobUserTimeLimit = processor_s * 10_000_000  # It counts in 100 ns.
        basic.ActiveProcessLimit = process_count
        limits.JobMemoryLimit = memory_bytes
        job = _create_job(limits)
        kernel = ctypes.windll.kernel32
        kernel.AssignProcessToJobObject(job, wintypes.HANDLE(-1))  # Ourselves; the handle stays open until we end.

    def _create_job(limits: _ExtendedLimits | None = None) -> wintypes.HANDLE:
        kernel = ctypes.windll.kernel32
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
        if limits is None:
            limits = _ExtendedLimits()
            limits.BasicLimitInformation.LimitFlags = _LIMIT_KILL_ON_JOB_CLOSE
        kernel.SetInformationJobObject(job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits))
        return job


def main() -> None:
    """Run or become the program of `on_leash`; end as it does."""
    parent_id, *command = sys.argv[1:]
    _leave_package()
    if sys.platform != "linux":
        sys.exit(guard(command))
    signal_at_end_of_parent(signal.SIGTERM, int(parent_id))
    try:
        os.execv(command[0], command)  # noqa: S606 - it becomes the program, so that it keeps its number
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


def _leave_package() -> None:
    """Give the program the environment as the person has it: PyInstaller puts its own libraries before the system's."""
    package = getattr(sys, "_MEIPASS", None)
    if package is None:
        return
    os.environ.pop("LD_LIBRARY_PATH", None)
    folders = os.environ.pop("LD_LIBRARY_PATH_ORIG", "").split(os.pathsep)
    if given := os.pathsep.join(folder for folder in folders if folder not in ("", package)):
        os.environ["LD_LIBRARY_PATH"] = given
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]


if __name__ == "__main__":
    main()
