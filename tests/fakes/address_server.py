"""A server of the kind that people write tools for. It keeps what it was asked.

    with AddressServer() as server:
        ...  # talk to server.url

Paths: /echo tells what was asked; /away, /here and /round redirect; /picture, /large, /slow, /refused are what they say.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from typing_extensions import override

ELSEWHERE = "http://elsewhere.example/secret"
LARGE_BYTES = 1_000_000


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str] = field(compare=False)
    body: str = ""


class AddressServer:
    """Answers on a port of its own until it is closed."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._may_end = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            @override
            def log_message(self, format: str, *args: object) -> None:
                pass

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size).decode())
                server.asked.append(asked)
                server.answer(self, asked)

            do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815 - names of the standard library

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        """Answer one request."""
        name = asked.path.partition("?")[0].strip("/")
        redirects = {"away": ELSEWHERE, "here": "/echo", "round": "/round"}
        if name in redirects:
            handler.send_response(302)
            handler.send_header("Location", redirects[name])
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        elif name == "slow":
            self._may_end.wait(20)
        elif name == "picture":
            self._send(handler, 200, b"\x89PNG", "image/png")
        elif name == "binary":
            self._send(handler, 200, b"a\0b", "application/octet-stream")
        elif name == "latin":
            self._send(handler, 200, "Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1")
        elif name == "strange":
            self._send(handler, 200, "Grüße".encode(), "text/plain; charset=klingon")
        elif name == "large":
            self._send(handler, 200, b"x" * LARGE_BYTES, "text/plain")
        elif name == "empty":
            self._send(handler, 204, b"", "text/plain")
        elif name == "refused":
            self._send(handler, 404, b"no such town", "text/plain")
        else:
            told = {"method": asked.method, "path": asked.path, "body": asked.body}
            self._send(handler, 200, json.dumps(told).encode(), "application/json")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._may_end.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _send(self, handler: BaseHTTPRequestHandler, status: int, content: bytes, media_type: str) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(content)))
        handler.send_header("Set-Cookie", "session=1")
        handler.end_headers()
        try:
            handler.wfile.write(content)
        except OSError:
            return  # The other side has read enough.
