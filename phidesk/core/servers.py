"""Servers at an address: what the person added, and rules about addresses. Keys are never part of these values."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from phidesk.core.errors import AddressUnusable

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PASTED_ENDINGS = ("/chat/completions", "/completions", "/models", "/v1")
"""What manuals show behind the address proper, from the outside to the inside."""
_LOCAL_DOMAINS = ("localhost", "local", "lan", "home", "internal", "home.arpa")
"""Names under these never lead into the internet (RFC 6761, 6762, 8375; the others by custom of routers)."""
_CARRIER_NETWORK = ipaddress.ip_network("100.64.0.0/10")
"""Between a provider and its customers, and what private networks over the internet use (Tailscale)."""


@dataclass(frozen=True)
class Server:
    """One server that speaks the OpenAI protocol. `address` is normalised; `name` is the person's, empty for none."""

    id: str
    address: str
    name: str = ""


def normalised_address(text: str) -> str:
    """Return one spelling for every way to write the same address: scheme, host, and a port unless it is the usual one.

    Without a scheme it is plain HTTP. What belongs to the protocol (`/v1`, `/v1/chat/completions`) is dropped, a path
    before it stays.

    Raises:
        AddressUnusable: it is none of HTTP, or has a name and password in it, which would be stored and shown.
    """
    written = "".join(text.split())
    try:
        parts = urlsplit(written if "://" in written else f"http://{written}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressUnusable(detail=str(error)) from None
    if parts.username is not None:
        raise AddressUnusable(detail="name or password in the address")
    if parts.scheme not in _DEFAULT_PORTS or port == 0 or not _is_host(host):
        raise AddressUnusable(detail=f"not an address of HTTP: {written}")
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = f":{port}" if port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
    return f"{parts.scheme}://{shown_host}{shown_port}{_own_path(parts)}"


def is_this_computer(address: str) -> bool:
    """Whether a server at this address runs here, so that nothing leaves the computer. Takes a normalised address."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"  # The gate turns it into the number.


def is_public_http(address: str) -> bool:
    """Whether what is said to this address can be read on its way through the internet.

    True for plain HTTP to a host that is neither this computer nor in a private network. Takes a normalised address.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "http":
        return False
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        is_bare_name = "." not in host  # Only a name server of one's own network knows it.
        return not is_bare_name and not host.endswith(tuple(f".{domain}" for domain in _LOCAL_DOMAINS))
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    return not (number.is_private or number.is_loopback or number.is_link_local or number in _CARRIER_NETWORK)


def _is_host(host: str) -> bool:
    return bool(host) and host.isprintable() and not set(host) & set("\\^`{}|<>\"'@,;")


def _own_path(parts: SplitResult) -> str:
    path = parts.path.rstrip("/")
    for ending in _PASTED_ENDINGS:
        path = path.removesuffix(ending).rstrip("/")
    return path


def is_sendable_key(key: str) -> bool:
    """Whether HTTP can carry a key in a header."""
    return key.isascii() and key.isprintable()
