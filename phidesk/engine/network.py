"""The gate: the only place that opens connections, and keeps a list of them that the person can read.

Allowed are this computer itself, addresses that the person added as engines, and while a download runs that the person
started, its host and where that host stores the file. The offline switch leaves this computer only.

The `trace` extension of an httpx request is told host and port before a connection is made, so that refusing happens
before anything leaves this computer, whoever asked: a redirect, a proxy, a package. Afterwards it is given the socket:
shutting that down is what stops an answer at once, also while nothing has come yet (closing the client from another
thread would not wake the waiting one).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from phidesk.core.errors import BlockedByOfflineRule, PhiDeskError, SwitchedOffline
from phidesk.core.tasks import Cancellation
from phidesk.engine.connection_log import ConnectionLog, ConnectionRecord, OpenConnection, is_loopback

if TYPE_CHECKING:
    import socket
    import ssl

    import httpx

CONNECT_TIMEOUT_S = 5.0
"""A local engine accepts in a millisecond, one across the house in less than one second."""
READ_TIMEOUT_S = 30.0
"""For short calls: a daemon that is busy loading a model may answer late."""
FAR_CONNECT_TIMEOUT_S = 20.0
"""For downloads: names are looked up, and a proxy connects on."""
MOST_REDIRECTS = 5
HTTPS_PORT = 443
KEPT_WHEN_REDIRECTED = {"accept", "accept-encoding", "range", "user-agent"}
"""What another host may be sent; keys and cookies are not among it."""

Trace = Callable[[str, Mapping[str, Any]], None]


class Gate:
    """Makes every HTTP client of the program. Loopback is always allowed; the rest must be allowed by address.

    Safe from every thread. `purpose` is a short technical word for the list of connections ("answer", "models").
    """

    def __init__(self, clock: Callable[[], datetime], *, is_offline_wanted: Callable[[], bool] = lambda: False) -> None:
        """`is_offline_wanted` tells how the switch was left; asked once, before the first way out of this computer."""
        self._is_offline_wanted = is_offline_wanted
        self._log = ConnectionLog(clock)
        self._lock = threading.Lock()
        self._allowed: list[str] = []
        self._allowed_for_now: list[tuple[str, int]] = []
        self._is_offline: bool | None = None
        self._far_lines: set[_Line] = set()
        self._streaming_clients: dict[tuple[str, str | None], httpx.Client] = {}

    def allow(self, address: str) -> None:
        """Allow connections to the host and port of this address (a URL, or host:port), because the person added it."""
        with self._lock:
            self._allowed.append(address)

    def forbid(self, address: str) -> None:
        """Take back one `allow` of the same address, because the person removed it; another one still holds."""
        with self._lock:
            if address in self._allowed:
                self._allowed.remove(address)

    @contextmanager
    def allow_during(self, url: str) -> Iterator[None]:
        """Allow connections to the host and port of this URL until the block ends, as part of what the person began."""
        endpoint = _endpoint(url)
        with self._lock:
            self._allowed_for_now.append(endpoint)
        try:
            yield
        finally:
            with self._lock:
                self._allowed_for_now.remove(endpoint)

    @property
    def is_offline(self) -> bool:
        """Whether the person allows no connection but to this computer itself.

        Raises:
            StorageError: nobody can tell how the switch was left.
        """
        if self._is_offline is None:
            self._is_offline = self._is_offline_wanted()
        return self._is_offline

    def set_offline(self, is_offline: bool) -> None:
        """Turn the switch. Turned on, it also cuts what is connected: that ends with `SwitchedOffline`."""
        with self._lock:
            self._is_offline = is_offline
            lines = tuple(self._far_lines) if is_offline else ()
        for line in lines:
            line.cut()

    @contextmanager
    def made_by(self, program: str, host: str, *, purpose: str) -> Iterator[None]:
        """Keep in the list that a program goes to this host because we asked it to, for as long as the block lasts.

        Such connections pass through no gate of ours; not to ask is all that the switch can do.

        Raises:
            SwitchedOffline: the person lets nothing leave this computer.
        """
        if self.is_offline:
            raise SwitchedOffline(host=host, purpose=purpose)
        entry = self._log.open(host, HTTPS_PORT, purpose=purpose, proxy=program, is_counted=False)
        try:
            yield
        finally:
            entry.close()

    @property
    def connections(self) -> list[ConnectionRecord]:
        """The newest connections, the oldest first."""
        return self._log.records

    def subscribe(self, receive: Callable[[ConnectionRecord], None]) -> Callable[[], None]:
        """Call `receive` whenever a connection is opened or closed, on the thread that did it; see `ConnectionLog`."""
        return self._log.subscribe(receive)

    def client(self, base_url: str, *, purpose: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
        """Make a client for short calls, to be closed by the caller. It follows no redirects and uses no proxy."""
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        return httpx.Client(
            base_url=_with_plain_loopback(httpx.URL(base_url)),
            headers=headers,
            event_hooks=self.event_hooks(purpose),
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            verify=_trust(httpx.URL(base_url)),
            trust_env=False,
        )

    def event_hooks(
        self, purpose: str, keep: Callable[[socket.socket], None] | None = None
    ) -> dict[str, list[Callable[..., Any]]]:
        """Return the hooks that bring a foreign package's httpx client under this gate; `keep` is given its sockets."""

        def watch(request: httpx.Request) -> None:
            request.url = _with_plain_loopback(request.url)
            self._check(*_endpoint(str(request.url)), purpose)  # one that is kept open is not connected again
            request.extensions["trace"] = self._trace(purpose, keep)

        return {"request": [watch]}

    @contextmanager
    def cuttable_hooks(self, purpose: str, cancel: Cancellation) -> Iterator[dict[str, list[Callable[..., Any]]]]:
        """Give such hooks for one request at a time. Cancelling shuts its socket down, as in `stream`.

        Raises:
            Cancelled: `cancel` was used, whatever the block raised then.
        """
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        line = _Line()
        withdraw = cancel.on_cancel(line.cut)
        try:
            cancel.check()
            yield self.event_hooks(purpose, line.keep)
        except (httpx.HTTPError, httpx.StreamError, PhiDeskError):
            cancel.check()
            raise
        finally:
            withdraw()
            line.release()

    @contextmanager
    def stream(
        self,
        base_url: str,
        path: str,
        *,
        json: Any = None,
        content: Iterable[bytes] | None = None,
        purpose: str,
        cancel: Cancellation,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        read_timeout_s: float | None = None,
    ) -> Iterator[httpx.Response]:
        """Send `json` or `content` over a connection of its own and give the response once its headers are there.

        Unless `read_timeout_s` is given there is no limit on the time to the first byte: a model may load. Cancelling
        shuts the socket down, which ends every wait at once; whatever the block raises then (or if it ends normally)
        becomes `Cancelled`.

        Raises:
            BlockedByOfflineRule: nobody allowed this address; nothing was sent.
            SwitchedOffline: the person allows no connection, or just turned the switch.
            Cancelled: `cancel` was used.
            httpx.HTTPError: to be translated by `transport_faults.translate_transport_error`.
        """
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        url = _with_plain_loopback(httpx.URL(base_url.rstrip("/") + path))
        client = self._streaming_client(url)
        request = client.build_request(
            method,
            url,
            json=json,
            content=content,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            timeout=httpx.Timeout(read_timeout_s, connect=CONNECT_TIMEOUT_S),
        )
        with self._send(client, request, purpose=purpose, cancel=cancel) as response:
            yield response

    @contextmanager
    def download(
        self,
        url: str,
        *,
        cancel: Cancellation,
        headers: Mapping[str, str] | None = None,
        purpose: str = "download",
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> Iterator[httpx.Response]:
        """Get `url`, whose host was allowed with `allow_during`, and give the response once its headers are there.

        A redirect is followed to wherever the host stores the file: by https only, and without keys or cookies;
        whoever reads it checks its digest. The system's proxy is used, except for loopback. Raises as `stream` does.
        """
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        target = _with_plain_loopback(httpx.URL(url))
        sent = {"Accept-Encoding": "identity", **(headers or {})}
        timeout = httpx.Timeout(read_timeout_s, connect=FAR_CONNECT_TIMEOUT_S)
        for redirects in range(MOST_REDIRECTS + 1):
            with ExitStack() as hop:
                if redirects:
                    hop.enter_context(self.allow_during(str(target)))
                proxy = _proxy_for(target)
                client = self._streaming_client(target, proxy)
                request = client.build_request("GET", target, headers=sent, timeout=timeout)
                response = hop.enter_context(self._send(client, request, purpose=purpose, cancel=cancel, proxy=proxy))
                if not response.has_redirect_location:
                    yield response
                    return
                target, sent = _redirected(response, sent, purpose)
        raise httpx.TooManyRedirects(f"more than {MOST_REDIRECTS} redirects")

    def close(self) -> None:
        """Give the connections back; running answers end with a network error."""
        with self._lock:
            clients, self._streaming_clients = self._streaming_clients, {}
        for client in clients.values():
            client.close()

    @contextmanager
    def _send(
        self,
        client: httpx.Client,
        request: httpx.Request,
        *,
        purpose: str,
        cancel: Cancellation,
        proxy: str | None = None,
    ) -> Iterator[httpx.Response]:
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        is_far = not is_loopback(request.url.host)
        line = _Line()
        behind_proxy = _endpoint(str(request.url)) if proxy else None
        request.extensions["trace"] = self._trace(purpose, line.keep, behind_proxy)
        withdraw = cancel.on_cancel(line.cut)
        try:
            cancel.check()
            if is_far:
                with self._lock:
                    self._far_lines.add(line)
            response = client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()
            cancel.check()
        except (httpx.HTTPError, httpx.StreamError, PhiDeskError) as error:
            cancel.check()
            if is_far and self._is_offline:
                raise SwitchedOffline(host=request.url.host, purpose=purpose) from error
            raise
        finally:
            withdraw()
            with self._lock:
                self._far_lines.discard(line)
            line.release()

    def _streaming_client(self, url: httpx.URL, proxy: str | None = None) -> httpx.Client:
        """Return the client of this address: making one costs 1 ms, with TLS 18 ms."""
        from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415 - as httpx, which needs it too

        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

        key = f"{url.scheme}://{url.netloc.decode('ascii')}", proxy
        with self._lock:
            if key not in self._streaming_clients:
                self._streaming_clients[key] = httpx.Client(
                    verify=_trust(url),
                    trust_env=False,
                    proxy=proxy,
                    limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none: nobody is recognised again
                )
            return self._streaming_clients[key]

    def _trace(
        self,
        purpose: str,
        keep: Callable[[socket.socket], None] | None = None,
        behind_proxy: tuple[str, int] | None = None,
    ) -> Trace:
        """Watch the connecting of one request; where it goes through a proxy, it is told what lies behind."""
        entry: OpenConnection | None = None

        def trace(event: str, info: Mapping[str, Any]) -> None:
            nonlocal entry
            if event.endswith("connect_tcp.started"):
                entry = self._admit((info["host"], info["port"]), purpose, behind_proxy)
            elif event.endswith("connect_unix_socket.started"):
                raise BlockedByOfflineRule(host=str(info["path"]), purpose=purpose)
            elif entry is not None and event.endswith("connect_tcp.failed"):
                entry.close()
            elif entry is not None and event.endswith(("connect_tcp.complete", "start_tls.complete")):
                entry.count(info["return_value"])
                if keep is not None and event.endswith("connect_tcp.complete"):
                    keep(info["return_value"].get_extra_info("socket"))

        return trace

    def _admit(self, peer: tuple[str, int], purpose: str, behind_proxy: tuple[str, int] | None) -> OpenConnection:
        host, port = behind_proxy or peer
        self._check(host, port, purpose)
        return self._log.open(host, port, purpose=purpose, proxy=peer[0] if behind_proxy else "")

    def _check(self, host: str, port: int, purpose: str) -> None:
        if is_loopback(host):
            return
        with self._lock:
            allowed = {_endpoint(address) for address in self._allowed}.union(self._allowed_for_now)
        if (host, port) not in allowed:
            raise BlockedByOfflineRule(host=host, purpose=purpose)
        if self.is_offline:
            raise SwitchedOffline(host=host, purpose=purpose)


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
    import socket  # noqa: PLC0415 - 4 ms that the first paint need not wait for

    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # The other side was faster.


def _endpoint(address: str) -> tuple[str, int]:
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    url = httpx.URL(as_url(address))
    return url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)


def _with_plain_loopback(url: httpx.URL) -> httpx.URL:
    """Replace the name localhost, which may resolve to ::1 first (slow on Windows) or to anything at all."""
    return url.copy_with(host="127.0.0.1") if url.host == "localhost" else url


def _trust(url: httpx.URL) -> ssl.SSLContext | bool:
    """Return whose word is taken for who answers: the usual authorities', and those that this computer adds.

    Companies and virus scanners add one; without it nothing could be downloaded behind them.
    """
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    if url.scheme != "https":
        return False
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _proxy_for(url: httpx.URL) -> str | None:
    """Return the proxy that system or environment want for this address; None where there is none."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - only downloads need it

    if is_loopback(url.host) or proxy_bypass(url.host):
        return None
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return as_url(proxy) if proxy else None


def _redirected(response: httpx.Response, sent: dict[str, str], purpose: str) -> tuple[httpx.URL, dict[str, str]]:
    """Return where a download goes on, and what may be sent there.

    Raises:
        BlockedByOfflineRule: not by https, or from outside into this computer.
    """
    here = response.request.url
    there = _with_plain_loopback(here.join(response.headers["Location"])).copy_with(userinfo=b"")
    is_near = is_loopback(there.host)
    if is_near != is_loopback(here.host) or (there.scheme != "https" and not is_near):
        raise BlockedByOfflineRule(host=there.host, purpose=purpose)
    if (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port):
        return there, sent
    return there, {name: value for name, value in sent.items() if name.lower() in KEPT_WHEN_REDIRECTED}
