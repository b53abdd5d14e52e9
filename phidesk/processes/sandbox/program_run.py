"""Run a program of the person's with limits and walls, and get what it wrote."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.processes.child import Child
from phidesk.processes.sandbox.limits import Enforced, Limit, Limits, Outcome, Program

LAUNCHER_COMMAND = (sys.executable, "-m", "phidesk.processes.sandbox.launcher")
LOOK_S = 0.1
"""How often the clock, and whether somebody wants to stop, is looked at."""
PARTING_S = 2.0
"""How long the launcher may take to end everything after it was asked to."""
_CHUNK_BYTES = 64 * 1024
_LAUNCHER_NEEDS = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")
_WINDOWS_PROGRAMS_NEED = ("SYSTEMROOT", "COMSPEC", "PATHEXT", "PATH")
SEARCH_PATH = (
    os.environ.get("PATH", "") if sys.platform == "win32" else "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
)
"""Where programs are looked for by their names, by us and by them."""


def run_program(
    program: Program,
    limits: Limits,
    *,
    start_loop: StartLoop,
    cancellation: Cancellation,
    may_use_namespaces: bool = True,
) -> Outcome:
    """Run a program until it ends or reaches a limit; return what it wrote. Nothing it started is left.

    It has a folder for passing things, which is its home and is thrown away. That it cannot be started is told by
    the exit code `launcher.CANNOT_START`. `may_use_namespaces` False does as systems do that have none.

    Raises:
        Cancelled: somebody wanted to stop.
    """
    scratch = Path(tempfile.mkdtemp(prefix="phidesk-"))  # TemporaryDirectory follows links (CVE-2023-6597).
    try:
        order = _order(program, limits, scratch=scratch, may_use_namespaces=may_use_namespaces)
        outcome = _Run(order, program.input, limits, start_loop, cancellation).outcome()
    finally:
        with suppress(RecursionError):  # Folders in folders in folders.
            shutil.rmtree(scratch, ignore_errors=True)
    cancellation.check()
    return outcome


def what_is_enforced(*, start_loop: StartLoop, may_use_namespaces: bool = True) -> Enforced:
    """Return what this system enforces, found out by doing it; about 0.1 s."""
    nothing = Program(command=())
    return run_program(
        nothing,
        Limits(),
        start_loop=start_loop,
        cancellation=Cancellation(),
        may_use_namespaces=may_use_namespaces,
    ).enforced


class _Run:
    """One run: a thread reads what it writes, another looks at the clock and ends it."""

    def __init__(
        self, order: bytes, given: bytes, limits: Limits, start_loop: StartLoop, cancellation: Cancellation
    ) -> None:
        self._limits = limits
        self._start_loop = start_loop
        self._cancellation = cancellation
        self._error_bytes = 0
        self._reached: Limit | None = None
        self._child = Child(
            LAUNCHER_COMMAND,
            name="program",
            start_loop=start_loop,
            first_input=order + given,
            environment={name: os.environ[name] for name in _LAUNCHER_NEEDS if name in os.environ}
            | {"PYTHONSAFEPATH": "1"},  # What lies in the folder we stand in is no module of ours.
            receive_error_line=self._count_error_line,
        )

    def outcome(self) -> Outcome:
        """Read everything, wait for the end, and tell of it."""
        with closing(self._child) as child:
            watch = self._start_loop("program-watch", self._watch)
            withdraw = self._cancellation.on_cancel(child.ask_to_end)
            announcement = child.read_line()
            output = self._read_output()
            child.wait(None)
            withdraw()
            watch.join()
            exit_code = child.exit_code or 0
            return Outcome(
                output=output,
                error_lines=tuple(child.error_lines),
                exit_code=exit_code,
                reached=self._reached or _REACHED.get(exit_code),
                enforced=Enforced(**json.loads(announcement)) if announcement else Enforced(),
            )

    def _read_output(self) -> bytes:
        output = bytearray()
        while chunk := self._child.read(_CHUNK_BYTES):
            output += chunk
            if len(output) > self._limits.output_bytes:
                self._reached = Limit.OUTPUT
                break
        return bytes(output[: self._limits.output_bytes])

    def _count_error_line(self, line: str) -> None:
        self._error_bytes += len(line) + 1
        if self._error_bytes > self._limits.output_bytes:
            self._reached = self._reached or Limit.OUTPUT

    def _watch(self) -> None:
        deadline = time.monotonic() + self._limits.wall_s
        while not self._child.wait(LOOK_S):
            if time.monotonic() > deadline:
                self._reached = self._reached or Limit.WALL
            if self._reached is not None or self._cancellation.is_cancelled:
                self._child.ask_to_end()
                if not self._child.wait(PARTING_S):
                    self._child.kill()
                return


def _order(program: Program, limits: Limits, *, scratch: Path, may_use_namespaces: bool) -> bytes:
    order = {
        "parent_id": os.getpid(),
        "command": program.command,
        "folder": str(program.folder or scratch),
        "input_bytes": len(program.input),
        "readable": [str(folder) for folder in program.readable],
        "writable": [str(folder) for folder in program.writable],
        "scratch": str(scratch),
        "environment": _environment(scratch) | dict(program.environment),
        "processor_s": limits.processor_s,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.file_bytes,
        "process_count": limits.process_count,
        "may_use_namespaces": may_use_namespaces,
    }
    return json.dumps(order).encode() + b"\n"


def _environment(scratch: Path) -> dict[str, str]:
    if sys.platform == "win32":
        own = {name: os.environ[name] for name in _WINDOWS_PROGRAMS_NEED if name in os.environ}
        return own | {"TEMP": str(scratch), "TMP": str(scratch), "USERPROFILE": str(scratch)}
    return {"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "HOME": str(scratch), "TMPDIR": str(scratch)}


_REACHED: dict[int, Limit] = {}
if sys.platform != "win32":
    from phidesk.processes.sandbox.supervision import TOO_MANY_PROCESSES, TOO_MUCH_MEMORY

    _REACHED = {
        -signal.SIGXCPU: Limit.PROCESSOR,
        -signal.SIGXFSZ: Limit.FILE,
        -TOO_MUCH_MEMORY: Limit.MEMORY,
        -TOO_MANY_PROCESSES: Limit.PROCESSES,
    }
