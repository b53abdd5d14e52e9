"""Where a link in an answer really leads: its address without what deceives the eye, and what is odd about it.

A model, or whoever wrote what it was given, can dress an address up: letters of other scripts that look like Latin
ones, characters that turn the direction of writing, a well-known name before an "@". What is shown and what is opened
is the same plain ASCII: host names as they are looked up (xn--…), everything else percent-encoded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*(?=:)")
_SAFE = "!#$%&'()*+,-./:;=?@[]_~"
_WEB = frozenset({"http", "https"})
LONGEST_ADDRESS = 4_000
"""Characters; no address that a person means to open is longer."""


class LinkKind(Enum):
    """What can be done with an address."""

    WEB = "web"
    MAIL = "mail"
    REFUSED = "refused"
    """It is neither a web nor a mail address: a file, a script, or no address at all."""


@dataclass(frozen=True)
class LinkTarget:
    """An address as it is shown and opened."""

    address: str
    """Printable ASCII only."""
    kind: LinkKind
    host: str = ""
    """Of a web address, as it is looked up."""
    foreign_host: str = ""
    """The host as it is written, if it has letters beyond a to z."""
    has_login: bool = False
    """Whether something stands before an "@" in front of the host, which may pass itself off as one."""


def read_link(address: str) -> LinkTarget:
    """Read an address; whatever is wrong with it makes it a refused one, never an error."""
    cleaned = _plain(address.strip())
    scheme = _SCHEME.match(cleaned)
    name = scheme[0].lower() if scheme else ""
    if len(cleaned) > LONGEST_ADDRESS:
        return LinkTarget(cleaned[:LONGEST_ADDRESS], LinkKind.REFUSED)
    if name == "mailto" and "@" in cleaned:
        return LinkTarget(cleaned, LinkKind.MAIL)
    if name not in _WEB:
        return LinkTarget(cleaned, LinkKind.REFUSED)
    return _read_web(address.strip(), cleaned)


def _read_web(address: str, cleaned: str) -> LinkTarget:
    try:
        parts = urlsplit(address)
        written = unquote(parts.hostname or "")
        port = parts.port
        host = written.encode("idna").decode() if not written.isascii() else written
    except (ValueError, UnicodeError):
        return LinkTarget(cleaned, LinkKind.REFUSED)
    if not host or _plain(host) != host or any(character in host for character in "/?#@\\%"):
        return LinkTarget(cleaned, LinkKind.REFUSED)
    login = parts.netloc.rpartition("@")[0]
    place = f"[{host}]" if ":" in host else host
    place = (f"{_plain(login)}@" if login else "") + place + (f":{port}" if port is not None else "")
    whole = urlunsplit((parts.scheme.lower(), place, _plain(parts.path), _plain(parts.query), _plain(parts.fragment)))
    return LinkTarget(
        whole,
        LinkKind.WEB,
        host=host,
        foreign_host=_decoded(host),
        has_login=bool(login),
    )


def _decoded(host: str) -> str:
    """Return the letters that a host stands for, if there are any beyond ASCII."""
    if "xn--" not in host:
        return ""
    try:
        letters = host.encode().decode("idna")
    except UnicodeError:
        return ""
    return letters if letters != host and letters.isprintable() else ""


def _plain(text: str) -> str:
    """Percent-encode everything that is not printable ASCII, and what could be taken for markup."""
    return quote(text, safe=_SAFE, errors="replace")
