"""Joins the section about servers with the services: wishes become work, facts become what is seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from phidesk.chat.server_book import KeyPlace, ServerBook
from phidesk.core.changes import ServersChanged
from phidesk.core.errors import PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.servers import Server
from phidesk.core.tasks import Cancellation, TaskRunner
from phidesk.engine.openai.probe import ServerFacts
from phidesk.ui.messages import Notice, NoticeAction, notice_for_error
from phidesk.ui.servers.server_words import facts_text, key_place_text
from phidesk.ui.servers.servers_section import ServersSection
from phidesk.ui.widgets.state_line import StateTone

logger = logging.getLogger(__name__)


class ServersWiring(QObject):
    """Lives as long as its section, on the main thread."""

    def __init__(self, section: ServersSection, book: ServerBook, *, tasks: TaskRunner, hub: Hub) -> None:
        super().__init__(section)
        self._section = section
        self._book = book
        self._tasks = tasks
        self._closing = Cancellation()
        self._wanted_key = ""
        self._is_listed = False
        self._connect(hub)
        self._list()

    def enter_key(self, address: str) -> None:
        """Open the place where the key of this server is entered, as soon as the servers are known."""
        self._wanted_key = address
        if self._is_listed:
            self._open_key_form()

    def close(self) -> None:
        """Listen to nothing any more; the section is not shown again."""
        self._closing.cancel()

    def _connect(self, hub: Hub) -> None:
        self._closing.on_cancel(hub.subscribe(ServersChanged, self._on_servers_changed))
        self._section.add_requested.connect(self._on_add_requested)
        self._section.test_requested.connect(self._on_test_requested)
        self._section.key_entered.connect(self._on_key_entered)
        self._section.rename_requested.connect(self._on_rename_requested)
        self._section.remove_requested.connect(self._on_remove_requested)

    # Facts

    def _on_servers_changed(self, _change: ServersChanged) -> None:
        self._list()

    def _list(self) -> None:
        self._run(self._book.list, self._on_listed, self._show_form_failure)

    def _on_listed(self, servers: list[Server]) -> None:
        self._section.show_servers(servers)
        self._is_listed = True
        self._open_key_form()

    def _open_key_form(self) -> None:
        address, self._wanted_key = self._wanted_key, ""
        if address:
            self._section.enter_key(address)

    # Wishes

    def _on_add_requested(self, address: str, key: str) -> None:
        self._run(partial(self._book.add, address, key=key), self._on_added, self._show_form_failure)

    def _on_added(self, added: tuple[Server, KeyPlace]) -> None:
        server, place = added
        self._section.clear_form()
        self._run(self._book.list, partial(self._on_listed_with, server, place), self._show_form_failure)

    def _on_listed_with(self, server: Server, place: KeyPlace, servers: list[Server]) -> None:
        self._on_listed(servers)
        self._on_key_kept(server, place)

    def _on_test_requested(self, server: Server) -> None:
        if card := self._section.card(server):
            card.show_state(self.tr("Asking the server…"), StateTone.WAITING)
            self._run(
                partial(self._book.test, server), partial(self._on_tested, server), partial(self._show_failure, server)
            )

    def _on_tested(self, server: Server, facts: ServerFacts) -> None:
        if card := self._section.card(server):
            tone = StateTone.READY if facts.models else StateTone.PROBLEM
            card.show_state(facts_text(facts), tone)

    def _on_key_entered(self, server: Server, key: str) -> None:
        done, failed = partial(self._on_key_kept, server), partial(self._show_failure, server)
        self._run(partial(self._book.set_key, server, key), done, failed)

    def _on_key_kept(self, server: Server, place: KeyPlace) -> None:
        if card := self._section.card(server):
            card.show_key_place(key_place_text(place))
            self._on_test_requested(server)

    def _on_rename_requested(self, server: Server, name: str) -> None:
        self._run(partial(self._book.rename, server, name), None, partial(self._show_failure, server))

    def _on_remove_requested(self, server: Server) -> None:
        self._run(partial(self._book.remove, server), None, partial(self._show_remove_failure, server))

    # Failures

    def _run(
        self,
        work: Callable[[], object],
        done: Callable[..., None] | None,
        failed: Callable[[Notice], None],
    ) -> None:
        """Run work in the pool; what goes wrong is told where the wish was made."""
        self._tasks.run(
            work,
            done=None if done is None else partial(self._unless_closed, done),
            failed=partial(self._on_failed, failed),
        )

    def _unless_closed(self, receive: Callable[..., None], value: object) -> None:
        if not self._closing.is_cancelled:
            receive(value)

    def _on_failed(self, show: Callable[[Notice], None], error: Exception) -> None:
        if self._closing.is_cancelled:
            return
        if not isinstance(error, PhiDeskError):
            logger.error("a bug in the list of servers", exc_info=error)
            return
        show(notice_for_error(type(error).__name__, error.facts()))

    def _show_form_failure(self, notice: Notice) -> None:
        self._section.show_form_notice(notice)

    def _show_failure(self, server: Server, notice: Notice) -> None:
        if card := self._section.card(server):
            card.show_notice(self._mendable_here(notice))

    def _show_remove_failure(self, server: Server, notice: Notice) -> None:
        """A server whose key could not be taken out of the keyring is gone: that is told below the list."""
        self._run(self._book.list, partial(self._on_listed_after_failure, server, notice), self._show_form_failure)

    def _on_listed_after_failure(self, server: Server, notice: Notice, servers: list[Server]) -> None:
        self._on_listed(servers)
        if self._section.card(server) is not None:
            self._show_failure(server, notice)
        else:
            self._section.show_form_notice(replace(notice, choices=notice.choices[1:]))

    def _mendable_here(self, notice: Notice) -> Notice:
        """Here nobody chooses another engine: one tests again, or enters the key."""
        if notice.action is NoticeAction.ENTER_KEY:
            return notice
        return notice.with_first(NoticeAction.TRY_AGAIN, self.tr("Test again"))
