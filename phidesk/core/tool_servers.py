"""Servers of tools (MCP) as people write them down: the common JSON file of desktop programs, read and written.

    Claude Desktop, Cursor…   {"mcpServers": {"files": {"command": "npx", "args": ["…"], "env": {"KEY": "…"}}}}
    Visual Studio Code        {"servers": {…}}, also inside "mcp"

What runs elsewhere and is reached by an address is not for us, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from phidesk.core.json_text import TextFault, TextPlace, read_json, write_json


@dataclass(frozen=True)
class ToolServer:
    """A program of the person's that offers tools over its standard input and output. `name` tells it from others.

    It runs with the person's own rights. `environment` may hold keys: it is shown to nobody, and None is a value that
    is kept elsewhere. `id` is empty until kept.
    """

    name: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str | None], ...] = field(default=(), repr=False)
    is_enabled: bool = False
    id: str = ""


@dataclass(frozen=True)
class AbsentServer:
    """A server whose tools are wanted and not there: it is still starting, or else it has failed."""

    id: str
    name: str
    is_starting: bool


@dataclass(frozen=True)
class FoundToolServers:
    """What stands in a file: servers, switched off, and the names of those that cannot be used."""

    servers: tuple[ToolServer, ...] = ()
    unusable: tuple[str, ...] = ()


class ToolServersMistake(StrEnum):
    """Why JSON names no servers."""

    NO_SERVERS = "no_servers"


class ToolServersFault(TextFault):
    """It is JSON, but not a file of servers. Its mistake is a `ToolServersMistake`."""


def read_tool_servers(text: str) -> FoundToolServers:
    """Return the servers of a file.

    Raises:
        JsonFault: it is not JSON.
        ToolServersFault: nothing in it could be a list of servers.
    """
    servers, unusable = [], []
    for name, entry in _entries(read_json(text)).items():
        server = _read_server(name, entry)
        if server is None:
            unusable.append(name)
        else:
            servers.append(server)
    return FoundToolServers(tuple(servers), tuple(unusable))


def write_tool_servers(servers: Iterable[ToolServer]) -> str:
    """Return a file that other programs take, keys included; a value that is None is an empty one there."""
    return write_json({"mcpServers": {server.name: _written(server) for server in servers}})


def _entries(value: Any) -> Mapping[str, Any]:
    while isinstance(value, dict):
        if isinstance(servers := value.get("mcpServers", value.get("servers")), dict):
            return servers
        value = value.get("mcp")
    raise ToolServersFault(ToolServersMistake.NO_SERVERS, TextPlace(1, 1))


def _read_server(name: str, entry: Any) -> ToolServer | None:
    if not isinstance(entry, dict) or not name.strip():
        return None
    command, arguments, environment = entry.get("command"), entry.get("args") or [], entry.get("env") or {}
    if not isinstance(command, str) or not command or not isinstance(arguments, list):
        return None
    if not all(isinstance(word, str) for word in arguments) or not isinstance(environment, dict):
        return None
    if not all(isinstance(setting, str | int | float) for setting in environment.values()):
        return None
    return ToolServer(
        name.strip(),
        (command, *arguments),
        tuple((key, _setting(setting)) for key, setting in environment.items()),
    )


def _setting(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _written(server: ToolServer) -> dict[str, Any]:
    written: dict[str, Any] = {"command": server.command[0], "args": list(server.command[1:])}
    environment = {name: value or "" for name, value in server.environment}
    return written | ({"env": environment} if environment else {})
