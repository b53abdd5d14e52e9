"""The servers of tools (MCP) on the page Tools: added by a form or from a file, changed, exported, removed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.chat.tool_server_shelf import ServerState
from phidesk.core.tool_servers import ToolServer
from phidesk.ui.models.card_frame import CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.server_card import ServerCard
from phidesk.ui.tools.server_form import ServerForm
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.file_dialogs import choose_file, choose_place
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 12
FILE_FILTER = "*.json"
EXPORT_FILE = "PhiDesk-servers.json"


class ServersSection(QWidget):
    """Knows values and tells wishes."""

    save_requested = Signal(ToolServer)
    """Those of `ServerCard`, and a new one."""
    enabled_changed = Signal(str, bool)
    retry_requested = Signal(str)
    remove_requested = Signal(str)
    """Those of `ServerCard`."""
    import_chosen = Signal(Path)
    """The servers of this file shall be added."""
    export_chosen = Signal(Path, bool)
    """All servers shall be written into this file, with or without the values of their environment."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: dict[str, ServerCard] = {}
        self._is_export_with_values = False
        self.setObjectName("toolServers")
        self._list = QVBoxLayout()
        self._list.setSpacing(_GAP_PX)
        buttons = ButtonRow()
        self._new = buttons.add_button("newServer", self.tr("New server"))
        choose = buttons.add_button("importServers", self.tr("Import servers…"))
        choose.setToolTip(self.tr("A JSON file with “mcpServers”, as other programs have it"))
        self._export = buttons.add_button("exportServers", self.tr("Export servers…"))
        self._export_all = buttons.add_button("exportServersWithKeys", self.tr("Export with keys…"), kind="quiet")
        self._export_all.setToolTip(self.tr("The values of the environment stand readable in the file"))
        self._keys = make_wrapped_label("serversKeys", tone="muted")
        self._form = ServerForm(theme, self.tr("Add"))
        self._new_card = CardFrame(theme)
        self._new_card.set_title(self.tr("New server"))
        self._new_card.lines.addWidget(self._form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Servers of tools"), tip=self.tr("Model Context Protocol (MCP)")))
        layout.addWidget(
            make_wrapped_label(
                "serversWarning",
                self.tr(
                    "A server is a program that brings tools (MCP). It runs with all your rights, and PhiDesk's "
                    "offline rule does not hold for it: it may use the internet. Switch on only what you trust."
                ),
                tone="muted",
            )
        )
        layout.addWidget(self._keys)
        layout.addWidget(buttons)
        layout.addWidget(self._new_card)
        layout.addLayout(self._list)
        for part in (self._keys, self._new_card, self._export, self._export_all):
            part.hide()
        self._new.clicked.connect(self._on_new_clicked)
        choose.clicked.connect(self._on_import_clicked)
        self._export.clicked.connect(partial(self._choose_export, with_values=False))
        self._export_all.clicked.connect(partial(self._choose_export, with_values=True))
        self._form.entered.connect(self._on_entered)
        self._form.cancelled.connect(self._close_form)

    def show_keyring(self, *, is_there: bool) -> None:
        """Say where the values of the environment are kept."""
        words = (
            self.tr("What stands in the environment of servers is kept in the safe place of this computer (keyring).")
            if is_there
            else self.tr(
                "This computer has no safe place for keys (keyring) that can be used, so PhiDesk forgets what stands "
                "in the environment of servers when it is closed."
            )
        )
        self._keys.setText(words)
        self._keys.show()

    def show_servers(self, shown: Sequence[tuple[ToolServer, ServerState]]) -> None:
        """Show these. Cards stay the same widgets, so the focus stays."""
        wanted = [server.id for server, _ in shown]
        for server_id in [server_id for server_id in self._cards if server_id not in wanted]:
            self._drop_card(server_id)
        for place, (server, state) in enumerate(shown):
            card = self._cards.get(server.id) or self._make_card(server.id)
            card.show_server(server, state)
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        self._export.setVisible(bool(shown))
        self._export_all.setVisible(any(server.environment for server, _ in shown))
        order_tabs_by_layout(self)

    def _make_card(self, server_id: str) -> ServerCard:
        card = self._cards[server_id] = ServerCard(self._theme, server_id)
        card.enabled_changed.connect(self.enabled_changed)
        card.save_requested.connect(self.save_requested)
        card.retry_requested.connect(self.retry_requested)
        card.remove_requested.connect(self.remove_requested)
        return card

    def _drop_card(self, server_id: str) -> None:
        card = self._cards.pop(server_id)
        if is_keyboard_at(card):
            move_keyboard_to(self._new)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _on_new_clicked(self) -> None:
        self._new_card.show()
        self._form.begin()

    def _on_entered(self, server: ToolServer) -> None:
        self._close_form()
        self.save_requested.emit(server)

    def _close_form(self) -> None:
        move_keyboard_to(self._new)
        self._new_card.hide()

    def _choose_export(self, *, with_values: bool) -> None:
        self._is_export_with_values = with_values
        title = self.tr("Where the file should be")
        choose_place(self, "exportServersDialog", title, self._on_export_selected, file_name=EXPORT_FILE)

    def _on_export_selected(self, path: str) -> None:
        self.export_chosen.emit(Path(path), self._is_export_with_values)

    def _on_import_clicked(self) -> None:
        title, kind = self.tr("Import servers"), self.tr("Servers ({pattern})").format(pattern=FILE_FILTER)
        choose_file(self, "importServersDialog", title, self._on_import_selected, name_filter=kind)

    def _on_import_selected(self, path: str) -> None:
        self.import_chosen.emit(Path(path))
