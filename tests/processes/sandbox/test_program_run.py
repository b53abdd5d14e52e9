"""A program of the person's: fed, heard, limited, and stopped."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.processes.sandbox.launcher import CANNOT_START
from phidesk.processes.sandbox.limits import Enforced, Limit, Limits, Program
from phidesk.processes.sandbox.program_run import run_program, what_is_enforced
from tests.processes.sandbox import run_code, start_loop

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="what all processes take together is counted on Linux")
MEBIBYTE = 1024**2


def test_what_is_given_arrives_with_its_end_and_what_is_written_comes_back(tmp_path: Path) -> None:
    outcome = run_code("import sys; print(sys.stdin.read()[::-1], end='')", tmp_path, given="añb\n".encode())

    assert (outcome.output.decode(), outcome.exit_code, outcome.reached) == ("\nbña", 0, None)


def test_input_larger_than_a_pipe_arrives(tmp_path: Path) -> None:
    outcome = run_code("import sys; print(len(sys.stdin.buffer.read()))", tmp_path, given=b"x" * MEBIBYTE)

    assert int(outcome.output) == MEBIBYTE


def test_it_stands_in_its_folder(tmp_path: Path) -> None:
    outcome = run_code("import os; print(os.getcwd(), end='')", tmp_path)

    assert outcome.output.decode() == str(tmp_path.resolve())


def test_a_failure_comes_with_its_code_and_its_words(tmp_path: Path) -> None:
    outcome = run_code("import sys; print('no such town', file=sys.stderr); sys.exit(3)", tmp_path)

    assert (outcome.exit_code, outcome.error_lines, outcome.reached) == (3, ("no such town",), None)


def test_a_program_that_cannot_be_started_says_so(tmp_path: Path) -> None:
    program = Program((str(tmp_path / "nothing"),), tmp_path)

    outcome = run_program(program, Limits(), start_loop=start_loop, cancellation=Cancellation())

    assert outcome.exit_code == CANNOT_START
    assert outcome.error_lines == (f"{tmp_path / 'nothing'}: No such file or directory",)


def test_a_folder_that_is_gone_says_so(tmp_path: Path) -> None:
    outcome = run_code("print('ran')", tmp_path / "gone")

    assert (outcome.exit_code, outcome.output) == (CANNOT_START, b"")


def test_nothing_of_our_environment_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "secret")

    outcome = run_code("import os; print(os.environ)", tmp_path)

    assert b"HOME" in outcome.output or sys.platform == "win32"
    assert b"secret" not in outcome.output


def test_its_home_is_thrown_away(tmp_path: Path) -> None:
    code = "import os, pathlib, tempfile; f = pathlib.Path(tempfile.mkdtemp()); (f / 'x').touch(); print(f, end='')"
    outcome = run_code(code, tmp_path)

    assert outcome.exit_code == 0
    assert not Path(outcome.output.decode()).exists()


def test_a_module_in_the_folder_we_stand_in_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)

    outcome = run_code("print('ran')", tmp_path / "..")

    assert outcome.output.split() == [b"ran"]


def test_sleeping_for_ever_ends_at_the_limit(tmp_path: Path) -> None:
    start = time.monotonic()
    outcome = run_code("import threading; threading.Event().wait()", tmp_path, limits=Limits(wall_s=0.5))

    assert outcome.reached is Limit.WALL
    assert time.monotonic() - start < 5


@on_posix
def test_one_that_takes_no_signal_ends_at_the_limit(tmp_path: Path) -> None:
    code = """
import signal, threading
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
print("deaf", flush=True); threading.Event().wait()
"""
    outcome = run_code(code, tmp_path, limits=Limits(wall_s=0.5))

    assert (outcome.output, outcome.reached) == (b"deaf\n", Limit.WALL)


@on_posix
def test_working_for_ever_ends_at_the_limit(tmp_path: Path) -> None:
    outcome = run_code("while True: pass", tmp_path, limits=Limits(processor_s=1))

    assert outcome.reached is Limit.PROCESSOR


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("piece", ["'x' * 65536", "'x\\n' * 32768"])
def test_ten_gigabytes_of_output_end_at_the_limit(tmp_path: Path, stream: str, piece: str) -> None:
    code = f"import sys\nfor _ in range(10 * 2**14): sys.{stream}.write({piece})\nopen('end', 'w')"
    outcome = run_code(code, tmp_path, limits=Limits(output_bytes=MEBIBYTE))

    assert outcome.reached is Limit.OUTPUT
    assert len(outcome.output) == (MEBIBYTE if stream == "stdout" else 0)
    assert sum(map(len, outcome.error_lines)) < MEBIBYTE


@on_posix
def test_a_file_larger_than_the_limit_ends_it(tmp_path: Path) -> None:
    code = """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
with open("large", "wb") as file:
    while True: file.write(b"x" * 65536)
"""
    outcome = run_code(code, tmp_path, writable=(tmp_path,), limits=Limits(file_bytes=MEBIBYTE))

    assert outcome.reached is Limit.FILE
    assert (tmp_path / "large").stat().st_size == MEBIBYTE


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no such limit")
def test_more_memory_than_the_limit_is_refused(tmp_path: Path) -> None:
    outcome = run_code("bytearray(2**30)", tmp_path, limits=Limits(memory_bytes=256 * MEBIBYTE))

    assert outcome.error_lines[-1] == "MemoryError"


@on_linux
def test_memory_that_several_take_together_ends_them(tmp_path: Path) -> None:
    code = """
import os, threading
for _ in range(4): os.fork()
taken = bytearray(b"x" * (100 * 2**20)); threading.Event().wait()
"""
    outcome = run_code(code, tmp_path, limits=Limits(memory_bytes=512 * MEBIBYTE))

    assert outcome.reached is Limit.MEMORY


@on_linux
def test_shared_memory_counts_too(tmp_path: Path) -> None:
    code = "import mmap\nshared = mmap.mmap(-1, 2**30)\nfor place in range(0, 2**30, 4096): shared[place] = 1\nprint('taken')"
    outcome = run_code(code, tmp_path, limits=Limits(memory_bytes=256 * MEBIBYTE))

    assert (outcome.reached, outcome.output) == (Limit.MEMORY, b"")


def test_a_wish_to_stop_ends_it_at_once(tmp_path: Path) -> None:
    cancellation = Cancellation()
    ended: list[float] = []

    def run() -> None:
        with pytest.raises(Cancelled):
            run_code("import threading; threading.Event().wait()", tmp_path, cancellation=cancellation)
        ended.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    wanted = time.monotonic()
    cancellation.cancel()
    thread.join()

    assert ended[0] - wanted < 3


def test_a_wish_before_the_start_lets_nothing_go_on(tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel()

    with pytest.raises(Cancelled):
        run_code("import threading; threading.Event().wait()", tmp_path, cancellation=cancellation)


def test_no_thread_is_left(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    run_code("print('done')", tmp_path)

    assert set(threading.enumerate()) == before


@pytest.mark.skipif(sys.platform == "linux", reason="Linux has walls")
def test_other_systems_promise_nothing() -> None:
    assert what_is_enforced(start_loop=start_loop) == Enforced()


@on_linux
def test_without_namespaces_it_is_not_promised_that_other_programs_are_left_alone() -> None:
    assert not what_is_enforced(start_loop=start_loop, may_use_namespaces=False).processes


def test_what_is_enforced_is_also_told_of_each_run(tmp_path: Path) -> None:
    outcome = run_code("", tmp_path)

    assert outcome.enforced == what_is_enforced(start_loop=start_loop)
