"""An HTTP server that frames its replies as Go's `net/http` does: order of headers, lengths, chunks.

It knows nothing of what it serves: a function is called for each request, on the thread of its connection.
"""

from __future__ import annotations

import select
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from typing_extensions import override

# A body that is written at once and is longer than this goes out as one chunk, for Go no longer knows its length.
BUFFER_BYTES = 2048
POLL_S = 0.01


class GoExchange(BaseHTTPRequestHandler):
    """One request and the means to answer it.

    Attributes:
        route: The path without its query.
        body: What came with the request.
    """

    protocol_version = "HTTP/1.1"
    server: GoServer
    route = ""
    body = b""

    def has_left(self) -> bool:
        """Tell whether the client has closed its side; bytes that it sent in advance are not looked at."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def send_whole(self, status: int, kind: str | None, body: bytes, **headers: str) -> None:
        """Send a body that is written in one go."""
        is_head = self.command == "HEAD"
        is_long = len(body) > BUFFER_BYTES
        content = body if not is_long else _chunk(body) + _chunk(b"")
        length = {} if is_long else {"Content-Length": str(len(body))}
        coding = {"Transfer-Encoding": "chunked"} if is_long and not is_head else {}
        kinds = {} if kind is None else {"Content-Type": kind}
        self._send(status, {**headers, **kinds}, {**length, **self._closing(), **coding}, b"" if is_head else content)

    def send_status(self, status: int) -> None:
        """Send a status alone, as Go answers HEAD when nothing is written."""
        self._send(status, {}, self._closing(), b"")

    def begin_chunks(self, status: int, kind: str, body: bytes) -> None:
        """Send headers and the first chunk together."""
        self._send(status, {"Content-Type": kind}, {**self._closing(), "Transfer-Encoding": "chunked"}, _chunk(body))

    def send_chunk(self, body: bytes) -> None:
        """Send one more chunk."""
        self.connection.sendall(_chunk(body))

    def end_chunks(self) -> None:
        """Say that the body is complete."""
        self.connection.sendall(_chunk(b""))

    def break_off(self) -> None:
        """Let the connection end without anything more."""
        self.close_connection = True

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        self.route = unquote(urlsplit(self.path).path)
        self.body = self._read_body()
        self.server.answer(self)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _closing(self) -> dict[str, str]:
        return {"Connection": "close"} if self.close_connection else {}

    def _send(self, status: int, own: Mapping[str, str], of_server: Mapping[str, str], content: bytes) -> None:
        """Write the headers of the program, sorted, then Date and those that Go adds."""
        date = format_datetime(datetime.now(UTC), usegmt=True)
        headers = {**dict(sorted(own.items())), "Date": date, **of_server}
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {text}" for name, text in headers.items()),
        ]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)


class GoServer(ThreadingHTTPServer):
    """Listens on loopback and calls `answer` for each request.

    Args:
        port: 0 takes a free one.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[GoExchange], None]) -> None:
        self.answer = answer
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._bugs: list[BaseException] = []
        super().__init__(("127.0.0.1", port), GoExchange)
        run = {"poll_interval": POLL_S}
        self._thread = threading.Thread(target=self.serve_forever, kwargs=run, name=f"go-server-{self.server_port}")
        self._thread.start()

    def stop(self) -> None:
        """Close the port and break off every connection where it stands; may be called by `answer` itself."""
        self.shutdown()
        self.socket.close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def join(self) -> None:
        """Wait until all threads of a stopped server have ended, and raise what `answer` should not have raised."""
        self.server_close()
        self._thread.join()
        if self._bugs:
            raise self._bugs.pop()

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep bugs for `join`; clients who leave in the middle of a request are none."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self._bugs.append(error)


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)
