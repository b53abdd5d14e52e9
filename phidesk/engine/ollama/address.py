"""Where the daemon is: OLLAMA_HOST, read as Ollama itself reads it (envconfig/config.go, `Host`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
"""Never the name localhost: it may mean ::1 first, where no daemon listens."""
DEFAULT_PORT = 11434
SCHEME_PORTS = {"http": 80, "https": 443}
EVERYWHERE = {"", "localhost", "0.0.0.0", "::"}  # noqa: S104 - addresses to listen at, replaced by one to connect to


def ollama_address(environment: Mapping[str, str]) -> str:
    """Return the URL of the daemon that these environment variables mean, always with a port."""
    value = environment.get("OLLAMA_HOST", "").strip().strip("\"'").strip()
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = "http", value
    default_port = SCHEME_PORTS.get(scheme, DEFAULT_PORT) if separator else DEFAULT_PORT
    place, _, path = rest.partition("/")
    host, port = _split_port(place, default_port)
    if host.lower() in EVERYWHERE:
        host = LOOPBACK
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    return f"{url}/{path}".rstrip("/")


def _split_port(place: str, default_port: int) -> tuple[str, int]:
    if _is_ipv6(place.strip("[]")):
        return place.strip("[]"), default_port
    host, separator, port = place.rpartition(":")
    if not separator:
        return place, default_port
    is_port = port.isascii() and port.isdigit() and int(port) <= 65535
    return host.strip("[]"), int(port) if is_port else default_port


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True
