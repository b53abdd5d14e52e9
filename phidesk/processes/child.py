"""The one way to start a child: its output is drained, it is ended as a group, and it does not outlive us."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from io import BufferedReader, RawIOBase
from typing import IO, TYPE_CHECKING, cast

from typing_extensions import override

from phidesk.core.tasks import StartLoop
from phidesk.processes.leash import Job

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEPT_ERROR_LINES = 200
"""The last words of a child: enough for the reason of a failed load (llama.cpp writes about 130 lines)."""
LONGEST_ERROR_LINE_BYTES = 2000
_CREATE_NO_WINDOW = 0x08000000
_CREATE_NEW_PROCESS_GROUP = 0x00000200
"""Without a group of its own it could not be sent Ctrl+Break alone."""


class Child:
    """One running process. Safe from every thread, except that one thread at a time may read its output.

    A loop thread of its own starts it (see `leash`), keeps the last lines of its error stream, and reaps it. A child
    that closes its error stream is taken as ended. What it writes to its standard output waits for `read_line`.
    A second loop waits for its end: what it leaves behind may hold its pipes open, and is ended too.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        name: str,
        start_loop: StartLoop,
        first_input: bytes = b"",
        environment: Mapping[str, str] | None = None,
        merges_output: bool = False,
        receive_error_line: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Start `command` and write `first_input` to its standard input, which stays open as a sign of life.

        `name` is the name of its loop thread. `receive_error_line` is called there for each line, and must not raise.
        `environment` None is ours. With `merges_output` its standard output is part of its error stream, and there is
        nothing to `read_line`.

        Raises:
            OSError: the command cannot be started.
            ValueError: it, or the environment, holds a zero byte.
        """
        self._command = list(command)
        self._first_input = first_input
        self._environment = None if environment is None else dict(environment)
        self._merges_output = merges_output
        self._receive_error_line = receive_error_line
        self._lock = threading.Lock()
        self._error_lines: deque[str] = deque(maxlen=KEPT_ERROR_LINES)
        self._has_ended = False
        self._process: subprocess.Popen[bytes]
        self._job: Job
        self._ended: IO[bytes]
        self._output: BufferedReader
        started: Future[None] = Future()
        self._thread = start_loop(name, lambda: self._follow(started))
        started.result()
        self._end_thread = start_loop(f"{name}-end", self._await_end)

    @property
    def process_id(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._has_ended and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended (on POSIX minus the number of the signal); None while it runs."""
        return self._process.poll()

    @property
    def error_lines(self) -> list[str]:
        """The newest lines of its error stream."""
        with self._lock:
            return list(self._error_lines)

    def read_line(self, most_bytes: int = -1) -> bytes:
        """Wait for the next line of its standard output, or so much of it; empty once it has ended.

        `kill` ends the waiting.
        """
        return self._output.readline(most_bytes)

    def read(self, most_bytes: int) -> bytes:
        """Wait for some of its standard output and return what is there; empty once it has ended."""
        return self._output.read1(most_bytes)

    def write(self, content: bytes) -> None:
        """Write to its standard input; one thread at a time. Blocks while it does not read.

        Raises:
            OSError: it has ended, or its input has.
        """
        stream = _pipe(self._process.stdin)
        if stream.closed:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        if sys.platform == "win32":
            stream.write(content)
            stream.flush()
        else:
            _write_until_ended(stream.fileno(), self._ended.fileno(), content)

    def end_input(self) -> None:
        """Close its standard input; for the thread that writes. Most programs then end by themselves."""
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()

    def ask_to_end(self) -> None:
        """Ask it alone to end in its own way, as a system that shuts down would. Returns at once."""
        with self._lock, contextlib.suppress(OSError):  # It may be gone, or (on Windows) have no console to be told by.
            if self._has_ended:
                return
            if sys.platform == "win32":
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                self._process.terminate()

    def kill(self) -> None:
        """End it and everything it started, at once and without asking. Doing it twice is no error."""
        with self._lock:
            self._end_group()

    def wait(self, timeout_s: float | None) -> bool:
        """Wait until it has ended and its last words are kept; return whether that is so. None waits for ever."""
        self._thread.join(timeout_s)
        return self._has_ended

    def close(self) -> None:
        """Kill it, wait for its end, and give its pipes back."""
        self.kill()
        self._thread.join()
        self._end_thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr, self._ended):
            with contextlib.suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()

    def _follow(self, started: Future[None]) -> None:
        try:
            self._process = self._start()
        except (OSError, ValueError) as error:
            started.set_exception(error)
            return
        self._job = Job(self._process)
        ended, self._tell_ended = os.pipe()
        self._ended = os.fdopen(ended, "rb")
        self._errors = _reader(self._process.stderr or self._process.stdout, ended)
        self._output = _reader(self._process.stdout, ended)
        started.set_result(None)
        while raw := self._errors.readline(LONGEST_ERROR_LINE_BYTES):
            line = raw.decode("utf-8", "replace").rstrip()
            with self._lock:
                self._error_lines.append(line)
            self._receive_error_line(line)
        with self._lock:
            self._end_group()
            self._process.wait()
            self._has_ended = True
            self._job.close()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if self._merges_output else subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
            creationflags=_CREATE_NO_WINDOW | _CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0,
        )
        with contextlib.suppress(BrokenPipeError):
            stream = _pipe(process.stdin)
            stream.write(self._first_input)
            stream.flush()
        return process

    def _await_end(self) -> None:
        if sys.platform == "linux":
            with contextlib.suppress(ChildProcessError):  # Somebody who asked whether it runs has reaped it.
                os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)  # Its number stays its own.
        else:
            self._process.wait()
        self.kill()
        os.close(self._tell_ended)

    def _end_group(self) -> None:
        """Called with the lock held. Until the process is reaped its number cannot belong to somebody else."""
        if self._has_ended:
            return
        if sys.platform == "win32":
            self._job.end()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _reader(stream: IO[bytes] | None, ended: int) -> BufferedReader:
    if sys.platform == "win32":
        return cast("BufferedReader", _pipe(stream))
    return BufferedReader(_EndingPipe(_pipe(stream).fileno(), ended))


if sys.platform != "win32":

    class _EndingPipe(RawIOBase):
        """A pipe that ends when its process has, also if somebody who got away from the group holds it open."""

        def __init__(self, descriptor: int, ended: int) -> None:
            self._descriptor = descriptor
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLIN)
            self._poll.register(ended, select.POLLIN)

        @override
        def readable(self) -> bool:
            return True

        @override
        def readinto(self, buffer: WriteableBuffer) -> int:
            ready = [descriptor for descriptor, _ in self._poll.poll()]
            if self._descriptor not in ready:  # Everything that was written is read.
                return 0
            return os.readv(self._descriptor, [buffer])

    def _write_until_ended(descriptor: int, ended: int, content: bytes) -> None:
        """Write to a pipe; give up when its process ended, also if somebody who got away keeps the other end."""
        waiting = select.poll()
        waiting.register(descriptor, select.POLLOUT)
        waiting.register(ended, select.POLLIN)
        rest = memoryview(content)
        while rest:
            ready = [ready for ready, _ in waiting.poll()]
            if ended in ready:
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            rest = rest[os.write(descriptor, rest[: select.PIPE_BUF]) :]  # So much never blocks a pipe that is ready.


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise TypeError("the child was started without this pipe")
    return stream
