"""One server of tools as long as it is switched on: started when it is needed, and again after it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phidesk import __version__
from phidesk.core.errors import (
    ToolServerEnded,
    ToolServerError,
    ToolServerForeign,
    ToolServerReason,
    ToolServerRefused,
    ToolServerSilent,
)
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.core.tool_servers import ToolServer
from phidesk.tools.mcp.connection import Connection

OFFERED_VERSION = "2025-06-18"
KNOWN_VERSIONS = frozenset({"2024-11-05", "2025-03-26", OFFERED_VERSION, "2025-11-25"})
"""What we use of the protocol is the same in all of them."""
MOST_TOOLS = 500
"""No model can be told of so many."""
MOST_PAGES = 100
"""A server may list for ever; we do not."""


@dataclass(frozen=True)
class Patience:
    """How long a server may take, in seconds: to start (some are fetched first), to answer, and to do its work."""

    start_s: float = 60.0
    answer_s: float = 15.0
    call_s: float = 120.0
    ping_s: float = 2.0


@dataclass(frozen=True)
class ServerTool:
    """A tool as its server describes it. `only_reads` is what the server says of it."""

    name: str
    description: str
    schema: Mapping[str, Any]
    only_reads: bool


class ServerLink:
    """Asks one server. Nothing runs before the first question; after it ended, the next question starts it again."""

    def __init__(
        self,
        server: ToolServer,
        *,
        start_loop: StartLoop,
        with_values: Callable[[ToolServer], ToolServer] = lambda server: server,
        tools_changed: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
    ) -> None:
        """`with_values` is asked at each start for what stands in the environment of the server.

        `tools_changed` is called, in any thread, when it says that it offers something else now, and must be quick.
        """
        self._server = server
        self._with_values = with_values
        self._tools_changed = tools_changed
        self._start_loop = start_loop
        self._patience = patience or Patience()
        self._starting = threading.Lock()
        self._connection: Connection | None = None
        self._tools: tuple[ServerTool, ...] | None = None
        self._changes = 0
        self._call_fault: ToolServerError | None = None
        self._is_closed = False

    @property
    def server(self) -> ToolServer:
        """The server as the person wrote it down."""
        return self._server

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        connection = self._connection
        return connection is not None and connection.is_open

    @property
    def is_known(self) -> bool:
        """Whether it runs, and its tools are as it said last: then `tools` answers at once."""
        return self.is_running and self._tools is not None

    @property
    def call_fault(self) -> ToolServerError | None:
        """Why the last call had no result; None where it had one, or the server only refused it."""
        return self._call_fault

    @property
    def error_lines(self) -> list[str]:
        """The last lines of its error stream, also of one that ended; for the person who looks why."""
        connection = self._connection
        return [] if connection is None else connection.error_lines

    def tools(self, cancel: Cancellation) -> tuple[ServerTool, ...]:
        """Return what it offers; asked once, and again after it said that this changed or was started again.

        Raises:
            Cancelled: `cancel` was used.
            ToolServerError: it could not be asked.
        """
        connection = self._ready_connection(cancel)
        known, changes = self._tools, self._changes
        if known is None:
            known = self._list(connection, cancel)
            if changes == self._changes:  # Else it changed again while it was listed.
                self._tools = known
        return known

    def call(self, tool: str, arguments: Mapping[str, Any], cancel: Cancellation) -> Mapping[str, Any]:
        """Return what a tool gave, as the protocol has it (`CallToolResult`).

        Raises:
            Cancelled: `cancel` was used.
            ToolServerError: there is no result.
        """
        connection = self._ready_connection(cancel)
        parameters = {"name": tool, "arguments": arguments}
        try:
            result = connection.request("tools/call", parameters, timeout_s=self._patience.call_s, cancel=cancel)
        except ToolServerRefused:  # It works, and does not want to.
            raise
        except ToolServerError as fault:
            self._call_fault = fault
            if isinstance(fault, ToolServerSilent):
                self._end_if_dead(connection)
            raise
        self._call_fault = None
        return result

    def close(self) -> None:
        """End it, for good. Who still waits for an answer gets an error."""
        self._is_closed = True
        if self._connection is not None:
            self._connection.close()

    def _ready_connection(self, cancel: Cancellation) -> Connection:
        while not self._starting.acquire(timeout=0.1):
            cancel.check()
        try:
            if self._connection is not None and self._connection.is_open:
                return self._connection
            if self._connection is not None:
                self._connection.close()
            self._tools = None
            connection = self._connection = Connection(
                self._with_values(self._server), start_loop=self._start_loop, tools_changed=self._forget_tools
            )
            if self._is_closed:
                connection.close()
                raise ToolServerEnded(self._server.name)
            self._shake_hands(connection, cancel)
            return connection
        finally:
            self._starting.release()

    def _shake_hands(self, connection: Connection, cancel: Cancellation) -> None:
        hello = {
            "protocolVersion": OFFERED_VERSION,
            "capabilities": {},
            "clientInfo": {"name": "PhiDesk", "version": __version__},
        }
        is_agreed = False
        try:
            answer = connection.request(
                "initialize", hello, timeout_s=self._patience.start_s, cancel=cancel, may_be_cancelled=False
            )
            version = answer.get("protocolVersion")
            if version not in KNOWN_VERSIONS:
                raise ToolServerForeign(
                    self._server.name, f"protocol version {version!r}", reason=ToolServerReason.VERSION
                )
            connection.notify("notifications/initialized")
            is_agreed = True
        except ToolServerError as fault:
            raise replace(fault, reason=fault.reason or ToolServerReason.AT_START) from fault
        finally:
            if not is_agreed:
                connection.close(parting_s=0)

    def _list(self, connection: Connection, cancel: Cancellation) -> tuple[ServerTool, ...]:
        found: dict[str, ServerTool] = {}
        cursor: Mapping[str, Any] = {}
        for _ in range(MOST_PAGES):
            page = connection.request("tools/list", cursor, timeout_s=self._patience.answer_s, cancel=cancel)
            entries = page.get("tools")
            if not isinstance(entries, list):
                raise ToolServerForeign(self._server.name, "a list of tools without tools")
            found |= {tool.name: tool for entry in entries if (tool := _read_tool(entry)) is not None}
            following = page.get("nextCursor")
            if not isinstance(following, str) or len(found) >= MOST_TOOLS:
                break
            cursor = {"cursor": following}
        return tuple(found.values())[:MOST_TOOLS]

    def _forget_tools(self) -> None:
        self._changes += 1
        self._tools = None
        self._tools_changed()

    def _end_if_dead(self, connection: Connection) -> None:
        """One that is busy answers a ping; one that hangs is ended, so that the next question finds a fresh one."""
        try:
            connection.request("ping", {}, timeout_s=self._patience.ping_s, cancel=Cancellation())
        except ToolServerError:
            connection.close(parting_s=0)


def _read_tool(entry: Any) -> ServerTool | None:
    match entry:
        case {"name": str(name), "inputSchema": dict(schema), **rest} if name:
            hints = rest.get("annotations")
            description = rest.get("description")
            return ServerTool(
                name,
                description if isinstance(description, str) else "",
                schema,
                only_reads=isinstance(hints, dict) and hints.get("readOnlyHint") is True,
            )
        case _:
            return None
