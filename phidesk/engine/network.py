"""The gate: the only place that opens connections, and keeps a list of them that the person can read.

Only httpx's documented hooks are used. The `trace` extension of a request is told host and port before a connection
is made, so that refusing happens before anything leaves this computer, whoever asked: a redirect, a proxy, a
package. Afterwards it is given the socket: shutting that down is what stops an answer at once, also while nothing
has come yet (closing the client from another thread would not wake the waiting one).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from phidesk.core.errors import BlockedByOfflineRule, PhiDeskError
from phidesk.core.tasks import Cancellation

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT_S = 5.0
"""A local engine accepts in a millisecond, one across the house in less than one second."""
READ_TIMEOUT_S = 30.0
"""For short calls: a daemon that is busy loading a model may answer late."""
KEPT_CONNECTIONS = 1000
"""Entries of the list of connections: weeks of use, 200 kB."""

Trace = Callable[[str, Mapping[str, Any]], None]
RequestHook = Callable[["httpx.Request"], None]


@dataclass(frozen=True)
class ConnectionRecord:
    """One connection that was opened: when, where to, what for."""

    time: datetime
    host: str
    port: int
    purpose: str


class Gate:
    """Makes every HTTP client of the program. Loopback is always allowed; the rest must be allowed by address.

    Safe from every thread. `purpose` is a short technical word for the list of connections ("answer", "models").
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._allowed: set[str] = set()
        self._connections: deque[ConnectionRecord] = deque(maxlen=KEPT_CONNECTIONS)
        self._streaming_clients: dict[str, httpx.Client] = {}

    def allow(self, address: str) -> None:
        """Allow connections to the host and port of this address (a URL, or host:port), because the person added it."""
        with self._lock:
            self._allowed.add(address)

    @property
    def connections(self) -> list[ConnectionRecord]:
        """The newest connections, the oldest first."""
        with self._lock:
            return list(self._connections)

    def client(self, base_url: str, *, purpose: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
        """Make a client for short calls, to be closed by the caller. It follows no redirects and uses no proxy."""
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        return httpx.Client(
            base_url=_with_plain_loopback(httpx.URL(base_url)),
            headers=headers,
            event_hooks=self.event_hooks(purpose),
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            verify=base_url.startswith("https:"),
            trust_env=False,
        )

    def event_hooks(self, purpose: str) -> dict[str, list[Callable[..., Any]]]:
        """Return the hooks that bring a foreign package's httpx client under this gate."""

        def watch(request: httpx.Request) -> None:
            request.url = _with_plain_loopback(request.url)
            request.extensions["trace"] = self._trace(purpose)

        return {"request": [watch]}

    @contextmanager
    def stream(
        self,
        base_url: str,
        path: str,
        *,
        json: Any,
        purpose: str,
        cancel: Cancellation,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        read_timeout_s: float | None = None,
    ) -> Iterator[httpx.Response]:
        """Send `json` over a connection of its own and give the response once its headers are there.

        Unless `read_timeout_s` is given there is no limit on the time to the first byte: a model may load. Cancelling
        shuts the socket down, which ends every wait at once; whatever the block raises then (or if it ends normally)
        becomes `Cancelled`.

        Raises:
            BlockedByOfflineRule: nobody allowed this address; nothing was sent.
            Cancelled: `cancel` was used.
            httpx.HTTPError: to be translated by `transport_faults.translate_transport_error`.
        """
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        line = _Line()
        url = _with_plain_loopback(httpx.URL(base_url.rstrip("/") + path))
        client = self._streaming_client(url)
        request = client.build_request(
            method,
            url,
            json=json,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            timeout=httpx.Timeout(read_timeout_s, connect=CONNECT_TIMEOUT_S),
            extensions={"trace": self._trace(purpose, line.keep)},
        )
        withdraw = cancel.on_cancel(line.cut)
        try:
            cancel.check()
            response = client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()
            cancel.check()
        except (httpx.HTTPError, httpx.StreamError, PhiDeskError):
            cancel.check()
            raise
        finally:
            withdraw()
            line.release()

    def close(self) -> None:
        """Give the connections back; running answers end with a network error."""
        with self._lock:
            clients, self._streaming_clients = self._streaming_clients, {}
        for client in clients.values():
            client.close()

    def _streaming_client(self, url: httpx.URL) -> httpx.Client:
        """Return the client of this address: making one costs 1 ms, with TLS 18 ms."""
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        with self._lock:
            if origin not in self._streaming_clients:
                self._streaming_clients[origin] = httpx.Client(
                    verify=url.scheme == "https",
                    trust_env=False,
                    limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
                )
            return self._streaming_clients[origin]

    def _trace(self, purpose: str, keep: Callable[[socket.socket], None] | None = None) -> Trace:
        def trace(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith("connect_tcp.started"):
                self._admit(info["host"], info["port"], purpose)
            elif event.endswith("connect_unix_socket.started"):
                raise BlockedByOfflineRule(host=str(info["path"]), purpose=purpose)
            elif keep is not None and event.endswith("connect_tcp.complete"):
                keep(info["return_value"].get_extra_info("socket"))

        return trace

    def _admit(self, host: str, port: int, purpose: str) -> None:
        with self._lock:
            if not _is_loopback(host) and (host, port) not in {_endpoint(address) for address in self._allowed}:
                raise BlockedByOfflineRule(host=host, purpose=purpose)
            self._connections.append(ConnectionRecord(self._clock(), host, port, purpose))


class _Line:
    """The connection of one answer, and the way to cut it.

    A duplicate of the socket is kept: TLS takes the original away, and a number that was closed might already
    belong to another connection when the person presses Stop.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def keep(self, connected: socket.socket) -> None:
        with self._lock:
            self._socket = connected.dup()
            if self._is_cut:
                _shut_down(self._socket)

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                _shut_down(self._socket)

    def release(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None


def as_url(address: str) -> str:
    """Return the address of a server as a URL: without a scheme it is plain HTTP, a closing slash is dropped."""
    return (address if "://" in address else f"http://{address}").strip().rstrip("/")


def iter_lines(response: httpx.Response) -> Iterator[bytes]:
    r"""Give the lines of a stream as soon as they are there, each with its own ``b"\n"``, split nowhere else.

    A last line without ``b"\n"`` is given as it came, so that whoever reads can see that it was cut off. (httpx's
    own lines also break at U+0085, which may stand inside a JSON string.)
    """
    pieces: list[bytes] = []
    for chunk in response.iter_bytes():
        first, newline, rest = chunk.partition(b"\n")
        pieces.append(first + newline)
        if not newline:
            continue
        yield b"".join(pieces)
        pieces.clear()
        while rest:
            line, newline, rest = rest.partition(b"\n")
            if newline:
                yield line + newline
            else:
                pieces.append(line)
    if any(pieces):
        yield b"".join(pieces)


def _shut_down(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # The other side was faster.


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.ip_address("::1")


def _endpoint(address: str) -> tuple[str, int]:
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    url = httpx.URL(as_url(address))
    return url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)


def _with_plain_loopback(url: httpx.URL) -> httpx.URL:
    """Replace the name localhost, which may resolve to ::1 first (slow on Windows) or to anything at all."""
    return url.copy_with(host="127.0.0.1") if url.host == "localhost" else url
