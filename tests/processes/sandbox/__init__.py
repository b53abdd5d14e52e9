"""Tests of phidesk.processes.sandbox: real programs, real walls."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from phidesk.core.tasks import Cancellation
from phidesk.processes.sandbox.limits import Limits, Outcome, Program
from phidesk.processes.sandbox.program_run import run_program

PYTHON = (Path(sys.prefix), Path(sys.base_prefix))


def start_loop(name: str, function: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=function, name=name)
    thread.start()
    return thread


def run_code(
    code: str,
    folder: Path,
    *arguments: object,
    given: bytes = b"",
    limits: Limits | None = None,
    writable: tuple[Path, ...] = (),
    may_use_namespaces: bool = True,
    cancellation: Cancellation | None = None,
) -> Outcome:
    """Run Python code as a program of the person's that stands in `folder`."""
    command = (sys.executable, "-c", code, *map(str, arguments))
    return run_program(
        Program(command, folder, given, readable=PYTHON, writable=writable),
        limits or Limits(),
        start_loop=start_loop,
        cancellation=cancellation or Cancellation(),
        may_use_namespaces=may_use_namespaces,
    )
