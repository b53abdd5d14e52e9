"""JSON and times as Go's standard library writes and reads them, for fakes of servers that are written in Go."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

NANOSECONDS = 1_000_000_000
# What Go's encoder escapes beyond the standard, so that JSON may stand inside HTML and JavaScript. U+0085 is not among it.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_NEEDS_ESCAPE = re.compile("[<>&\u2028\u2029]")
# Python's complaints beside the words of Go's scanner.
_COMPLAINTS = {
    "Expecting value": "looking for beginning of value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Expecting ',' delimiter": "after object key:value pair",
}


class GoJSONError(ValueError):
    """The text is not JSON; `str()` is what Go's decoder says about it."""


def encode(value: Any) -> bytes:
    """Write a value like `json.Marshal`; dicts keep their order, as Go's structs do."""
    return _encode(value).encode()


def decode(body: bytes) -> Any:
    """Read the first JSON value like `json.Decoder`: bytes that are not UTF-8 and lone surrogates become U+FFFD.

    Raises:
        GoJSONError: The body holds no JSON.
    """
    text = body.decode(errors="replace").lstrip(" \t\r\n")
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except json.JSONDecodeError as error:
        raise GoJSONError(_complaint(error)) from error
    return _without_lone_surrogates(value) if "\\ud" in text.lower() else value


def timestamp(nanoseconds: int | None = None) -> str:
    """Write a time since 1970, or now, like `time.RFC3339Nano` in UTC: nine digits without the zeros at their end."""
    seconds, rest = divmod(time.time_ns() if nanoseconds is None else nanoseconds, NANOSECONDS)
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def kind(value: Any) -> str:
    """Name the kind of a JSON value in the words of Go's decoder."""
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def _encode(value: Any) -> str:
    if isinstance(value, str):
        return _NEEDS_ESCAPE.sub(lambda match: _ESCAPED[match[0]], json.dumps(value, ensure_ascii=False))
    if isinstance(value, dict):
        return "{" + ",".join(f"{_encode(name)}:{_encode(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_encode, value)) + "]"
    return _number(value) if isinstance(value, float) else json.dumps(value)


def _number(value: float) -> str:
    """Go writes powers of ten only below 1e-6 and from 1e21 on, and no `.0`."""
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return re.sub(r"e([+-])0(\d)$", r"e\1\2", repr(value).replace(".0e", "e"))


def _complaint(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc) or error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    return f"invalid character '{error.doc[error.pos]}' {_COMPLAINTS.get(error.msg, 'in string literal')}"


def _without_lone_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, dict):
        return {_without_lone_surrogates(name): _without_lone_surrogates(item) for name, item in value.items()}
    return [_without_lone_surrogates(item) for item in value] if isinstance(value, list) else value
