"""What can go wrong between us and the registry, as our errors.

ConnectError, TimeoutException, ProxyError, UnsupportedProtocol      → RegistryUnreachable
a ConnectError because of a certificate, or DecodingError,
TooManyRedirects, InvalidURL                                         → RegistryForeign
other TransportErrors                                                → fetched on; in the end DownloadBroken
status 408, 429, 5xx                                                 → asked again; in the end RegistryBusy
status 404 of a manifest or a blob                                   → ModelNotOffered
every other status                                                   → DownloadRefused
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phidesk.core.errors import (
    DownloadBroken,
    DownloadRefused,
    ModelNotOffered,
    PhiDeskError,
    RegistryBusy,
    RegistryForeign,
    RegistryUnreachable,
)
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.transport_faults import is_about_trust

if TYPE_CHECKING:
    import httpx

PASSING_STATUSES = {408, 429, *range(500, 600)}
"""Worth another try a little later."""
LONGEST_DETAIL = 500


@dataclass(frozen=True)
class Asked:
    """Whom we asked for what, for the facts of an error."""

    model: str
    address: str


def fault_of_status(status: int, asked: Asked) -> PhiDeskError:
    """Return our error for a reply that is not a success."""
    detail = f"HTTP {status}: {asked.address}"
    if status == 404:
        return ModelNotOffered(engine=BUILTIN, model=asked.model, detail=detail)
    if status in PASSING_STATUSES:
        return RegistryBusy(engine=BUILTIN, model=asked.model, detail=detail)
    return DownloadRefused(engine=BUILTIN, model=asked.model, detail=detail, status=status)


def fault_of_transport(error: httpx.HTTPError | httpx.InvalidURL, asked: Asked) -> PhiDeskError:
    """Return our error for one of httpx's, to be raised `from` it."""
    import httpx  # noqa: PLC0415 - 58 ms that the first paint need not wait for

    detail = f"{type(error).__name__}: {error}"[:LONGEST_DETAIL]
    is_foreign = isinstance(error, httpx.DecodingError | httpx.TooManyRedirects | httpx.InvalidURL)
    if is_foreign or is_about_trust(error):
        return RegistryForeign(engine=BUILTIN, model=asked.model, detail=detail, address=asked.address)
    never_there = httpx.ConnectError | httpx.TimeoutException | httpx.ProxyError | httpx.UnsupportedProtocol
    if isinstance(error, never_there):
        return RegistryUnreachable(engine=BUILTIN, model=asked.model, detail=detail, address=asked.address)
    return DownloadBroken(engine=BUILTIN, model=asked.model, detail=detail)


def is_passing(error: PhiDeskError) -> bool:
    """Whether another try a little later may go well."""
    return isinstance(error, DownloadBroken | RegistryBusy | RegistryUnreachable)
