"""How requests reach the daemon: through the gate, with a limit on its silence, and all can be ended at once."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from phidesk.core.errors import EngineDied, NotAnEngine, PhiDeskError
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.network import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Gate, as_url
from phidesk.engine.ollama.faults import LONGEST_DETAIL, fault_of_reply
from phidesk.engine.protocol import OLLAMA
from phidesk.engine.transport_faults import transport_faults_as_ours

if TYPE_CHECKING:
    import httpx
    import ollama

Source = TypeVar("Source")
Result = TypeVar("Result")


class Connection:
    """The way to the daemon at one address. Safe from every thread."""

    def __init__(self, address: str, gate: Gate, reply_timeout_s: float) -> None:
        self.url = as_url(address)
        self.gate = gate
        self._reply_timeout_s = reply_timeout_s
        self._lock = threading.Lock()
        self._running: set[Cancellation] = set()
        self._is_closed = False

    def ask(
        self,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        purpose: str,
        patience_s: float = math.inf,
        cancel: Cancellation | None = None,
    ) -> dict[str, Any]:
        """Ask for a document; with a body it is posted. `patience_s` may make the limit on the reply shorter."""
        limit_s = min(patience_s, self._reply_timeout_s)
        with transport_faults_as_ours(OLLAMA, self.url):
            return self._send(path, body, purpose, limit_s, cancel or Cancellation())

    def wait_for(self, path: str, body: dict[str, Any], *, purpose: str) -> None:
        """Post a request whose reply may take as long as it likes."""
        with transport_faults_as_ours(OLLAMA, self.url, answering=True):
            self._send(path, body, purpose, None, Cancellation())

    def read(self, read: Callable[[Source], Result], source: Source) -> Result:
        """Read what the daemon said.

        Raises:
            NotAnEngine: no daemon says that.
        """
        try:
            return read(source)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotAnEngine(engine=OLLAMA, address=self.url, detail=str(source)[:LONGEST_DETAIL]) from error

    @contextmanager
    def until_closed(self, cancel: Cancellation) -> Iterator[Cancellation]:
        """Give a wish to stop that comes from `cancel` or from closing.

        Raises:
            EngineDied: it came from closing.
        """
        either = Cancellation()
        withdraw = cancel.on_cancel(either.cancel)
        with self._lock:
            self._running.add(either)
            is_closed = self._is_closed
        try:
            if is_closed:
                raise Cancelled
            yield either
        except Cancelled:
            cancel.check()
            raise EngineDied(engine=OLLAMA, detail="the engine was closed") from None
        finally:
            withdraw()
            with self._lock:
                self._running.discard(either)

    def package_client(self, purpose: str) -> ollama.Client:
        """Make the `ollama` package's client obey the gate: no proxy, no redirect, no key meant for somebody else."""
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for
        import ollama  # noqa: PLC0415 - 180 ms that the first paint need not wait for

        hooks = self.gate.event_hooks(purpose)
        hooks["request"].append(_without_key)
        return ollama.Client(
            self.url,
            headers={"Authorization": "instead of OLLAMA_API_KEY"},
            event_hooks=hooks,
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """End every request."""
        with self._lock:
            self._is_closed = True
            running = tuple(self._running)
        for either in running:
            either.cancel()

    def _send(
        self, path: str, body: dict[str, Any] | None, purpose: str, limit_s: float | None, cancel: Cancellation
    ) -> dict[str, Any]:
        method = "GET" if body is None else "POST"
        with (
            self.until_closed(cancel) as either,
            self.gate.stream(
                self.url, path, json=body, method=method, purpose=purpose, cancel=either, read_timeout_s=limit_s
            ) as response,
        ):
            content = response.read()
        if not response.is_success:
            model = str(body["model"]) if body else ""
            raise fault_of_reply(response.status_code, content, address=self.url, model=model)
        return self.read(_document, content)


def is_silence(error: PhiDeskError) -> bool:
    """Whether somebody accepted the connection and then said nothing in time."""
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    return isinstance(error.__cause__, httpx.ReadTimeout)


def _document(content: bytes) -> dict[str, Any]:
    document = json.loads(content)
    if not isinstance(document, dict):
        raise TypeError
    return document


def _without_key(request: httpx.Request) -> None:
    request.headers.pop("Authorization", None)
