"""A line between the program and an engine that breaks an answer wherever a test wants: after any byte of it.

    with FaultyLine(lambda: daemon.url) as line:
        line.fail(Fault.STALLED, after_bytes=120)
        ...  # talk to line.url

It only looks at requests for answers; all others pass untouched. It uses nothing of the program that it tests.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from typing_extensions import override

ANSWER_PATHS = (b"/api/chat", b"/api/generate", b"/v1/chat/completions", b"/completion")
BLOCK_BYTES = 65536


class Fault(Enum):
    """What happens to an answer."""

    CUT = "the connection ends in good order, but too early"
    RESET = "the connection is gone at once"
    STALLED = "nothing more comes, and the connection stays"
    NONSENSE = "something else comes, and then the end"
    KILLED = "the engine is killed"


class FaultyLine:
    """Passes everything on, both ways, until a fault is due. One fault happens to one answer.

    Attributes:
        has_failed: Set once the fault has happened; a stalled answer waits then.
        passed: What of the newest answer went through since `fail`, headers included.
        asked: The newest question for an answer as it went through, headers included.
    """

    def __init__(self, target: Callable[[], str]) -> None:
        """`target` gives the address behind the line, asked anew for every connection."""
        self.has_failed = threading.Event()
        self.passed = b""
        self.asked = b""
        self._target = target
        self._fault: Fault | None = None
        self._after_bytes = 0
        self._after = b""
        self._nonsense = b""
        self._kill: Callable[[], None] = lambda: None
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        line = self

        class Handler(socketserver.BaseRequestHandler):
            @override
            def handle(self) -> None:
                line._serve(self.request)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="faulty-line")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address in front of the line."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(
        self,
        fault: Fault,
        *,
        after_bytes: int,
        after: bytes = b"",
        nonsense: bytes = b"",
        kill: Callable[[], None] = lambda: None,
    ) -> None:
        """Let the next answer fail.

        Args:
            fault: What happens.
            after_bytes: How much of the reply comes before; with 0 not even its headers come.
            after: It happens after the first of these that comes after so many bytes.
            nonsense: What comes then, of a fault of that kind.
            kill: Ends the engine, of a fault of that kind.
        """
        self._fault, self._after_bytes, self._after, self._nonsense = fault, after_bytes, after, nonsense
        self._kill = kill
        self.passed = b""
        self.has_failed.clear()

    def close(self) -> None:
        """End every connection and wait for the threads."""
        self._closing.set()
        with self._lock:
            for connection in self._open:
                _end(connection)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), self._kept(client):
            question = client.recv(BLOCK_BYTES)
            if not question:
                return
            address = urlsplit(self._target())
            with socket.create_connection((address.hostname, address.port)) as engine, self._kept(engine):
                engine.sendall(question)
                is_for_answer = question.split(b" ", 2)[1] in ANSWER_PATHS
                note: Callable[[bytes], None] = self._note_asked if is_for_answer else lambda _: None
                self.asked = b"" if is_for_answer else self.asked
                note(question)
                asking = threading.Thread(target=_pass_on, args=(client, engine, note), name="faulty-line-asking")
                asking.start()
                try:
                    if is_for_answer:
                        self._answer(engine, client, asking)
                    else:
                        _pass_on(engine, client)
                finally:
                    _end(client)
                    _end(engine)
                    asking.join()

    def _note_asked(self, content: bytes) -> None:
        self.asked += content

    def _kept(self, connection: socket.socket) -> _Kept:
        return _Kept(self._open, self._lock, connection)

    def _answer(self, engine: socket.socket, client: socket.socket, asking: threading.Thread) -> None:
        fault, self._fault = self._fault, None
        self.passed = b""
        length = 0
        is_due_at_once = fault is not None and self._after_bytes == 0 and not self._after
        while content := b"" if is_due_at_once else engine.recv(BLOCK_BYTES):
            length = len(content) if fault is None else self._length_before_fault(content)
            client.sendall(content[:length])
            self.passed += content[:length]
            if length < len(content) or (fault is not None and self._is_due()):
                break
        if fault is None or not (is_due_at_once or content):
            return
        self._happen(fault, client, asking)
        if fault is Fault.KILLED:
            rest = content[length:] if content else b""
            client.sendall(rest)
            self.passed += rest
            while content := engine.recv(BLOCK_BYTES):
                client.sendall(content)
                self.passed += content

    def _length_before_fault(self, content: bytes) -> int:
        """Return how much of this may still pass."""
        whole = self.passed + content
        due = self._after_bytes
        if self._after:
            found = whole.find(self._after, self._after_bytes)
            due = found + len(self._after) if found >= 0 else len(whole) + 1
        return max(0, min(len(content), due - len(self.passed)))

    def _is_due(self) -> bool:
        return len(self.passed) >= self._after_bytes and self.passed.endswith(self._after)

    def _happen(self, fault: Fault, client: socket.socket, asking: threading.Thread) -> None:
        if fault is Fault.RESET:
            client.shutdown(socket.SHUT_RD)
            asking.join()  # While it reads, the connection would outlive its end.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        elif fault is Fault.NONSENSE:
            client.sendall(self._nonsense)
        elif fault is Fault.KILLED:
            self._kill()
        self.has_failed.set()
        if fault is Fault.STALLED:
            asking.join()  # It ends when the other side has left, or this line closes.


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True


class _Kept:
    """Keeps a connection among the open ones while it is used."""

    def __init__(self, kept: set[socket.socket], lock: threading.Lock, connection: socket.socket) -> None:
        self._kept, self._lock, self._connection = kept, lock, connection

    def __enter__(self) -> None:
        with self._lock:
            self._kept.add(self._connection)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._kept.discard(self._connection)


def _pass_on(source: socket.socket, sink: socket.socket, note: Callable[[bytes], None] = lambda _: None) -> None:
    """Pass everything on until `source` ends; then `sink` ends too."""
    with suppress(OSError):
        while content := source.recv(BLOCK_BYTES):
            note(content)
            sink.sendall(content)
    _end(sink)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
