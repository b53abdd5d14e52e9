"""A real HTTP server on loopback that says what a test scripts, byte by byte."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any

from typing_extensions import override

EVENT_STREAM = "text/event-stream"


@dataclass
class Reply:
    """What is answered: pieces are sent one chunk each; `None` among them waits until the server closes.

    `ends_properly` false breaks the connection off after the last piece.
    """

    pieces: Iterable[bytes | None] = ()
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    ends_properly: bool = True


@dataclass
class Received:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class ScriptedServer:
    """Answers each path with its reply; anything else is 404. `waiting` is set while a reply waits.

    A reply may also be a function of what was received. Whatever it raises breaks the connection off.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.replies: dict[str, Reply | Callable[[Received], Reply]] = {}
        self.received: list[Received] = []
        self.waiting = threading.Event()
        self.closing = threading.Event()
        self.client_left = threading.Event()

    def says(self, path: str, document: Any, *, status: int = 200) -> None:
        """Answer `path` with JSON."""
        self.replies[path] = Reply([json.dumps(document).encode()], status=status)

    def streams(self, path: str, *events: Any, ends_properly: bool = True) -> None:
        """Answer `path` with an event stream; bytes go out as they are, None waits, the rest becomes an event."""
        pieces = [event if event is None or isinstance(event, bytes) else sse(event) for event in events]
        self.replies[path] = Reply(pieces, kind=EVENT_STREAM, ends_properly=ends_properly)


def sse(document: Any) -> bytes:
    """Write one event."""
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Serve on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _answer(self, body: Any) -> None:
            received = Received(self.command, self.path, dict(self.headers), body)
            script.received.append(received)
            reply = script.replies.get(self.path, Reply([b'{"detail":"Not Found"}'], status=404))
            self.close_connection = True
            try:
                self._send(reply if isinstance(reply, Reply) else reply(received))
            except OSError:
                script.client_left.set()

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Transfer-Encoding", "chunked")
            for name, value in reply.headers.items():
                self.send_header(name, value)
            pieces = iter(reply.pieces)
            first = next(pieces, b"")
            if first is None:  # It waits before its headers.
                self._wait()
            self.end_headers()
            for piece in chain([first], pieces):
                if piece is None:
                    self._wait()
                elif piece:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if reply.ends_properly:
                self.wfile.write(b"0\r\n\r\n")

        def _wait(self) -> None:
            script.waiting.set()
            script.closing.wait()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    script = ScriptedServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="scripted-server")
    thread.start()
    try:
        yield script
    finally:
        script.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
