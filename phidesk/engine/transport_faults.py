"""What httpx can raise, as our errors. Every engine that speaks HTTP shares this table.

TimeoutException, NetworkError, RemoteProtocolError while answering   → EngineDied
the same before the request was accepted                              → EngineUnreachable
UnsupportedProtocol, InvalidURL, ProxyError                           → EngineUnreachable
DecodingError, TooManyRedirects, LocalProtocolError                   → NotAnEngine
StreamError (reading a response twice, …)                             → a bug of ours, passes
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phidesk.core.errors import EngineDied, EngineUnreachable, NotAnEngine, PhiDeskError

if TYPE_CHECKING:
    import httpx


def translate_transport_error(
    error: httpx.HTTPError | httpx.InvalidURL, engine: str, address: str, *, answering: bool
) -> PhiDeskError:
    """Return our error for one of httpx's, to be raised `from` it.

    `answering` is true once the engine has accepted a request for an answer (its response headers are there).
    """
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, httpx.DecodingError | httpx.TooManyRedirects | httpx.LocalProtocolError):
        return NotAnEngine(engine=engine, address=address, detail=detail)
    if isinstance(error, httpx.RemoteProtocolError) and not _is_disconnect(error) and not answering:
        return NotAnEngine(engine=engine, address=address, detail=detail)
    if answering and isinstance(error, httpx.TransportError):
        return EngineDied(engine=engine, detail=detail)
    return EngineUnreachable(engine=engine, address=address, detail=detail)


def _is_disconnect(error: httpx.RemoteProtocolError) -> bool:
    """Whether the peer went away, as against speaking something that is not HTTP."""
    return "disconnected" in str(error) or "peer closed" in str(error)


@contextmanager
def transport_faults_as_ours(engine: str, address: str, *, answering: bool = False) -> Iterator[None]:
    """Turn every error of httpx that the block raises into one of ours."""
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise translate_transport_error(error, engine, address, answering=answering) from error
