"""The servers of tools (MCP) on the page Tools: added by a form or from a file, switched on and off, removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.chat.tool_server_shelf import ServerState
from phidesk.core.tool_servers import ToolServer
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.server_card import ServerCard
from phidesk.ui.tools.server_form import ServerForm
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.file_dialogs import choose_file
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 12
FILE_FILTER = "*.json"


class ServersSection(QWidget):
    """Knows values and tells wishes."""

    add_requested = Signal(ToolServer)
    enabled_changed = Signal(str, bool)
    remove_requested = Signal(str)
    """Those of `ServerCard`."""
    import_chosen = Signal(Path)
    """The servers of this file shall be added."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: dict[str, ServerCard] = {}
        self.setObjectName("toolServers")
        self._list = QVBoxLayout()
        self._list.setSpacing(_GAP_PX)
        buttons = ButtonRow()
        self._new = buttons.add_button("newServer", self.tr("New server"))
        choose = buttons.add_button("importServers", self.tr("Import servers…"))
        choose.setToolTip(self.tr("A JSON file with “mcpServers”, as other programs have it"))
        self._form = ServerForm(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Servers of tools"), tip=self.tr("Model Context Protocol (MCP)")))
        layout.addWidget(
            make_wrapped_label(
                "serversWarning",
                self.tr(
                    "A server is a program that brings tools (MCP). It runs with all your rights, and PhiDesk's "
                    "offline rule does not hold for it: it may use the internet. Switch on only what you trust. "
                    "Its environment is kept as readable text on this computer, keys too."
                ),
                tone="muted",
            )
        )
        layout.addWidget(buttons)
        layout.addWidget(self._form)
        layout.addLayout(self._list)
        self._form.hide()
        self._new.clicked.connect(self._form.begin)
        choose.clicked.connect(self._on_import_clicked)
        self._form.added.connect(self._on_added)
        self._form.cancelled.connect(self._close_form)

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
        order_tabs_by_layout(self)

    def _make_card(self, server_id: str) -> ServerCard:
        card = self._cards[server_id] = ServerCard(self._theme, server_id)
        card.enabled_changed.connect(self.enabled_changed)
        card.remove_requested.connect(self.remove_requested)
        return card

    def _drop_card(self, server_id: str) -> None:
        card = self._cards.pop(server_id)
        if is_keyboard_at(card):
            move_keyboard_to(self._new)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _on_added(self, server: ToolServer) -> None:
        self._close_form()
        self.add_requested.emit(server)

    def _close_form(self) -> None:
        move_keyboard_to(self._new)
        self._form.hide()

    def _on_import_clicked(self) -> None:
        title, kind = self.tr("Import servers"), self.tr("Servers ({pattern})").format(pattern=FILE_FILTER)
        choose_file(self, "importServersDialog", title, self._on_import_selected, name_filter=kind)

    def _on_import_selected(self, path: str) -> None:
        self.import_chosen.emit(Path(path))
