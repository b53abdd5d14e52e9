"""Joins the servers of tools on the page Tools with the database, and with those that run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject

from phidesk.core.changes import ToolsChanged, ToolServerAnswered
from phidesk.core.errors import PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.json_text import TextFault
from phidesk.core.tasks import TaskRunner
from phidesk.core.tool_servers import FoundToolServers, ToolServer, ToolServersFault, read_tool_servers
from phidesk.ui.messages import Notice, NoticeAction, notice_for_error
from phidesk.ui.tools.tool_words import fault_words
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage

MOST_BYTES = 5_000_000
"""Of a file with servers: more than anybody's list."""

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class ServersWiring(QObject):
    """Lives as long as its page, on the main thread."""

    def __init__(self, page: ToolsPage, work: ToolWork, *, tasks: TaskRunner, hub: Hub) -> None:
        super().__init__(page)
        self._page = page
        self._section = page.servers
        self._servers = work.servers
        self._shelf = work.server_shelf
        self._tasks = tasks
        self._hub = hub
        self._known: dict[str, ToolServer] = {}
        self._is_closed = False
        self._unsubscribe = hub.subscribe(ToolServerAnswered, self._on_answered)
        page.shown_changed.connect(self._on_shown_changed)
        self._section.add_requested.connect(self._on_add_requested)
        self._section.enabled_changed.connect(self._on_enabled_changed)
        self._section.remove_requested.connect(self._on_remove_requested)
        self._section.import_chosen.connect(self._on_import_chosen)

    def look(self) -> None:
        """Read the list, and start what is switched on."""
        self._do(self._servers.list(), self._on_read)

    def close(self) -> None:
        """Show nothing any more; the window closes."""
        self._is_closed = True
        self._unsubscribe()

    def _on_shown_changed(self, is_shown: bool) -> None:
        if is_shown:
            self.look()

    def _on_read(self, servers: Sequence[ToolServer]) -> None:
        if self._is_closed:
            return
        self._known = {server.id: server for server in servers}
        self._show()
        self._tasks.run(partial(self._shelf.tools, ()), done=self._on_answered, failed=self._show_failure)

    def _on_answered(self, _answer: object) -> None:
        if not self._is_closed:
            self._show()

    def _show(self) -> None:
        self._section.show_servers([(server, self._shelf.state(server)) for server in self._known.values()])

    def _on_add_requested(self, server: ToolServer) -> None:
        self._do(self._servers.save(server), self._on_changed)

    def _on_enabled_changed(self, server_id: str, is_enabled: bool) -> None:
        server = self._known.get(server_id)
        if server is not None:
            self._do(self._servers.save(replace(server, is_enabled=is_enabled)), self._on_changed)

    def _on_remove_requested(self, server_id: str) -> None:
        server = self._known.get(server_id)
        if server is not None:
            self._do(self._servers.remove(server_id), self._on_changed)
            words = self.tr("{name} is removed.").format(name=server.name)
            self._page.offer_undo(words, partial(self._on_add_requested, server))

    def _on_changed(self, _nothing: object = None) -> None:
        self._hub.publish(ToolsChanged())
        self.look()

    def _on_import_chosen(self, path: Path) -> None:
        self._tasks.run(partial(_read_file, path), done=self._on_file_read, failed=self._on_import_failed)

    def _on_file_read(self, found: FoundToolServers) -> None:
        for server in found.servers:
            self._do(self._servers.save(server), self._on_changed)
        words = [self.tr("The servers of the file are in the list, switched off.")] if found.servers else []
        if found.unusable:
            words.append(self.tr("Not usable: {names}.").format(names=", ".join(found.unusable)))
        self._page.tell(" ".join(words) or self.tr("There are no servers in this file."))

    def _on_import_failed(self, error: Exception) -> None:
        hint = ""
        if isinstance(error, ToolServersFault):
            sentence = self.tr("There are no servers in this file.")
        elif isinstance(error, TextFault):
            sentence, hint = self.tr("This file is not JSON."), fault_words(error)
        elif isinstance(error, OSError | UnicodeError):
            sentence = self.tr("The file cannot be read.")
        else:
            self._show_failure(error)
            return
        close = ((NoticeAction.TRY_AGAIN, self.tr("Close")),)
        self._page.show_notice(Notice(sentence, close, hint=hint, details=repr(error)))

    def _do(self, work: Future[Result], done: Callable[[Result], None]) -> None:
        """Wait for the database, which does everything in the order in which it was told."""
        self._tasks.watch(work, done=done, failed=self._show_failure)

    def _show_failure(self, error: Exception) -> None:
        if self._is_closed:
            return
        if not isinstance(error, PhiDeskError):
            logger.error("a bug on the page of tools", exc_info=error)
            return
        self._page.show_notice(notice_for_error(type(error).__name__, error.facts()))


def _read_file(path: Path) -> FoundToolServers:
    with path.open("rb") as file:
        return read_tool_servers(file.read(MOST_BYTES).decode("utf-8-sig"))
