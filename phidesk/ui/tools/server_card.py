"""One server of tools in the list: what it runs, whether it is on, and how it is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from phidesk.chat.tool_server_shelf import ServerState
from phidesk.core.tool_servers import ToolServer
from phidesk.ui.messages import notice_for_error
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.tool_words import CountedToolWords
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class ServerCard(CardFrame):
    """Shows all but the environment, which may hold keys."""

    enabled_changed = Signal(str, bool)
    remove_requested = Signal(str)
    """Both carry the id of the server."""

    def __init__(self, theme: Theme, server_id: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._server_id = server_id
        self.setObjectName("serverCard")
        self._command = make_wrapped_label("serverCommand", tone="muted", step="small")
        self._state = make_wrapped_label("serverState")
        self._enabled = CheckLine(theme, self.tr("On"))
        self._enabled.setObjectName("serverEnabled")
        self.title_row.addWidget(self._enabled)
        buttons = ButtonRow()
        self._remove = buttons.add_button("removeServer", self.tr("Remove"), kind="quiet")
        self.lines.addWidget(self._command)
        self.lines.addWidget(self._state)
        self.lines.addSpacing(BUTTON_GAP_PX)
        self.lines.addWidget(buttons)
        self._enabled.clicked.connect(self._on_enabled_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)

    def show_server(self, server: ToolServer, state: ServerState) -> None:
        """Show a server as it is now. Emits nothing."""
        self.set_title(server.name)
        self._command.setText(" ".join(server.command))
        self._enabled.setChecked(server.is_enabled)
        self._enabled.setAccessibleName(self.tr("Run {name}").format(name=server.name))
        self._remove.setAccessibleName(self.tr("Remove {name}").format(name=server.name))
        self._state.setText(self._state_words(server, state))
        self._state.setToolTip(state.fault.detail if server.is_enabled and state.fault is not None else "")

    def _state_words(self, server: ToolServer, state: ServerState) -> str:
        if not server.is_enabled:
            return self.tr("Off")
        if state.fault is not None:
            reason = notice_for_error(type(state.fault).__name__, state.fault.facts()).sentence
            return self.tr("Cannot start: {reason}").format(reason=reason)
        if state.tool_count is None:
            return self.tr("Starting…")
        return CountedToolWords().offered(state.tool_count)

    def _on_enabled_clicked(self, is_enabled: bool) -> None:
        self.enabled_changed.emit(self._server_id, is_enabled)

    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self._server_id)
