"""Children: drained, ended as a group, gone with their parent."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import psutil
import pytest

from phidesk.processes.child import KEPT_ERROR_LINES, Child

END_S = 10.0


def start_loop(name: str, function: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=function, name=name)
    thread.start()
    return thread


def start(code: str, first_input: bytes = b"") -> Child:
    return Child([sys.executable, "-c", code], name="child-output", start_loop=start_loop, first_input=first_input)


def has_ended(process_id: int) -> bool:
    """Wait for the end of a process that is not ours; one that nobody reaped has ended too."""
    if sys.platform != "linux":
        psutil.Process(process_id).wait(END_S)
        return True
    try:
        descriptor = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], END_S)[0])
    finally:
        os.close(descriptor)


def test_first_input_arrives_and_output_is_read_by_lines() -> None:
    child = start("import sys; print(sys.stdin.readline().strip()[::-1], flush=True); sys.stdin.read()", b"abc\n")

    line = child.read_line()
    child.close()

    assert line.strip() == b"cba"


def test_more_input_may_follow_until_it_is_ended() -> None:
    child = start("import sys; print(sys.stdin.readline().strip()); print(sys.stdin.read(), flush=True)", b"one\n")

    child.write(b"two")
    child.write(b" three")
    child.end_input()

    assert [child.read_line().strip(), child.read_line().strip()] == [b"one", b"two three"]
    child.close()


def test_input_for_one_that_has_ended_is_refused() -> None:
    child = start("")
    assert child.wait(END_S)

    with pytest.raises(OSError, match="pipe"):
        child.write(b"anybody there?")
    child.close()


@pytest.mark.skipif(sys.platform == "win32", reason="nobody leaves a job")
def test_writing_does_not_wait_for_one_that_got_away_with_the_input() -> None:
    child = start(ESCAPER.replace("stdin=subprocess.DEVNULL, ", "") + "sys.stdin.read()")
    escaped = int(child.read_line())
    faults: list[OSError] = []

    def write() -> None:
        try:
            child.write(b"x" * 10_000_000)
            child.write(b"x" * 10_000_000)
        except OSError as fault:
            faults.append(fault)

    writer = start_loop("writer", write)
    child.kill()
    writer.join()
    child.close()
    os.kill(escaped, signal.SIGKILL)

    assert [type(it) for it in faults] == [BrokenPipeError]


@pytest.mark.parametrize("command", [("no-such-program",), ("\0",)])
def test_what_cannot_be_started_is_told_at_once(command: tuple[str, ...]) -> None:
    with pytest.raises((OSError, ValueError)):
        Child(command, name="child", start_loop=start_loop)


def test_much_input_arrives_whole() -> None:
    child = start("import sys; print(len(sys.stdin.buffer.read()), flush=True)")

    child.write(bytes(range(256)) * 40_000)
    child.end_input()

    assert int(child.read_line()) == 256 * 40_000
    child.close()


def test_a_line_is_read_up_to_a_limit() -> None:
    child = start("print('x' * 10); print('y')")

    assert [child.read_line(8), child.read_line(8).strip(), child.read_line(8).strip()] == [b"x" * 8, b"xx", b"y"]
    child.close()


def test_a_talkative_error_stream_never_blocks_and_its_last_lines_are_kept() -> None:
    child = start("import sys\nfor n in range(20000): print('line', n, file=sys.stderr)\nprint('done')")

    line = child.read_line()
    assert child.wait(END_S)
    lines = child.error_lines
    child.close()

    assert line.strip() == b"done"
    assert len(lines) == KEPT_ERROR_LINES
    assert lines[-1] == "line 19999"


def test_error_lines_are_also_handed_on_as_they_come() -> None:
    received: list[str] = []
    child = Child(
        [sys.executable, "-c", "import sys; print('one\\ntwo', file=sys.stderr)"],
        name="child-output",
        start_loop=start_loop,
        receive_error_line=received.append,
    )

    assert child.wait(END_S)
    child.close()

    assert received == ["one", "two"]


def test_a_command_that_does_not_exist_raises_and_leaves_no_thread() -> None:
    before = threading.active_count()

    with pytest.raises(FileNotFoundError):
        Child(["/nowhere/at/all"], name="child-output", start_loop=start_loop)

    assert threading.active_count() <= before + 1


def test_kill_ends_what_the_child_started_too_and_may_be_repeated() -> None:
    child = start(
        "import subprocess, sys\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'], stdin=subprocess.PIPE)\n"
        "print(other.pid, flush=True); sys.stdin.read()"
    )
    grandchild = int(child.read_line())

    child.kill()
    child.kill()

    assert has_ended(grandchild)
    assert child.wait(END_S)
    assert not child.is_running
    child.close()


def test_kill_wakes_a_thread_that_waits_for_a_line() -> None:
    child = start("import sys; sys.stdin.read()")
    lines: list[bytes] = []
    reader = start_loop("reader", lambda: lines.append(child.read_line()))

    child.kill()
    reader.join(END_S)
    child.close()

    assert lines == [b""]


def test_it_may_be_closed_twice() -> None:
    child = start("")

    child.close()
    child.close()

    assert not child.is_running


def test_a_crash_is_noticed() -> None:
    child = start("import os; os.abort()")

    assert child.wait(END_S)

    assert not child.is_running
    child.close()


PARENT = """
import json, os, sys, threading
from phidesk.processes.child import Child
CHILD = '''
import json, os, sys, time
from phidesk.processes.leash import end_with_parent
end_with_parent(json.loads(sys.stdin.buffer.readline())["parent_id"])
print(os.getpid(), flush=True)
if sys.argv[1] == "holds the lock":
    import ctypes
    ctypes.PyDLL(None).sleep(60)
threading = __import__("threading"); threading.Event().wait()
'''
def start_loop(name, function):
    thread = threading.Thread(target=function); thread.start(); return thread
children = []
def start():
    children.append(Child([sys.executable, "-c", CHILD, sys.argv[1]], name="child-output", start_loop=start_loop,
                          first_input=json.dumps({"parent_id": os.getpid()}).encode() + b"\\n"))
starter = threading.Thread(target=start); starter.start(); starter.join()
print(int(children[0].read_line()), children[0].is_running, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "manner",
    [
        "waits",
        pytest.param(
            "holds the lock",
            marks=pytest.mark.skipif(sys.platform == "darwin", reason="macOS ends it when the lock is free again"),
        ),
    ],
)
def test_a_child_dies_with_a_killed_parent_but_not_with_the_thread_that_asked_for_it(manner: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, manner], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child_id, was_running = parent.stdout.readline().split()

        parent.kill()

        assert was_running == b"True"
        assert has_ended(int(child_id))


LEAVER = """
import subprocess, sys
other = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
print(other.pid, file=sys.stderr, flush=True)
"""


def test_what_a_child_leaves_behind_ends_with_it_although_it_holds_the_pipes() -> None:
    child = start(LEAVER)

    assert child.wait(END_S)

    assert has_ended(int(child.error_lines[0]))
    child.close()


ESCAPER = """
import subprocess, sys
waits = "import threading; threading.Event().wait()"
other = subprocess.Popen([sys.executable, "-c", waits], stdin=subprocess.DEVNULL, start_new_session=True)
print("last words", file=sys.stderr); print(other.pid, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nobody leaves a job")
@pytest.mark.parametrize("manner", ["ends", "is killed"])
def test_the_end_does_not_wait_for_one_that_got_away_with_the_pipes(manner: str) -> None:
    child = start(ESCAPER + ("sys.stdin.read()" if manner == "is killed" else ""))
    escaped = int(child.read_line())

    if manner == "is killed":
        child.kill()

    assert child.wait(END_S)
    assert child.read_line() == b""
    assert child.error_lines == ["last words"]
    child.close()
    os.kill(escaped, signal.SIGKILL)


def test_output_can_be_merged_into_the_error_stream() -> None:
    child = Child(
        [sys.executable, "-c", "import sys; print('one', flush=True); print('two', file=sys.stderr)"],
        name="child-output",
        start_loop=start_loop,
        merges_output=True,
    )

    assert child.wait(END_S)
    child.close()

    assert child.error_lines == ["one", "two"]


def test_a_child_has_the_environment_that_it_is_given() -> None:
    child = Child(
        [sys.executable, "-c", "import os, sys; print(os.environ['SAID'], 'HOME' in os.environ, flush=True)"],
        name="child-output",
        start_loop=start_loop,
        environment={"SAID": "hello"},
    )

    line = child.read_line()
    child.close()

    assert line.split() == [b"hello", b"False"]


POLITE = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("ready", flush=True); signal.sigwait({signal.SIGTERM}); print("bye", file=sys.stderr); sys.exit(3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it is told by Ctrl+Break, and only with a console")
def test_a_child_that_is_asked_to_end_does_so_in_its_own_way() -> None:
    child = start(POLITE)
    child.read_line()

    child.ask_to_end()

    assert child.wait(END_S)
    assert (child.error_lines, child.exit_code) == (["bye"], 3)
    child.ask_to_end()
    child.close()


def test_the_order_of_a_child_is_not_visible_in_its_arguments_or_environment() -> None:
    secret = "k" * 40
    child = start("import sys; sys.stdin.readline(); print(flush=True); sys.stdin.read()", json.dumps(secret).encode())
    process = psutil.Process(child.process_id)

    visible = " ".join(process.cmdline()) + " ".join(process.environ().values())
    child.close()

    assert secret not in visible
