"""The servers of tools that are switched on: asked what they offer, without waiting long for any of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.core.errors import ToolServerError
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.core.tool_servers import AbsentServer, ToolServer

if TYPE_CHECKING:
    from phidesk.tools.mcp.link import ServerLink, ServerTool
    from phidesk.tools.mcp.server_tools import McpTool

    _Answer = Future[tuple[ServerTool, ...]]

LONGEST_WAIT_S = 5.0
"""How long anybody waits for a server that starts; it goes on, and its tools are there the next time."""
MOST_CHANGES_TOLD = 50
"""Of one server: who is told lists anew, and some say after each list that it changed."""
PAUSE_S = 30.0
"""One that failed is not started again sooner by itself: tools are wanted with every letter that is typed."""


@dataclass(frozen=True)
class ServerState:
    """What the last answer of a server gave: the tools that it has, or why it has none. Neither: no answer yet."""

    tools: tuple[ServerTool, ...] | None = None
    fault: ToolServerError | None = None
    call_fault: ToolServerError | None = None
    """Why the last call of one of its tools broke, although it has them."""

    def is_like(self, other: ServerState) -> bool:
        """Whether there is nothing new in the other: its last words may hold the time."""
        return self.tools == other.tools and type(self.fault) is type(other.fault)


@dataclass(frozen=True)
class ServedTools:
    """What servers offer now, with ids, and those of them that have nothing to offer yet, or failed."""

    tools: tuple[tuple[str, McpTool], ...] = ()
    absent: tuple[AbsentServer, ...] = ()


@dataclass
class _Asked:
    """A server that runs or will, and the last question to it."""

    link: ServerLink
    cancel: Cancellation = field(default_factory=Cancellation)
    thread: threading.Thread | None = None
    asked_at: float = 0.0
    rests_until: float = 0.0
    changes_told: int = 0
    answer: _Answer = field(default_factory=Future)
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

    def tools(
        self, taken: Iterable[str], wanted: Collection[str] | None = None, *, cancel: Cancellation | None = None
    ) -> ServedTools:
        """Return the tools of all servers that are switched on; `wanted` are ids, and None is all.

        Names in `taken` are given to none. A server that is not ready in time, or fails, is absent.

        Raises:
            Cancelled: `cancel` was used while servers started; they go on.
            StorageError: the servers cannot be read.
        """
        from phidesk.tools.mcp.server_tools import name_server_tools  # noqa: PLC0415 - few have servers

        enabled = [server for server in self._book.list() if server.is_enabled]
        self._let_go_of_others(enabled)
        servers = [server for server in enabled if wanted is None or any(it.startswith(_id(server)) for it in wanted)]
        found: list[tuple[str, McpTool]] = []
        absent: list[AbsentServer] = []
        names = set(taken)
        for link, answer in self._ask(servers, cancel or Cancellation()):
            has_answered = answer.done()
            if not has_answered or answer.exception() is not None:
                absent.append(AbsentServer(link.server.id, link.server.name, is_starting=not has_answered))
                continue
            made = name_server_tools(link, answer.result(), taken=names)
            names.update(tool.definition.name for tool in made)
            found += [(f"{_id(link.server)}{tool.own_name}", tool) for tool in made]
        tools = tuple((id_, tool) for id_, tool in found if wanted is None or id_ in wanted)
        return ServedTools(tools, tuple(absent))

    def state(self, server: ToolServer) -> ServerState:
        """Say what the last answer of a server was, also while it is asked again."""
        with self._lock:
            asked = self._asked.get(server)
        return ServerState() if asked is None else replace(asked.state, call_fault=asked.link.call_fault)

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

    def _ask(self, servers: Iterable[ToolServer], cancel: Cancellation) -> list[tuple[ServerLink, _Answer]]:
        """Ask all at once and return their answers, of which some may not have come in time."""
        with self._lock:
            if self._is_closed:
                return []
            asked = [self._question_to(server) for server in servers]
            answers = [(it.link, it.answer, it.asked_at) for it in asked]
        stopped: Future[None] = Future()
        withdraw = cancel.on_cancel(lambda: stopped.set_result(None))
        for _, answer, asked_at in answers:
            most_s = max(0.0, asked_at + LONGEST_WAIT_S - time.monotonic())
            awaited: tuple[Future[Any], ...] = (answer, stopped)
            wait(awaited, most_s, return_when=FIRST_COMPLETED)
        withdraw()
        cancel.check()
        return [(link, answer) for link, answer, _ in answers]

    def _question_to(self, server: ToolServer) -> _Asked:
        """Ask in a thread of its own, unless the last answer still holds or its question is still open.

        So nobody waits twice for one that hangs, and what is typed, which is counted with the tools, asks nobody.
        """
        from phidesk.tools.mcp.link import ServerLink  # noqa: PLC0415 - few have servers

        asked = self._asked.get(server)
        if asked is None:
            asked = self._asked[server] = _Asked(
                ServerLink(
                    server,
                    start_loop=self._start_loop,
                    with_values=self._book.with_values,
                    tools_changed=lambda: self._tell_of_change(server),
                )
            )
        now_s = time.monotonic()
        is_over = asked.answer.done() and not asked.link.is_known and now_s > asked.rests_until
        if asked.thread is None or is_over:
            answer = asked.answer = Future()
            asked.asked_at = now_s
            asked.thread = self._start_loop(f"mcp-{server.name}-ask", lambda: self._wait_for(asked, answer))
        return asked

    def _wait_for(self, asked: _Asked, answer: Future[tuple[ServerTool, ...]]) -> None:
        before = asked.state
        try:
            offered = asked.link.tools(asked.cancel)
        except ToolServerError as fault:
            asked.state = ServerState(fault=fault)
            asked.rests_until = time.monotonic() + PAUSE_S
            answer.set_exception(fault)
        except Cancelled as cancelled:
            answer.set_exception(cancelled)
        else:
            asked.state = ServerState(offered)
            answer.set_result(offered)
        if not asked.state.is_like(before):  # Else who looks because of it would look for ever.
            self._answered()

    def _tell_of_change(self, server: ToolServer) -> None:
        asked = self._asked.get(server)
        if asked is not None and asked.changes_told < MOST_CHANGES_TOLD:
            asked.changes_told += 1
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
