"""Foreign programs on a leash: told to end when we are gone, however we went."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.test_child import END_S, has_ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there a job does it; see test_child")

FOREIGN = """
import os, pathlib, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print(os.getpid(), flush=True); signal.sigwait({signal.SIGTERM}); pathlib.Path(sys.argv[1]).write_text("in its own way")
"""
PARENT = """
import sys, threading
from phidesk.processes.child import Child
from phidesk.processes.leash import on_leash
def start_loop(name, function):
    thread = threading.Thread(target=function); thread.start(); return thread
child = Child(on_leash([sys.executable, "-c", *sys.argv[1:]]), name="child", start_loop=start_loop)
print(int(child.read_line()), child.process_id, flush=True)
sys.stdin.read()
"""
GUARD = "import sys; from phidesk.processes.leash import guard; sys.exit(guard([sys.executable, '-c', *sys.argv[1:]]))"


def test_a_foreign_program_ends_in_its_own_way_when_we_are_killed(tmp_path: Path) -> None:
    words = tmp_path / "words"
    command = [sys.executable, "-c", PARENT, FOREIGN, str(words)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        foreign_id, child_id = map(int, parent.stdout.readline().split())

        parent.kill()

        assert has_ended(foreign_id)
        assert words.read_text() == "in its own way"
        assert foreign_id == child_id or sys.platform == "darwin"


@pytest.mark.parametrize("manner", ["input ends", "asked"])
def test_a_guard_passes_the_end_on(tmp_path: Path, manner: str) -> None:
    words = tmp_path / "words"
    command = [sys.executable, "-c", GUARD, FOREIGN, str(words)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as guard:
        assert guard.stdout is not None
        assert guard.stdin is not None
        foreign_id = int(guard.stdout.readline())

        guard.stdin.close() if manner == "input ends" else guard.terminate()

        assert has_ended(foreign_id)
        assert guard.wait(END_S) == 0
    assert words.read_text() == "in its own way"


def test_a_guard_kills_whoever_does_not_end() -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    hasty = f"import phidesk.processes.leash as leash; leash.END_S = 0.1; {GUARD}"
    with subprocess.Popen(
        [sys.executable, "-c", hasty, stubborn], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as guard:
        assert guard.stdout is not None
        assert guard.stdin is not None
        guard.stdout.readline()

        guard.stdin.close()

        assert guard.wait(END_S) == 256 - 9


def test_a_signal_that_came_before_the_waiting_ends_it() -> None:
    code = """
import os, select, signal
from phidesk.processes.leash import wake_on
told = wake_on(signal.SIGTERM)
assert not select.select([told], [], [], 0)[0]
os.kill(os.getpid(), signal.SIGTERM)
assert select.select([told], [], [], 0)[0] == [told]
"""
    subprocess.run([sys.executable, "-c", code], check=True)
