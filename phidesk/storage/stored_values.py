"""Values as SQLite holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Return an aware datetime as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return the moment in UTC, exact."""
    return _EPOCH + value * _MICROSECOND


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: surrogates in pairs become their character, lone ones U+FFFD.

    Qt and JSON can hand out lone surrogates; a question must not be lost for one of them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
