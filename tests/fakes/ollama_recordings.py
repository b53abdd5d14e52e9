"""The recorded exchanges with a real Ollama daemon, and a client that sends them again byte by byte.

The recorder wrote header names in lower case and took the chunk framing off; nothing else of a reply is lost.
"""

from __future__ import annotations

import base64
import json
import re
import select
import socket
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.ollama_models import RECORDINGS

REPLY_TIMEOUT_S = 10
# What differs from run to run, by the form that it must have.
_TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?Z"
_VOLATILE = (
    (re.compile(rb'"(created_at|expires_at)":"' + _TIME + rb'"'), rb'"\1":"TIME"'),
    (re.compile(rb'"((?:total|load)_duration)":[1-9]\d*'), rb'"\1":NANOSECONDS'),
    (re.compile(rb'"((?:prompt_eval|eval)_duration)":[1-9]\d*'), rb'"\1":NANOSECONDS'),
    (re.compile(rb'"id":"call_[a-z0-9]{8}"'), rb'"id":"CALL"'),
)


@dataclass(frozen=True)
class Reply:
    """What came back: chunks as they were framed, or the whole body as one.

    Attributes:
        end: `eof` when the body was complete, `closed` when the connection broke off before.
    """

    status: int
    headers: Mapping[str, str]
    chunks: tuple[bytes, ...]
    end: str

    @property
    def body(self) -> bytes:
        """All chunks."""
        return b"".join(self.chunks)

    def without_volatile(self) -> tuple[bytes, ...]:
        """Replace times, durations and ids, where they have the right form, and the numbers of context tokens."""
        return tuple(_without_volatile(chunk) for chunk in self.chunks)


@dataclass(frozen=True)
class Recording:
    """One recorded exchange."""

    name: str
    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    reply: Reply

    @property
    def request(self) -> Any:
        """The request's JSON, None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of the reply."""
        return [json.loads(line) for line in self.reply.body.split(b"\n") if line.startswith(b"{")]

    def pieces(self) -> list[str | bytes]:
        """Cut the recorded text into the tokens that the model sampled, so that it is seen in the recorded chunks."""
        texts = [line.get("response", line.get("message", {}).get("content", "")) for line in self.lines]
        pieces: list[bytes] = [text.encode() for text in texts if text]
        count = self._sampled_pieces(len(pieces))
        is_stream = self.reply.headers.get("content-type") == "application/x-ndjson"
        while len(pieces) < count:
            pieces = _with_one_more(pieces, only_within_characters=is_stream)
        return list(pieces)

    def _sampled_pieces(self, unknown: int) -> int:
        final = self.lines[-1] if self.lines else {}
        end_tokens = 1 if final.get("done_reason") == "stop" else 0
        return int(final["eval_count"]) - end_tokens if "eval_count" in final else unknown


def recording(name: str) -> Recording:
    """Read one recorded exchange."""
    document = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    request, response = document["request"], document["response"]
    body = base64.b64decode(request["body_b64"]) if "body_b64" in request else request.get("body_utf8", "").encode()
    if "json" in request:
        body = json.dumps(request["json"]).encode()
    chunks = tuple(chunk["bytes_utf8"].encode() for chunk in response["chunks"])
    reply = Reply(response["status"], response["headers"], chunks, response["end"])
    return Recording(name, request["method"], request["path"], body, request.get("headers", {}), reply)


class Exchange:
    """One connection: a request on its way, and what comes back."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = connection.makefile("rb")

    def reply(self, *, has_body: bool = True) -> Reply:
        """Read to the end."""
        status, headers = self.read_head()
        if not has_body:
            return Reply(status, headers, (), "eof")
        if headers.get("Transfer-Encoding") == "chunked":
            chunks = []
            while chunk := self.read_chunk():
                chunks.append(chunk)
            return Reply(status, headers, tuple(chunks), "closed" if chunk is None else "eof")
        length = int(headers["Content-Length"])
        body = self._stream.read(length)
        return Reply(status, headers, (body,) if body else (), "eof" if len(body) == length else "closed")

    def read_head(self) -> tuple[int, dict[str, str]]:
        """Read the status line and the headers.

        Raises:
            ConnectionError: The connection ended before.
        """
        status_line = self._stream.readline()
        if not status_line:
            raise ConnectionError
        headers = {}
        while line := self._stream.readline().rstrip(b"\r\n"):
            name, _, text = line.decode().partition(": ")
            headers[name] = text
        return int(status_line.split()[1]), headers

    def read_chunk(self) -> bytes | None:
        """Read one chunk; b"" is the last one, None a connection that broke off."""
        size_line = self._stream.readline()
        if not size_line:
            return None
        size = int(size_line, 16)
        chunk = self._stream.read(size)
        is_complete = len(chunk) == size and self._stream.readline() == b"\r\n"
        return chunk if is_complete else None

    def has_something_to_read(self) -> bool:
        """Tell whether anything has come that was not read yet."""
        readable, _, _ = select.select([self._connection], [], [], 0)
        return bool(readable)

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a request over this connection."""
        host = "{}:{}".format(*self._connection.getpeername())
        fields = {"Host": host, **(headers or {}), "Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items()), "", ""]
        self._connection.sendall("\r\n".join(lines).encode() + body)

    def leave(self) -> None:
        """Close the connection, whatever still comes."""
        self._stream.close()
        self._connection.close()


@contextmanager
def sent(
    url: str, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Iterator[Exchange]:
    """Send a request over a connection of its own."""
    address = urlsplit(url)
    exchange = Exchange(socket.create_connection((address.hostname, address.port), timeout=REPLY_TIMEOUT_S))
    try:
        exchange.send(method, path, body, headers)
        yield exchange
    finally:
        exchange.leave()


def send(url: str, exchange: Recording) -> AbstractContextManager[Exchange]:
    """Send a recorded request."""
    return sent(url, exchange.method, exchange.path, exchange.body, exchange.headers)


def _without_volatile(chunk: bytes) -> bytes:
    for pattern, replacement in _VOLATILE:
        chunk = pattern.sub(replacement, chunk)
    return re.sub(rb'"context":\[([\d,]+)\]', lambda match: b'"context":%d numbers' % (match[1].count(b",") + 1), chunk)


def _with_one_more(pieces: list[bytes], *, only_within_characters: bool) -> list[bytes]:
    """Split one piece in two; within a stream only so that its first part is no whole character."""
    for index, piece in enumerate(pieces):
        length = _length_of_character(piece)
        if length > 1 if only_within_characters else len(piece) > 1:
            return [*pieces[:index], piece[:1], piece[1:], *pieces[index + 1 :]]
    raise ValueError("the recorded text cannot be cut into so many tokens")


def _length_of_character(piece: bytes) -> int:
    """Length of the character that a piece starts with or goes on with."""
    first_of_next = next((index for index in range(1, len(piece)) if piece[index] & 0xC0 != 0x80), len(piece))
    return first_of_next if piece[0] >= 0x80 else 1
