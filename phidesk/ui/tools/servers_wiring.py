"""Joins the servers of tools on the page Tools with the database, and with those that run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from phidesk.chat.server_book import KeyPlace
from phidesk.core.changes import ToolsChanged, ToolServerAnswered
from phidesk.core.errors import PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.json_text import TextFault
from phidesk.core.tasks import TaskRunner
from phidesk.core.tool_servers import (
    FoundToolServers,
    ToolServer,
    ToolServersFault,
    read_tool_servers,
    write_tool_servers,
)
from phidesk.storage.private_files import make_private_file
from phidesk.ui.messages import Notice, NoticeAction, notice_for_error
from phidesk.ui.tools.tool_words import fault_words
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage
from phidesk.ui.visible_text import visible_line

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
        self._book = work.servers
        self._shelf = work.server_shelf
        self._tasks = tasks
        self._hub = hub
        self._known: dict[str, ToolServer] = {}
        self._has_keyring = False
        self._last_change: Future[Any] | None = None
        self._is_closed = False
        self._unsubscribe = hub.subscribe(ToolServerAnswered, self._on_answered)
        page.shown_changed.connect(self._on_shown_changed)
        self._section.save_requested.connect(self._on_save_requested)
        self._section.enabled_changed.connect(self._on_enabled_changed)
        self._section.remove_requested.connect(self._on_remove_requested)
        self._section.retry_requested.connect(self._on_retry_requested)
        self._section.import_chosen.connect(self._on_import_chosen)
        self._section.export_chosen.connect(self._on_export_chosen)

    def look(self) -> None:
        """Read the list, and start what is switched on."""
        self._do(self._look, self._on_read)

    def close(self) -> None:
        """Show nothing any more; the window closes."""
        self._is_closed = True
        self._unsubscribe()

    def _look(self) -> tuple[list[ToolServer], bool]:
        return self._book.list(), self._book.has_keyring()

    def _on_shown_changed(self, is_shown: bool) -> None:
        if is_shown:
            self.look()

    def _on_read(self, read: tuple[list[ToolServer], bool]) -> None:
        servers, self._has_keyring = read
        self._section.show_keyring(is_there=self._has_keyring)
        self._known = {server.id: server for server in servers}
        self._show()
        self._do(partial(self._shelf.tools, ()), self._on_answered)

    def _on_answered(self, _answer: object) -> None:
        if not self._is_closed:
            self._show()

    def _show(self) -> None:
        self._section.show_servers([(server, self._shelf.state(server)) for server in self._known.values()])

    def _on_save_requested(self, server: ToolServer) -> None:
        self._change(partial(self._save, (server,)), self._on_saved)

    def _save(self, servers: Sequence[ToolServer]) -> set[KeyPlace]:
        """Keep servers as they are now, and let those that run begin anew: a value may have changed."""
        places = set()
        for server in servers:
            kept, place = self._book.save(server)
            self._shelf.let_go(kept)
            places.add(place)
        return places

    def _on_saved(self, places: set[KeyPlace]) -> None:
        if KeyPlace.THIS_RUN in places and self._has_keyring:  # Where there is none, the section says so.
            self._page.tell(
                self.tr(
                    "The safe place of this computer for keys (keyring) did not open: PhiDesk forgets what stands in "
                    "the environment when it is closed."
                )
            )
        self._on_changed()

    def _on_enabled_changed(self, server_id: str, is_enabled: bool) -> None:
        server = self._known.get(server_id)
        if server is not None:
            self._on_save_requested(replace(server, is_enabled=is_enabled))

    def _on_retry_requested(self, server_id: str) -> None:
        server = self._known.get(server_id)
        if server is not None:
            self._change(partial(self._begin_anew, server), self._on_changed)

    def _begin_anew(self, server: ToolServer) -> None:
        self._book.ask_again(server)
        self._shelf.let_go(server)

    def _on_remove_requested(self, server_id: str) -> None:
        server = self._known.get(server_id)
        if server is not None:
            self._change(partial(self._book.remove, server), self._on_removed)

    def _on_removed(self, server: ToolServer) -> None:
        self._on_changed()
        words = self.tr("{name} is removed.").format(name=visible_line(server.name))
        self._page.offer_undo(words, partial(self._on_save_requested, server))

    def _on_changed(self, _nothing: object = None) -> None:
        self._hub.publish(ToolsChanged())
        self.look()

    # Files

    def _on_import_chosen(self, path: Path) -> None:
        self._tasks.run(partial(_read_file, path), done=self._on_file_read, failed=self._on_import_failed)

    def _on_file_read(self, found: FoundToolServers) -> None:
        words = [self.tr("The servers of the file are in the list, switched off.")] if found.servers else []
        if found.unusable:
            words.append(self.tr("Not usable: {names}.").format(names=visible_line(", ".join(found.unusable))))
        self._page.tell(" ".join(words) or self.tr("There are no servers in this file."))
        self._change(partial(self._save, found.servers), self._on_saved)

    def _on_export_chosen(self, path: Path, with_values: bool) -> None:
        self._tasks.run(
            partial(self._write, path, with_values=with_values),
            done=partial(self._on_exported, path, with_values=with_values),
            failed=self._on_export_failed,
        )

    def _write(self, path: Path, *, with_values: bool) -> None:
        servers = self._book.list()
        if with_values:
            servers = [self._book.with_values(server) for server in servers]
            make_private_file(path)
        path.write_text(write_tool_servers(servers), encoding="utf-8")

    def _on_exported(self, path: Path, _nothing: None, *, with_values: bool) -> None:
        words = (
            self.tr("The servers are in {file}, their keys as readable text.")
            if with_values
            else self.tr("The servers are in {file}, without the values of their environment.")
        )
        self._page.tell(words.format(file=path.name))

    def _on_export_failed(self, error: Exception) -> None:
        if isinstance(error, OSError):
            self._show_file_failure(self.tr("The file cannot be written."), error)
        else:
            self._show_failure(error)

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
        self._show_file_failure(sentence, error, hint=hint)

    # Failures

    def _show_file_failure(self, sentence: str, error: Exception, *, hint: str = "") -> None:
        close = ((NoticeAction.TRY_AGAIN, self.tr("Close")),)
        self._page.show_notice(Notice(sentence, close, hint=hint, details=repr(error)))

    def _change(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do as `_do`, after every change that was wished before."""
        previous = self._last_change
        self._last_change = self._do(lambda: _after(previous, work), done)

    def _do(self, work: Callable[[], Result], done: Callable[[Result], None]) -> Future[Result]:
        """Do it in the pool: it may wait for the database, for a server, and for the person to unlock the keyring."""
        return self._tasks.run(work, done=partial(self._unless_closed, done), failed=self._on_failed)

    def _unless_closed(self, receive: Callable[[Result], None], value: Result) -> None:
        if not self._is_closed:
            receive(value)

    def _on_failed(self, error: Exception) -> None:
        """Tell it; a part may have been done all the same."""
        self._show_failure(error)
        if not self._is_closed:
            self._tasks.run(self._look, done=self._on_read)

    def _show_failure(self, error: Exception) -> None:
        if self._is_closed:
            return
        if not isinstance(error, PhiDeskError):
            logger.error("a bug on the page of tools", exc_info=error)
            return
        self._page.show_notice(notice_for_error(type(error).__name__, error.facts()))


def _after(previous: Future[Any] | None, work: Callable[[], Result]) -> Result:
    """Work once another work has ended, however that went; the pool began it before."""
    if previous is not None:
        wait([previous])
    return work()


def _read_file(path: Path) -> FoundToolServers:
    with path.open("rb") as file:
        return read_tool_servers(file.read(MOST_BYTES).decode("utf-8-sig"))
