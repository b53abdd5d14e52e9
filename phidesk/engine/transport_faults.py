"""What httpx can raise, as our errors. Every engine that speaks HTTP shares this table.

ConnectError, ConnectTimeout, PoolTimeout, ProxyError                 → EngineUnreachable
UnsupportedProtocol, InvalidURL                                       → EngineUnreachable
a ConnectError because of a certificate                               → CertificateUntrusted
a ConnectError because the peer speaks no TLS                         → NotAnEngine
other TransportErrors of a request for an answer                      → EngineDied
the same of a short call                                              → EngineUnreachable
DecodingError, TooManyRedirects, LocalProtocolError, not even HTTP    → NotAnEngine
StreamError (reading a response twice, …)                             → a bug of ours, passes
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phidesk.core.errors import CertificateUntrusted, EngineDied, EngineUnreachable, NotAnEngine, PhiDeskError

if TYPE_CHECKING:
    import httpx


def translate_transport_error(
    error: httpx.HTTPError | httpx.InvalidURL, engine: str, address: str, *, answering: bool
) -> PhiDeskError:
    """Return our error for one of httpx's, to be raised `from` it.

    `answering` is true for a request for an answer: once connected, the engine has it (Ollama sends no header before
    the first token), so whatever breaks then broke an answer.
    """
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, httpx.DecodingError | httpx.TooManyRedirects | httpx.LocalProtocolError):
        return NotAnEngine(engine=engine, address=address, detail=detail)
    if is_about_trust(error):
        return CertificateUntrusted(engine=engine, address=address, detail=detail)
    if isinstance(error, httpx.ConnectError) and _is_no_tls(error):
        return NotAnEngine(engine=engine, address=address, detail=detail)
    if isinstance(error, httpx.RemoteProtocolError) and _is_not_http(error, answering=answering):
        return NotAnEngine(engine=engine, address=address, detail=detail)
    never_connected = (
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError | httpx.UnsupportedProtocol
    )
    if answering and isinstance(error, httpx.TransportError) and not isinstance(error, never_connected):
        return EngineDied(engine=engine, detail=detail)
    return EngineUnreachable(engine=engine, address=address, detail=detail)


def is_about_trust(error: BaseException) -> bool:
    """Whether somebody with a certificate that this computer does not trust answered."""
    return isinstance(_tls_error_behind(error), ssl.SSLCertVerificationError)


def _is_no_tls(error: BaseException) -> bool:
    """Whether the peer answered the handshake with something else, as against going away during it."""
    behind = _tls_error_behind(error)
    return behind is not None and not isinstance(behind, ssl.SSLEOFError | ssl.SSLSyscallError | ssl.SSLZeroReturnError)


def _tls_error_behind(error: BaseException) -> ssl.SSLError | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause


def _is_not_http(error: httpx.RemoteProtocolError, *, answering: bool) -> bool:
    """Whether the peer speaks something else, as against going away. A stream that breaks off may end in anything."""
    words = str(error)
    return "status line" in words or not (answering or "disconnected" in words or "peer closed" in words)


@contextmanager
def transport_faults_as_ours(engine: str, address: str, *, answering: bool = False) -> Iterator[None]:
    """Turn every error of httpx that the block raises into one of ours."""
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise translate_transport_error(error, engine, address, answering=answering) from error
