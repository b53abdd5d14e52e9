"""JSON-RPC 2.0 as MCP writes it over pipes: one message a line (https://www.jsonrpc.org/specification)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHOD_NOT_FOUND = -32601


@dataclass(frozen=True)
class Reply:
    """What came back for a request of ours."""

    id: int
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """An error in place of a reply."""

    id: int
    code: int
    message: str


@dataclass(frozen=True)
class Request:
    """Something that the other side wants of us."""

    id: int | str
    method: str


@dataclass(frozen=True)
class Notification:
    """Something that the other side lets us know."""

    method: str


Message = Reply | Refusal | Request | Notification


class NotJsonRpc(Exception):
    """A line that is no message."""


def request_line(id: int, method: str, parameters: Mapping[str, Any]) -> bytes:  # noqa: A002 - the protocol's word
    """Return a request."""
    return _line({"id": id, "method": method, "params": parameters})


def notification_line(method: str, parameters: Mapping[str, Any] | None = None) -> bytes:
    """Return a notification."""
    return _line({"method": method} | ({} if parameters is None else {"params": parameters}))


def reply_line(id: int | str, result: Mapping[str, Any]) -> bytes:  # noqa: A002 - the protocol's word
    """Return a reply to a request of the other side."""
    return _line({"id": id, "result": result})


def refusal_line(id: int | str, code: int, message: str) -> bytes:  # noqa: A002 - the protocol's word
    """Return an error in place of a reply."""
    return _line({"id": id, "error": {"code": code, "message": message}})


def read_messages(line: bytes) -> Iterator[Message]:
    """Yield the messages of a line: one, or several where an old server (2025-03-26) sends them together.

    Raises:
        NotJsonRpc: the line, or a part of it, is something else.
    """
    try:
        value = _writable(json.loads(line, parse_constant=_refuse))
    except (ValueError, RecursionError):  # What is not UTF-8 is a ValueError.
        raise NotJsonRpc from None
    for message in value if isinstance(value, list) else [value]:
        yield _read(message)


def _read(value: Any) -> Message:
    match value:
        case {"method": str(method), "id": int() | str() as id_}:
            return Request(id_, method)
        case {"method": str(method)}:
            return Notification(method)
        case {"id": int(id_), "result": dict(result)}:
            return Reply(id_, result)
        case {"id": int(id_), "error": {"code": int(code), **rest}}:
            return Refusal(id_, code, str(rest.get("message", "")))
        case _:
            raise NotJsonRpc


def _refuse(constant: str) -> None:
    """Python reads NaN and Infinity, which no engine takes in a schema."""
    raise ValueError(constant)


def _writable(value: Any) -> Any:
    """Return a value whose texts can be written again: JSON may hold halves of characters, and UTF-8 may not."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_writable(name): _writable(each) for name, each in value.items()}
    return [_writable(each) for each in value] if isinstance(value, list) else value


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0"} | message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
