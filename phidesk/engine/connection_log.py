"""The list of connections that the person can read: when, where to, what for, how much went there and came back."""

from __future__ import annotations

import ipaddress
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KEPT_CONNECTIONS = 1000
"""Of those that stay on this computer, and as many of those that leave it: the many never push out the few."""


@dataclass(frozen=True)
class ConnectionRecord:
    """One connection as it is now. `proxy` is the host that it goes through, or the program that makes it for us.

    Bytes are None where nobody can count them.
    """

    number: int
    time: datetime
    host: str
    port: int
    purpose: str
    proxy: str = ""
    sent_bytes: int | None = 0
    received_bytes: int | None = 0
    is_open: bool = False

    @property
    def stays_here(self) -> bool:
        """Whether nothing of it left this computer."""
        return is_loopback(self.host)


class ConnectionLog:
    """Keeps the newest connections while the program runs; nothing of it is written down. Safe from every thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._opened = 0
        self._here: deque[OpenConnection] = deque(maxlen=KEPT_CONNECTIONS)
        self._outside: deque[OpenConnection] = deque(maxlen=KEPT_CONNECTIONS)
        self._receivers: tuple[Callable[[ConnectionRecord], None], ...] = ()

    def open(self, host: str, port: int, *, purpose: str, proxy: str = "", is_counted: bool = True) -> OpenConnection:
        """Begin an entry; `is_counted` is false where its bytes do not pass through our hands."""
        with self._lock:
            self._opened += 1
            begun = ConnectionRecord(self._opened, self._clock(), host, port, purpose, proxy)
            connection = OpenConnection(begun, self._tell, is_counted=is_counted)
            (self._here if begun.stays_here else self._outside).append(connection)
        self._tell(connection.record)
        return connection

    @property
    def records(self) -> list[ConnectionRecord]:
        """The newest entries, the oldest first."""
        with self._lock:
            kept = [*self._here, *self._outside]
        return sorted((connection.record for connection in kept), key=lambda record: record.number)

    def subscribe(self, receive: Callable[[ConnectionRecord], None]) -> Callable[[], None]:
        """Call `receive` (quick, must not raise) whenever a connection is opened or closed, on the thread that did it.

        Returns a function that ends it.
        """
        with self._lock:
            self._receivers = (*self._receivers, receive)
        return lambda: self._unsubscribe(receive)

    def _tell(self, record: ConnectionRecord) -> None:
        for receive in self._receivers:
            receive(record)

    def _unsubscribe(self, receive: Callable[[ConnectionRecord], None]) -> None:
        with self._lock:
            self._receivers = tuple(other for other in self._receivers if other is not receive)


class OpenConnection:
    """An entry in the making. One thread at a time uses a connection; whoever reads may be a number behind."""

    def __init__(self, begun: ConnectionRecord, tell: Callable[[ConnectionRecord], None], *, is_counted: bool) -> None:
        self._begun = begun
        self._is_counted = is_counted
        self._tell = tell
        self._sent_bytes = 0
        self._received_bytes = 0
        self._is_open = True

    @property
    def record(self) -> ConnectionRecord:
        """How it is now."""
        begun = self._begun
        return ConnectionRecord(
            begun.number,
            begun.time,
            begun.host,
            begun.port,
            begun.purpose,
            begun.proxy,
            self._sent_bytes if self._is_counted else None,
            self._received_bytes if self._is_counted else None,
            self._is_open,
        )

    def count(self, stream: Any) -> None:
        """Have httpcore's stream of this connection count what passes: there is no hook for that.

        With TLS the stream over it is given too, and used instead of the first: then the content is counted.
        """
        read, write, close = stream.read, stream.write, stream.close

        def counted_read(max_bytes: int, timeout: float | None = None) -> bytes:
            received: bytes = read(max_bytes, timeout)
            self._received_bytes += len(received)
            return received

        def counted_write(buffer: bytes, timeout: float | None = None) -> None:
            write(buffer, timeout)
            self._sent_bytes += len(buffer)

        def told_close() -> None:
            close()
            self.close()

        stream.read, stream.write, stream.close = counted_read, counted_write, told_close

    def close(self) -> None:
        """End the entry. Doing it twice is no error."""
        if self._is_open:
            self._is_open = False
            self._tell(self.record)


def is_loopback(host: str) -> bool:
    """Whether this address is this very computer. Names may lead anywhere and do not count."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.ip_address("::1")
