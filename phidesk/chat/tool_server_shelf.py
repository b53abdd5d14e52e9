"""The servers of tools that are switched on: asked what they offer, without waiting long for any of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.core.errors import ToolServerError
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.core.tool_servers import ToolServer

if TYPE_CHECKING:
    from phidesk.tools.mcp.link import ServerLink, ServerTool
    from phidesk.tools.mcp.server_tools import McpTool

LONGEST_WAIT_S = 5.0
"""How long anybody waits for a server that starts; it goes on, and its tools are there the next time."""


@dataclass(frozen=True)
class ServerState:
    """What the last answer of a server gave: how many tools it has, or why it has none. Neither: no answer yet."""

    tool_count: int | None = None
    fault: ToolServerError | None = None

    def is_like(self, other: ServerState) -> bool:
        """Whether there is nothing new in the other: its last words may hold the time."""
        return self.tool_count == other.tool_count and type(self.fault) is type(other.fault)


@dataclass
class _Asked:
    """A server that runs or will, and the last question to it."""

    link: ServerLink
    cancel: Cancellation = field(default_factory=Cancellation)
    thread: threading.Thread | None = None
    asked_at: float = 0.0
    answer: Future[tuple[ServerTool, ...]] | None = None
    state: ServerState = ServerState()


class ToolServerShelf:
    """Starts servers when their tools are wanted. Safe from every thread; not for the one that shows things."""

    def __init__(self, book: ToolServerBook, start_loop: StartLoop, answered: Callable[[], None]) -> None:
        """`answered` is called, in any thread, when the answer of a server is not as it was."""
        self._book = book
        self._start_loop = start_loop
        self._answered = answered
        self._lock = threading.Lock()
        self._asked: dict[ToolServer, _Asked] = {}
        self._is_closed = False

    def tools(self, taken: Iterable[str], wanted: Collection[str] | None = None) -> list[tuple[str, McpTool]]:
        """Return the tools of all servers that are switched on, with their ids; `wanted` are ids, and None is all.

        Names in `taken` are given to none. A server that is not ready in time, or fails, is left out.

        Raises:
            StorageError: the servers cannot be read.
        """
        from phidesk.tools.mcp.server_tools import name_server_tools  # noqa: PLC0415 - few have servers

        enabled = [server for server in self._book.list() if server.is_enabled]
        self._let_go_of_others(enabled)
        servers = [server for server in enabled if wanted is None or any(it.startswith(_id(server)) for it in wanted)]
        found: list[tuple[str, McpTool]] = []
        names = set(taken)
        for link, offered in self._ask(servers):
            made = name_server_tools(link, offered, taken=names)
            names.update(tool.definition.name for tool in made)
            found += [(f"{_id(link.server)}{tool.own_name}", tool) for tool in made]
        return [(id_, tool) for id_, tool in found if wanted is None or id_ in wanted]

    def state(self, server: ToolServer) -> ServerState:
        """Say what the last answer of a server was, also while it is asked again."""
        with self._lock:
            asked = self._asked.get(server)
        return ServerState() if asked is None else asked.state

    def let_go(self, server: ToolServer) -> None:
        """End a server and forget how it was; it is started again when its tools are wanted."""
        with self._lock:
            asked = self._asked.pop(server, None)
        if asked is not None:
            _end(asked)

    def close(self) -> None:
        """End all servers, for good."""
        with self._lock:
            self._is_closed = True
        self._let_go_of_others(())

    def _ask(self, servers: Iterable[ToolServer]) -> list[tuple[ServerLink, tuple[ServerTool, ...]]]:
        """Ask all at once and return what those offer that answered in time."""
        with self._lock:
            if self._is_closed:
                return []
            asked = [self._question_to(server) for server in servers]
            answers = [(it.link, it.answer, it.asked_at) for it in asked]
        offers = []
        for link, answer, asked_at in answers:
            if answer is not None:
                wait([answer], max(0.0, asked_at + LONGEST_WAIT_S - time.monotonic()))
                if answer.done() and answer.exception() is None:
                    offers.append((link, answer.result()))
        return offers

    def _question_to(self, server: ToolServer) -> _Asked:
        """Ask in a thread of its own, unless the last answer still holds or its question is still open.

        So nobody waits twice for one that hangs, and what is typed, which is counted with the tools, asks nobody.
        """
        from phidesk.tools.mcp.link import ServerLink  # noqa: PLC0415 - few have servers

        asked = self._asked.get(server)
        if asked is None:
            asked = self._asked[server] = _Asked(
                ServerLink(server, start_loop=self._start_loop, with_values=self._book.with_values)
            )
        if asked.answer is None or (asked.answer.done() and not asked.link.is_known):
            answer = asked.answer = Future()
            asked.asked_at = time.monotonic()
            asked.thread = self._start_loop(f"mcp-{server.name}-ask", lambda: self._wait_for(asked, answer))
        return asked

    def _wait_for(self, asked: _Asked, answer: Future[tuple[ServerTool, ...]]) -> None:
        before = asked.state
        try:
            offered = asked.link.tools(asked.cancel)
        except ToolServerError as fault:
            asked.state = ServerState(fault=fault)
            answer.set_exception(fault)
        except Cancelled as cancelled:
            answer.set_exception(cancelled)
        else:
            asked.state = ServerState(len(offered))
            answer.set_result(offered)
        if not asked.state.is_like(before):  # Else who looks because of it would look for ever.
            self._answered()

    def _let_go_of_others(self, kept: Collection[ToolServer]) -> None:
        """End the servers that were switched off, changed or removed."""
        with self._lock:
            others = [self._asked.pop(server) for server in list(self._asked) if server not in kept]
        with ExitStack() as ending:
            for asked in others:
                ending.callback(_end, asked)


def _end(asked: _Asked) -> None:
    asked.cancel.cancel()
    if asked.thread is not None:
        asked.thread.join()
    asked.link.close()


def _id(server: ToolServer) -> str:
    return f"mcp:{server.id}:"
