"""The program answers for Python where it is packaged: `sys.executable -m NAME` is its own call then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation
from phidesk.engine.builtin.engine import CHILD_COMMAND
from phidesk.processes.leash import on_leash
from phidesk.processes.sandbox import program_run
from phidesk.processes.sandbox.limits import Limits, Program
from tests.processes.sandbox import start_loop

PACKAGED = (sys.executable, "-m", "phidesk")
PATIENCE_S = 60


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PACKAGED, *arguments], input=given, capture_output=True, encoding="utf-8", timeout=PATIENCE_S, check=False
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there a job holds foreign programs, and nothing stands between")
def test_it_leads_a_foreign_program_on_a_leash() -> None:
    python, *arguments = on_leash([sys.executable, "-c", "import os; print(os.getppid())"])

    ended = run(*arguments)

    assert (python, ended.returncode, ended.stderr) == (sys.executable, 0, "")
    assert int(ended.stdout) == os.getpid() or sys.platform == "darwin"


def test_it_is_the_launcher_of_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    as_developed = program_run.what_is_enforced(start_loop=start_loop)
    monkeypatch.setattr(program_run, "LAUNCHER_COMMAND", (*PACKAGED, *program_run.LAUNCHER_COMMAND[1:]))
    program = Program((sys.executable, "-c", "print(input())"), input=b"Hello", readable=tuple(map(Path, sys.path[1:])))

    outcome = program_run.run_program(program, Limits(), start_loop=start_loop, cancellation=Cancellation())

    assert (outcome.output.strip(), outcome.exit_code) == (b"Hello", 0)
    assert outcome.enforced == as_developed


def test_it_is_the_child_that_runs_a_model(practice_folder: Path) -> None:
    order = {
        "parent_id": os.getpid(),
        "model_path": str(practice_folder / PRACTICE_MODEL_FILE),
        "window_tokens": 512,
        "cache_precision": "F16",
        "key": "key",
        "threads": 1,
    }
    command = [*PACKAGED, *CHILD_COMMAND[1:]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(order).encode() + b"\n")
        child.stdin.flush()

        announced = json.loads(child.stdout.readline())

    assert announced["address"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("arguments", [(), ("os",)])
def test_it_is_nothing_else(arguments: tuple[str, ...]) -> None:
    ended = run("-m", *arguments)

    assert ended.returncode == 2
    assert "not a part of PhiDesk" in ended.stderr
