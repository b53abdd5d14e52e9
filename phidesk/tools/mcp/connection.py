"""One running server of tools: what was asked of it, and what it answered.

Garbage, silence and its end stay in here: they become errors of those who wait.
"""

from __future__ import annotations

import itertools
import os
import queue
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from phidesk.core.errors import (
    ToolServerEnded,
    ToolServerForeign,
    ToolServerMissing,
    ToolServerReason,
    ToolServerRefused,
    ToolServerSilent,
)
from phidesk.core.scrubbing import without_keys
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.core.tool_servers import ToolServer
from phidesk.processes.child import Child
from phidesk.processes.leash import on_leash
from phidesk.tools.mcp.json_rpc import (
    METHOD_NOT_FOUND,
    Message,
    Notification,
    NotJsonRpc,
    Refusal,
    Reply,
    Request,
    notification_line,
    read_messages,
    refusal_line,
    reply_line,
    request_line,
)

LONGEST_LINE_BYTES = 16 * 1024**2
"""A picture of a screen is 4 MB of base64. What is longer ends the connection."""
MOST_GARBAGE_LINES = 200
"""Many servers greet with a few lines that are no messages. One that writes nothing else is no server."""
MOST_UNASKED_MESSAGES = 10_000
"""What a server says between two answers. One that only talks is ended."""
MOST_UNSENT_LINES = 1_000
"""A server that asks and asks, and reads no answer, is ended."""
LAST_LINES = 12
"""Of its error stream, as the reason why it ended: a failure of Python or Node fits."""
PARTING_S = 1.0
"""How long a server may take to end after its input did, and again after it was told to."""
_INHERITED = (
    "HOME LANG LOGNAME PATH SHELL TERM TMPDIR USER"
    if sys.platform != "win32"
    else "APPDATA HOMEDRIVE HOMEPATH LOCALAPPDATA PATH PATHEXT PROCESSOR_ARCHITECTURE PROGRAMFILES SYSTEMDRIVE"
    " SYSTEMROOT TEMP USERNAME USERPROFILE"
).split()
"""What servers may know of our environment; the same as with clients written with `mcp`, and the language."""


class Connection:
    """Speaks with one process. Safe from every thread; whoever waits for an answer always gets one, or an error."""

    def __init__(self, server: ToolServer, *, start_loop: StartLoop, tools_changed: Callable[[], None]) -> None:
        """Start the server. `tools_changed` is called in its reading thread, and must be quick.

        Raises:
            ToolServerMissing: its program is not on this computer, or cannot be started.
        """
        self._server = server
        self._tools_changed = tools_changed
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._pending: dict[int, Future[Mapping[str, Any]]] = {}
        self._fault: ToolServerEnded | ToolServerForeign | None = None
        self._unsent: queue.Queue[bytes | None] = queue.Queue(MOST_UNSENT_LINES)
        given = {name: value for name, value in server.environment if value is not None}
        self._keys = tuple(given.values())
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | given
        program = shutil.which(server.command[0], path=environment.get("PATH", ""))
        if program is None:
            raise ToolServerMissing(server.name, server.command[0])
        try:
            self._child = Child(
                on_leash([program, *server.command[1:]]),
                name=f"mcp-{server.name}",
                start_loop=start_loop,
                environment=environment,
            )
        except (OSError, ValueError) as error:  # A zero byte in its command or environment is a ValueError.
            raise ToolServerMissing(server.name, str(error), reason=ToolServerReason.AT_START) from error
        self._reader = start_loop(f"mcp-{server.name}-in", self._read)
        self._writer = start_loop(f"mcp-{server.name}-out", self._write)

    @property
    def is_open(self) -> bool:
        """Whether it may still answer."""
        return self._fault is None

    @property
    def error_lines(self) -> list[str]:
        """The last lines of its error stream, where servers keep their diary, without the values of its environment."""
        return [without_keys(line, self._keys) for line in self._child.error_lines]

    def request(
        self,
        method: str,
        parameters: Mapping[str, Any],
        *,
        timeout_s: float,
        cancel: Cancellation,
        may_be_cancelled: bool = True,
    ) -> Mapping[str, Any]:
        """Ask for something and wait. Whoever gives up waiting tells the server, unless it must not be told.

        Raises:
            Cancelled: `cancel` was used.
            ToolServerEnded: it went away.
            ToolServerForeign: what it writes is not of the protocol.
            ToolServerRefused: it answered with an error.
            ToolServerSilent: it did not answer in time.
        """
        number = next(self._numbers)
        answer: Future[Mapping[str, Any]] = Future()
        with self._lock:
            if self._fault is not None:
                raise self._fault
            self._pending[number] = answer
        self._send(request_line(number, method, parameters))
        withdraw = cancel.on_cancel(lambda: self._settle(number, Cancelled()))
        try:
            return answer.result(timeout_s)
        except (TimeoutError, Cancelled) as given_up:
            if may_be_cancelled:
                self.notify("notifications/cancelled", {"requestId": number})
            if isinstance(given_up, Cancelled):
                raise
            raise ToolServerSilent(self._server.name, limit_s=round(timeout_s)) from None
        finally:
            withdraw()
            with self._lock:
                self._pending.pop(number, None)

    def notify(self, method: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Let it know something."""
        self._send(notification_line(method, parameters))

    def close(self, *, parting_s: float = PARTING_S) -> None:
        """End it: as the protocol wants first, then by force. Blocks up to 2 × `parting_s`."""
        with suppress(queue.Full):
            self._unsent.put_nowait(None)  # Its input ends, and so does it.
        if not self._child.wait(parting_s):
            self._child.ask_to_end()
            self._child.wait(parting_s)
        self._child.kill()
        self._reader.join()
        self._writer.join()
        self._child.close()

    def _send(self, line: bytes) -> None:
        try:
            self._unsent.put_nowait(line)
        except queue.Full:
            self._end_as_foreign("it reads nothing")

    def _write(self) -> None:
        with suppress(OSError):  # It ended; the reading thread tells of it.
            while (line := self._unsent.get()) is not None:
                self._child.write(line)
        self._child.end_input()

    def _read(self) -> None:
        garbage_lines = unasked_messages = 0
        while line := self._child.read_line(LONGEST_LINE_BYTES):
            if len(line) == LONGEST_LINE_BYTES:
                self._end_as_foreign(f"a line of more than {LONGEST_LINE_BYTES} bytes")
                return
            try:
                for message in read_messages(line):
                    unasked_messages = 0 if isinstance(message, Reply | Refusal) else unasked_messages + 1
                    self._receive(message)
                garbage_lines = 0
            except NotJsonRpc:
                garbage_lines += bool(line.strip())
            if garbage_lines > MOST_GARBAGE_LINES or unasked_messages > MOST_UNASKED_MESSAGES:
                self._end_as_foreign(line[:200].decode("utf-8", "replace").strip())
                return
        self._child.wait(PARTING_S)  # Until its last words are there.
        last_words = "\n".join([words for words in self.error_lines if words.strip()][-LAST_LINES:])
        self._end(ToolServerEnded(self._server.name, last_words, exit_code=self._child.exit_code))

    def _receive(self, message: Message) -> None:
        match message:
            case Reply(number, result):
                self._settle(number, result)
            case Refusal(number, code, text):
                refused = ToolServerRefused(self._server.name, without_keys(text, self._keys), code=code)
                self._settle(number, refused)
            case Request(number, "ping"):
                self._send(reply_line(number, {}))
            case Request(number, method):
                self._send(refusal_line(number, METHOD_NOT_FOUND, f"Method not found: {method}"))
            case Notification("notifications/tools/list_changed"):
                self._tools_changed()
            case Notification():
                pass

    def _settle(self, number: int, outcome: Mapping[str, Any] | Exception) -> None:
        with self._lock:
            answer = self._pending.pop(number, None)
        if answer is None:  # Nobody waits for it any longer.
            return
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)

    def _end_as_foreign(self, detail: str) -> None:
        self._end(ToolServerForeign(self._server.name, without_keys(detail, self._keys)))

    def _end(self, fault: ToolServerEnded | ToolServerForeign) -> None:
        """Take it as ended for this reason, and wake everybody who waits. The first reason counts."""
        with self._lock:
            self._fault = self._fault or fault
            waiting: Iterable[int] = tuple(self._pending)
        self._child.kill()
        for number in waiting:
            self._settle(number, self._fault)
        with suppress(queue.Full):
            self._unsent.put_nowait(None)
