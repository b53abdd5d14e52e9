"""How requests reach the daemon: through the gate, with a limit on its silence, and all can be ended at once."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from phidesk.core.errors import NotAnEngine, PhiDeskError
from phidesk.core.tasks import Cancellation
from phidesk.engine.closing import Closing
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

    def __init__(self, find_address: Callable[[], str], gate: Gate, reply_timeout_s: float) -> None:
        """`find_address` says where it is now: ours may move to another port."""
        self.gate = gate
        self._find_address = find_address
        self._reply_timeout_s = reply_timeout_s
        self._closing = Closing(OLLAMA)

    @property
    def url(self) -> str:
        """Where the daemon is now."""
        return as_url(self._find_address())

    def ask_version(self, *, patience_s: float = READ_TIMEOUT_S, cancel: Cancellation | None = None) -> str:
        """Ask which version it is, which it answers in every state but while it starts.

        Raises:
            EngineUnreachable: nobody is there, or no reply came in time.
        """
        document = self.ask("/api/version", purpose="state", patience_s=patience_s, cancel=cancel)
        return self.read(lambda said: str(said["version"]), document)

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

    def until_closed(self, cancel: Cancellation) -> AbstractContextManager[Cancellation]:
        """Give a wish to stop that comes from `cancel` or from closing; see `Closing`."""
        return self._closing.until_closed(cancel)

    def package_client(self, purpose: str) -> ollama.Client:
        """Make the `ollama` package's client obey the gate: no proxy, no redirect, no key meant for somebody else."""
        return self._package_client(self.gate.event_hooks(purpose), READ_TIMEOUT_S)

    @contextmanager
    def patient_package_client(self, purpose: str, cancel: Cancellation) -> Iterator[ollama.Client]:
        """Give such a client for one long request: the daemon may be silent, and `cancel` cuts it off at once."""
        with (
            self.gate.cuttable_hooks(purpose, cancel) as hooks,
            self._package_client(hooks, read_timeout_s=None) as client,
        ):
            yield client

    def close(self) -> None:
        """End every request."""
        self._closing.close()

    def _package_client(
        self, hooks: dict[str, list[Callable[..., Any]]], read_timeout_s: float | None
    ) -> ollama.Client:
        import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for
        import ollama  # noqa: PLC0415 - 180 ms that the first paint need not wait for

        hooks["request"].append(_without_key)
        return ollama.Client(
            self.url,
            headers={"Authorization": "instead of OLLAMA_API_KEY"},
            event_hooks=hooks,
            timeout=httpx.Timeout(read_timeout_s, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
        )

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
