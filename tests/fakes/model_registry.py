"""A model registry for tests: a real HTTP server on loopback, and a second one that stores the blobs, as Ollama's has.

It speaks the part of the OCI distribution protocol that a download needs, and fails in every way that a test asks for.

    with ModelRegistry() as registry:
        blob = registry.offer("library/tiny", random_blob(3_000_000))
        registry.cuts_after_bytes = 1_000_000
        ...  # fetch from registry.url

By hand, for measurements: `python -m tests.fakes.model_registry SIZE_BYTES` prints its address and the digest.
"""

from __future__ import annotations

import hashlib
import json
import random
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from typing_extensions import override

MODEL_LAYER = "application/vnd.ollama.image.model"
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
PIECE_BYTES = 64 * 1024
DEFAULT_WAIT_S = 10.0
POLL_S = 0.01


@dataclass(frozen=True)
class Blob:
    """A pattern, again and again: large ones cost no memory."""

    pattern: bytes
    repeats: int = 1

    @property
    def size_bytes(self) -> int:
        """Its length."""
        return len(self.pattern) * self.repeats

    @cached_property
    def sha256(self) -> str:
        """Its digest, in hexadecimal."""
        digest = hashlib.sha256()
        for _ in range(self.repeats):
            digest.update(self.pattern)
        return digest.hexdigest()

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes of a range that is not longer than a piece."""
        first, offset = divmod(start, len(self.pattern))
        last = (end - 1) // len(self.pattern)
        return (self.pattern * (last - first + 1))[offset : offset + end - start]


def random_blob(size_bytes: int, *, seed: int = 1) -> Blob:
    """Make a blob in which no part looks like another."""
    return Blob(random.Random(seed).randbytes(size_bytes))


@dataclass(frozen=True)
class Received:
    """One request as it came; `start` is the first byte that was asked for."""

    path: str
    headers: dict[str, str]
    start: int = 0


class ModelRegistry:
    """Started by `with`, gone with all its threads after it.

    Attributes:
        requests, blob_requests: What came to the registry and to the storage host, in this order.
        sent_bytes: What was given to connections, whether or not somebody read it.
        manifest_status, blob_status, storage_status: Other than 200: that is the answer.
        manifest_body: Sent instead of the manifest.
        storage_url: Where blobs are redirected to; None sends them from the registry itself.
        cuts_after_bytes: Every connection breaks off after so many bytes of a blob.
        stalls_after_bytes: Connections go silent after so many bytes of a blob; `stalls` more times.
        damages: How many more blobs are sent with their first byte changed.
        ignores_ranges: Blobs are always sent from the beginning.
        bytes_per_s: Pace; None is as fast as it can.
    """

    def __init__(self, *, certificate: Path | None = None) -> None:
        """`certificate`, with its key, makes it speak https."""
        self.requests: list[Received] = []
        self.blob_requests: list[Received] = []
        self.sent_bytes = 0
        self.manifest_status = self.blob_status = self.storage_status = 200
        self.manifest_body: bytes | None = None
        self.cuts_after_bytes: int | None = None
        self.stalls_after_bytes: int | None = None
        self.stalls = 1_000_000
        self.damages = 0
        self.ignores_ranges = False
        self.bytes_per_s: float | None = None
        self._blobs: dict[str, Blob] = {}
        self._manifests: dict[str, bytes] = {}
        self._changed = threading.Condition()
        self._is_closing = False
        self._certificate = certificate

    def __enter__(self) -> Self:
        self._registry = _Server(self._answer_registry, self._certificate)
        self._storage = _Server(self._answer_storage, self._certificate)
        self.url = self._registry.url
        self.storage_url: str | None = self._storage.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._registry.close()
        self._storage.close()

    def offer(self, repository: str, blob: Blob, *, tag: str = "latest", media_type: str = MODEL_LAYER) -> Blob:
        """Have a model whose only large layer is this blob."""
        self._blobs[blob.sha256] = blob
        layers = [
            {"mediaType": media_type, "digest": f"sha256:{blob.sha256}", "size": blob.size_bytes},
            {"mediaType": "application/vnd.ollama.image.license", "digest": f"sha256:{'1' * 64}", "size": 1084},
        ]
        config = {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": f"sha256:{'2' * 64}"}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": layers}
        self._manifests[f"/v2/{repository}/manifests/{tag}"] = json.dumps(manifest).encode()
        return blob

    def wait_until(self, is_true: Callable[[], bool], *, timeout_s: float = DEFAULT_WAIT_S) -> None:
        """Wait for something to become true of this registry.

        Raises:
            TimeoutError: It did not.
        """
        with self._changed:
            if not self._changed.wait_for(is_true, timeout_s):
                raise TimeoutError(f"not true within {timeout_s} s")

    def _answer_registry(self, exchange: _Exchange) -> None:
        with self._changed:
            self.requests.append(Received(exchange.path, dict(exchange.headers)))
            self._changed.notify_all()
        if "/manifests/" in exchange.path:
            body = self.manifest_body or self._manifests.get(exchange.path)
            status = self.manifest_status if body is not None else 404
            exchange.send_whole(status, body or b"" if status == 200 else b'{"errors":[{"code":"ERR"}]}')
            return
        digest = exchange.path.rpartition("sha256:")[2]
        if self.blob_status != 200 or digest not in self._blobs:
            exchange.send_whole(self.blob_status if digest in self._blobs else 404, b"")
        elif self.storage_url is None:
            self._answer_storage(exchange)
        else:
            exchange.send_whole(307, b"", Location=f"{self.storage_url}/data/sha256:{digest}?signature=1")

    def _answer_storage(self, exchange: _Exchange) -> None:
        blob = self._blobs[exchange.path.rpartition("sha256:")[2].partition("?")[0]]
        asked_range = exchange.headers.get("Range", "")
        start = int(asked_range.removeprefix("bytes=").partition("-")[0] or 0)
        self.blob_requests.append(Received(exchange.path, dict(exchange.headers), start))
        start = 0 if self.ignores_ranges else start
        if self.storage_status != 200:
            exchange.send_whole(self.storage_status, b"")
        elif start >= blob.size_bytes:
            exchange.send_whole(416, b"", **{"Content-Range": f"bytes */{blob.size_bytes}"})
        else:
            self._send_blob(exchange, blob, start, is_part=bool(asked_range) and not self.ignores_ranges)

    def _send_blob(self, exchange: _Exchange, blob: Blob, start: int, *, is_part: bool) -> None:
        place = {"Content-Range": f"bytes {start}-{blob.size_bytes - 1}/{blob.size_bytes}"} if is_part else {}
        exchange.send_head(206 if is_part else 200, blob.size_bytes - start, **place)
        is_damaged, self.damages = self.damages > 0, max(0, self.damages - 1)
        began_s, position = time.monotonic(), start
        while position < blob.size_bytes:
            end = min(position + PIECE_BYTES, blob.size_bytes, *self._limits(start))
            if end == position:
                self._end_early()
                return
            data = blob.read(position, end)
            if is_damaged and position == start:
                data = bytes([data[0] ^ 1]) + data[1:]
            exchange.wfile.write(data)
            position = end
            with self._changed:
                self.sent_bytes += len(data)
                self._changed.notify_all()
                if self.bytes_per_s:
                    due_s = began_s + (position - start) / self.bytes_per_s
                    self._changed.wait_for(lambda: self._is_closing, max(0.0, due_s - time.monotonic()))

    def _limits(self, start: int) -> Iterator[int]:
        if self.cuts_after_bytes is not None:
            yield start + self.cuts_after_bytes
        if self.stalls_after_bytes is not None and self.stalls:
            yield start + self.stalls_after_bytes

    def _end_early(self) -> None:
        """Go silent until the end of the test, or break off."""
        if self.stalls_after_bytes is None or not self.stalls:
            return
        with self._changed:
            self.stalls -= 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_closing)


class _Exchange(BaseHTTPRequestHandler):
    """One request; the connection ends with it."""

    server: _Server

    def do_GET(self) -> None:
        with suppress(OSError):  # The client left.
            self.server.answer(self)

    def send_whole(self, status: int, body: bytes, **headers: str) -> None:
        self.send_head(status, len(body), **headers)
        self.wfile.write(body)

    def send_head(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, answer: Callable[[Any], None], certificate: Path | None) -> None:
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_port}"
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        run = {"poll_interval": POLL_S}
        self._thread = threading.Thread(target=self.serve_forever, kwargs=run, name=f"registry-{self.server_port}")
        self._thread.start()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show bugs; clients that leave, or do not trust us, are none."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop, and wait for all threads."""
        self.shutdown()
        self._thread.join()
        self.server_close()


def _main() -> None:
    pattern = random.Random(1).randbytes(1_000_000)
    with ModelRegistry() as registry:
        blob = registry.offer("library/large", Blob(pattern, int(sys.argv[1]) // len(pattern)))
        sys.stdout.write(f"{registry.url} {blob.sha256}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    _main()
