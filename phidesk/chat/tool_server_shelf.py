"""The servers of tools that are switched on: asked what they offer, without waiting long for any of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from concurrent.futures import Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phidesk.core.errors import PhiDeskError, ToolServerError
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.core.tool_servers import ToolServer
from phidesk.storage.mcp_servers import McpServers

if TYPE_CHECKING:
    from phidesk.tools.mcp.link import ServerLink
    from phidesk.tools.mcp.server_tools import McpTool

LONGEST_WAIT_S = 5.0
"""How long anybody waits for a server that starts; it goes on, and its tools are there the next time."""


@dataclass(frozen=True)
class ServerState:
    """What the last question to a server gave: how many tools it has, or why it has none. Neither: no answer yet."""

    tool_count: int | None = None
    fault: ToolServerError | None = None


@dataclass
class _Asked:
    """A server that runs or will, and the last question to it."""

    link: ServerLink
    cancel: Cancellation = field(default_factory=Cancellation)
    thread: threading.Thread | None = None
    asked_at: float = 0.0
    answer: Future[int] | None = None


class ToolServerShelf:
    """Starts servers when their tools are wanted. Safe from every thread; not for the one that shows things."""

    def __init__(self, servers: McpServers, start_loop: StartLoop, *, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._servers = servers
        self._start_loop = start_loop
        self._longest_wait_s = longest_wait_s
        self._lock = threading.Lock()
        self._asked: dict[ToolServer, _Asked] = {}
        self._is_closed = False

    def tools(self, taken: Iterable[str], wanted: Collection[str] | None = None) -> list[tuple[str, McpTool]]:
        """Return the tools of all servers that are switched on, with their ids; `wanted` are ids, and None is all.

        Names in `taken` are given to none. A server that is not ready in time, or fails, is left out.

        Raises:
            StorageError: the servers cannot be read.
        """
        from phidesk.tools.mcp.server_tools import make_server_tools  # noqa: PLC0415 - few have servers

        enabled = [server for server in self._servers.list().result() if server.is_enabled]
        self._let_go_of_others(enabled)
        servers = [server for server in enabled if wanted is None or any(it.startswith(_id(server)) for it in wanted)]
        found: list[tuple[str, McpTool]] = []
        names = set(taken)
        for asked in self._ask(servers):
            try:
                made = make_server_tools(asked.link, asked.cancel, taken=names)
            except (ToolServerError, Cancelled):  # It ended since it answered.
                continue
            names.update(tool.definition.name for tool in made)
            found += [(f"{_id(asked.link.server)}{tool.own_name}", tool) for tool in made]
        return [(id_, tool) for id_, tool in found if wanted is None or id_ in wanted]

    def state(self, server: ToolServer) -> ServerState:
        """Say what the last question to a server gave."""
        with self._lock:
            asked = self._asked.get(server)
        if asked is None or asked.answer is None or not asked.answer.done():
            return ServerState()
        fault = asked.answer.exception()
        return ServerState(fault=fault) if isinstance(fault, ToolServerError) else ServerState(asked.answer.result())

    def close(self) -> None:
        """End all servers, for good."""
        with self._lock:
            self._is_closed = True
        self._let_go_of_others(())

    def _ask(self, servers: Iterable[ToolServer]) -> list[_Asked]:
        """Ask all at once and return those that answered in time."""
        with self._lock:
            if self._is_closed:
                return []
            asked = [self._question_to(server) for server in servers]
        for it in asked:
            if it.answer is not None:
                wait([it.answer], max(0.0, it.asked_at + self._longest_wait_s - time.monotonic()))
        return [it for it in asked if it.answer is not None and it.answer.done() and it.answer.exception() is None]

    def _question_to(self, server: ToolServer) -> _Asked:
        """Ask in a thread of its own, unless the last question is still open: nobody waits twice for one that hangs."""
        from phidesk.tools.mcp.link import ServerLink  # noqa: PLC0415 - few have servers

        asked = self._asked.get(server)
        if asked is None:
            asked = self._asked[server] = _Asked(ServerLink(server, start_loop=self._start_loop))
        if asked.answer is None or asked.answer.done():
            answer = asked.answer = Future()
            asked.asked_at = time.monotonic()
            asked.thread = self._start_loop(f"mcp-{server.name}-ask", lambda: _answer(asked, answer))
        return asked

    def _let_go_of_others(self, kept: Collection[ToolServer]) -> None:
        """End the servers that were switched off, changed or removed."""
        with self._lock:
            others = [self._asked.pop(server) for server in list(self._asked) if server not in kept]
        with ExitStack() as ending:
            for asked in others:
                ending.callback(_end, asked)


def _answer(asked: _Asked, answer: Future[int]) -> None:
    try:
        answer.set_result(len(asked.link.tools(asked.cancel)))
    except (PhiDeskError, Cancelled) as fault:
        answer.set_exception(fault)


def _end(asked: _Asked) -> None:
    asked.cancel.cancel()
    if asked.thread is not None:
        asked.thread.join()
    asked.link.close()


def _id(server: ToolServer) -> str:
    return f"mcp:{server.id}:"
