"""One bounded request to an address that a tool of the person names, through the gate."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from phidesk.core.tasks import Cancellation
from phidesk.engine.transport_faults import is_about_trust

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from phidesk.engine.network import Gate

PURPOSE = "tool"
"""What the list of connections says it is for."""
LIMIT_S = 30.0
"""Of one request with all its redirects, as long as a program of the person may take; looked at after each piece."""
SILENCE_S = 15.0
"""How long nothing may come."""
MOST_BYTES = 256 * 1024
"""Of an answer: more than the largest window of phi4-mini holds in words. What comes after is not read."""
MOST_REDIRECTS = 3


@dataclass(frozen=True)
class AddressRequest:
    """What is asked. `url` has no name or password in it; `json` is sent unless it is None."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None


@dataclass(frozen=True)
class AddressAnswer:
    """What came back. `is_cut`: there was more than is read."""

    status: int
    media_type: str
    text: str
    is_cut: bool = False


class AddressProblem(StrEnum):
    """Why nothing came back."""

    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    """Its certificate is not to be trusted; nothing was sent."""
    REDIRECTED = "redirected"
    """It sends the request on, to another host or without end. Nothing was sent there."""
    TOO_SLOW = "too_slow"
    NOT_TEXT = "not_text"
    UNUSABLE = "unusable"
    """What is asked cannot be sent: no address of HTTP, or headers that HTTP cannot carry."""


class AddressFault(Exception):
    """A request that failed. `detail` is the host it leads to, the kind of data, or what the library said."""

    def __init__(self, problem: AddressProblem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem = problem
        self.detail = detail


def fetch_address(gate: Gate, request: AddressRequest, cancel: Cancellation) -> AddressAnswer:
    """Ask, and return the answer as text, whatever its status says. Nothing is remembered: no cookies, no keys.

    The gate lets this host through as long as it takes. Redirects are followed on the same host only.

    Raises:
        AddressFault: there is no answer, or none that is text.
        SwitchedOffline: the person lets nothing leave this computer.
        Cancelled: `cancel` was used.
    """
    due_s = time.monotonic() + LIMIT_S
    url = request.url
    for _ in range(MOST_REDIRECTS + 1):
        with _faults_as_ours(), gate.allow_during(url), _open(gate, url, request, cancel) as response:
            if not response.has_redirect_location:
                return _read(response, due_s)
            url = _redirected(url, response.headers["Location"])
            if request.method != "GET":
                raise AddressFault(AddressProblem.REDIRECTED, urlsplit(url).hostname or "")
    raise AddressFault(AddressProblem.REDIRECTED, urlsplit(url).hostname or "")


@contextmanager
def _open(gate: Gate, url: str, request: AddressRequest, cancel: Cancellation) -> Iterator[httpx.Response]:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    with gate.stream(
        f"{parts.scheme}://{parts.netloc}",
        path,
        json=request.json,
        purpose=PURPOSE,
        cancel=cancel,
        headers=request.headers,
        method=request.method,
        read_timeout_s=SILENCE_S,
    ) as response:
        yield response


def _redirected(here: str, location: str) -> str:
    there = urljoin(here, location)
    if urlsplit(there)[:2] != urlsplit(here)[:2]:
        raise AddressFault(AddressProblem.REDIRECTED, urlsplit(there).hostname or "")
    return there


def _read(response: httpx.Response, due_s: float) -> AddressAnswer:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type.startswith(("image/", "audio/", "video/", "font/")):
        raise AddressFault(AddressProblem.NOT_TEXT, media_type)
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            break
        if time.monotonic() > due_s:
            raise AddressFault(AddressProblem.TOO_SLOW)
    kept = bytes(content[:MOST_BYTES])
    if b"\0" in kept:
        raise AddressFault(AddressProblem.NOT_TEXT, media_type)
    return AddressAnswer(response.status_code, media_type, _decode(kept, response), len(content) > MOST_BYTES)


def _decode(content: bytes, response: httpx.Response) -> str:
    try:
        return content.decode(response.charset_encoding or "utf-8", "replace")
    except LookupError:  # It names an encoding that nobody knows.
        return content.decode("utf-8", "replace")


@contextmanager
def _faults_as_ours() -> Iterator[None]:
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    try:
        yield
    except httpx.TimeoutException as error:
        raise AddressFault(AddressProblem.TOO_SLOW, type(error).__name__) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, ValueError) as error:
        raise AddressFault(AddressProblem.UNUSABLE, str(error)) from error
    except httpx.HTTPError as error:
        problem = AddressProblem.UNTRUSTED if is_about_trust(error) else AddressProblem.UNREACHABLE
        raise AddressFault(problem, f"{type(error).__name__}: {error}") from error
