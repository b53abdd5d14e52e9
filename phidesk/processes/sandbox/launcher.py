"""The small program between us and the person's: `python -m phidesk.processes.sandbox.launcher`.

It reads one line of JSON and then the program's input from its standard input, builds the walls around a child, writes
one line of JSON that says which of them stand, and lets the child become the program. It ends as the program did.
It does this here and not in the window's process because nothing but a process with one thread can. Only the
standard library is used.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, NoReturn

from phidesk.processes import leash

CANNOT_START = 126
"""The exit code when the program cannot be started, as shells use it; the reason is on the error stream."""
_OWN_PROCESSES = 1
"""The supervisor, which is counted with the program's."""
_NICENESS = 10
"""The window and the engine come first."""
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38


def main() -> NoReturn:
    """Run the program of the order and end as it does."""
    order = json.loads(sys.stdin.buffer.readline())
    with _in_memory(sys.stdin.buffer.read(order["input_bytes"])) as given:
        if sys.platform == "win32":
            _end_as(_run_in_job(order, given))
        elif sys.platform == "linux":
            _end_as(_run_on_linux(order, given.fileno()))
        else:
            _end_as(_run_in_group(order, given.fileno()))


def _in_memory(content: bytes) -> IO[bytes]:
    if sys.platform == "linux":
        file: IO[bytes] = os.fdopen(os.memfd_create("input"), "w+b")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(content)
    file.seek(0)
    return file


def _end_as(exit_code: int) -> NoReturn:
    if exit_code >= 0 or sys.platform == "win32":
        os._exit(exit_code)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if -exit_code not in {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(-exit_code, signal.SIG_DFL)
    os.kill(os.getpid(), -exit_code)
    os._exit(128 - exit_code)


def _announce(*, network: bool, folders: bool, processes: bool) -> None:
    line = json.dumps({"network": network, "folders": folders, "processes": processes})
    os.write(1, line.encode() + b"\n")


def _say_cannot_start(order: dict[str, Any], error: OSError) -> None:
    os.write(2, f"{' '.join(order['command'][:1])}: {error.strerror}\n".encode())


if sys.platform != "win32":
    import resource

    def _limit_process(order: dict[str, Any], process_count: int | None) -> None:
        """Set the system's own limits; some of them count in other ways on macOS, or not at all."""
        wanted = {
            # Not RLIMIT_AS: some runtimes reserve addresses by the 100 GB.
            resource.RLIMIT_DATA: order["memory_bytes"],
            resource.RLIMIT_FSIZE: order["file_bytes"],
            resource.RLIMIT_CORE: 0,
        }
        if process_count is not None:
            wanted[resource.RLIMIT_NPROC] = process_count
        for kind, value in wanted.items():
            _set_limit(kind, value, value)
        _set_limit(resource.RLIMIT_CPU, order["processor_s"], order["processor_s"] + 1)  # A second to say goodbye.

    def _set_limit(kind: int, value: int, most: int) -> None:
        _, ours = resource.getrlimit(kind)
        if ours != resource.RLIM_INFINITY:
            value, most = min(value, ours), min(most, ours)
        with suppress(ValueError):  # macOS refuses some.
            resource.setrlimit(kind, (value, most))

    def _stand_in_place(order: dict[str, Any], given: int) -> None:
        for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored_by_python, signal.SIG_DFL)
        os.dup2(given, 0)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(order["folder"])
        os.nice(_NICENESS)

    def _become(order: dict[str, Any], prepare: Callable[[], None]) -> NoReturn:
        """Prepare this process and become the program. Whatever fails on the way, the program does not run."""
        try:
            prepare()
            if order["command"]:  # Without, somebody only asks what is enforced.
                os.execvpe(order["command"][0], order["command"], order["environment"])  # noqa: S606 - the purpose
        except OSError as error:
            _say_cannot_start(order, error)
            os._exit(CANNOT_START)
        os._exit(0)


if sys.platform == "linux":
    from phidesk.processes.sandbox import landlock, namespaces, supervision, syscall_filter

    def _run_on_linux(order: dict[str, Any], given: int) -> int:
        leash.signal_at_end_of_parent(signal.SIGTERM, order["parent_id"])
        if order["may_use_namespaces"] and namespaces.can_enter_namespaces():
            return _in_own_world(lambda: _supervise(order, given, owns_world=True))
        return _supervise(order, given, owns_world=False)

    def _in_own_world(run: Callable[[], int]) -> int:
        """Run a function in the first process of new namespaces; whatever it leaves there is ended by the system."""
        namespaces.enter_namespaces()
        asked = leash.wake_on(signal.SIGTERM)
        reader, writer = os.pipe()
        process_id = os.fork()
        if process_id == 0:
            os.close(reader)
            leash.signal_at_end_of_parent(signal.SIGKILL, 0)
            os.write(writer, b" ")  # Fails if the parent ended before the line above.
            os.write(writer, str(run()).encode())
            os._exit(0)
        os.close(writer)
        told = b""
        while asked not in select.select([reader, asked], [], [])[0]:
            piece = os.read(reader, 16)
            if not piece:
                break
            told += piece
        else:
            os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)  # Then all of its world have ended.
        return int(told) if told.strip() else -signal.SIGKILL

    def _supervise(order: dict[str, Any], given: int, *, owns_world: bool) -> int:
        abi = landlock.landlock_abi()
        already = _OWN_PROCESSES if owns_world and abi else supervision.count_threads_of_user()
        sees_own_proc = owns_world and namespaces.mount_own_proc()
        if owns_world:
            namespaces.make_read_only(
                except_folders=order["writable"], scratch=order["scratch"], scratch_bytes=order["file_bytes"]
            )
        supervisor_id = os.getpid()

        def prepare() -> None:
            leash.signal_at_end_of_parent(signal.SIGKILL, supervisor_id)
            _stand_in_place(order, given)
            _limit_process(order, already + order["process_count"])
            _wall_in(order, abi=abi, owns_world=owns_world, sees_own_proc=sees_own_proc)

        return supervision.supervise(
            lambda: _become(order, prepare),
            memory_bytes=order["memory_bytes"],
            process_count=order["process_count"],
            ends_leftovers=not owns_world,
        )

    def _give_up_rights() -> None:
        """Have no right of an administrator after becoming the program, nor a way to get one."""
        libc = ctypes.CDLL(None)
        for capability in range(64):
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)

    def _wall_in(order: dict[str, Any], *, abi: int, owns_world: bool, sees_own_proc: bool) -> None:
        _give_up_rights()
        if abi > 0:
            readable = [*order["readable"], order["folder"], *(["/proc"] if sees_own_proc else [])]
            landlock.restrict_to_folders(readable=readable, writable=[*order["writable"], order["scratch"]], abi=abi)
        refused: list[syscall_filter.CallTable] = [syscall_filter.SOCKETS]
        if not owns_world and abi < landlock.KEEPS_SIGNALS_ABI:
            refused.append(syscall_filter.SIGNALS)
        if abi < landlock.KEEPS_TRUNCATE_ABI:
            refused.append(syscall_filter.TRUNCATE)
        _announce(network=syscall_filter.refuse_calls(*refused), folders=abi > 0, processes=owns_world)

elif sys.platform == "win32":
    import subprocess

    def _run_in_job(order: dict[str, Any], given: IO[bytes]) -> int:
        leash.limit_own_job(
            processor_s=order["processor_s"],
            memory_bytes=order["memory_bytes"],
            process_count=order["process_count"] + _OWN_PROCESSES,
        )
        _announce(network=False, folders=False, processes=False)
        if not order["command"]:
            return 0
        try:
            ended = subprocess.run(
                order["command"], stdin=given, cwd=order["folder"], env=order["environment"], check=False
            )
        except OSError as error:
            _say_cannot_start(order, error)
            return CANNOT_START
        return ended.returncode if ended.returncode < 2**31 else 1  # The codes of crashes are too large for our exit.

else:

    def _run_in_group(order: dict[str, Any], given: int) -> int:
        def prepare() -> None:
            _stand_in_place(order, given)
            _limit_process(order, None)
            _announce(network=False, folders=False, processes=False)

        process_id = os.fork()
        if process_id == 0:
            _become(order, prepare)
        leash.end_group_with_parent()
        return os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])


if __name__ == "__main__":
    main()
