"""One server of tools in the list: what it runs, whether it is on, how it is, and the form in which it is changed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from phidesk.chat.tool_server_shelf import ServerState
from phidesk.core.tool_servers import ToolServer
from phidesk.ui.messages import Notice, NoticeAction, notice_for_error
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.server_form import ServerForm
from phidesk.ui.tools.tool_words import CountedToolWords
from phidesk.ui.visible_text import visible_line
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class ServerCard(CardFrame):
    """Shows all but the values of the environment, which may be keys."""

    enabled_changed = Signal(str, bool)
    save_requested = Signal(ToolServer)
    """The server shall be as it was typed."""
    retry_requested = Signal(str)
    remove_requested = Signal(str)
    """All others carry the id of the server."""

    def __init__(self, theme: Theme, server_id: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._server_id = server_id
        self._server: ToolServer | None = None
        self.setObjectName("serverCard")
        self._command = make_wrapped_label("serverCommand", tone="muted", step="small")
        self._environment = make_wrapped_label("serverNames", tone="muted", step="small")
        self._state = make_wrapped_label("serverState")
        self._fault = NoticeCard(theme)
        self._enabled = CheckLine(theme, self.tr("On"))
        self._enabled.setObjectName("serverEnabled")
        self._buttons = ButtonRow()
        self._change = self._buttons.add_button("changeServer", self.tr("Change"))
        self._remove = self._buttons.add_button("removeServer", self.tr("Remove"), kind="quiet")
        self._form = ServerForm(theme, self.tr("Save"))
        self.title_row.addWidget(self._enabled)
        for line in (self._command, self._environment, self._state, self._fault):
            self.lines.addWidget(line)
        self.lines.addSpacing(BUTTON_GAP_PX)
        for used in (self._buttons, self._form):
            self.lines.addWidget(used)
        self._form.hide()
        self._connect()

    def show_server(self, server: ToolServer, state: ServerState) -> None:
        """Show a server as it is now, whoever wrote its file. What is typed in the form stays. Emits nothing."""
        self._server = server
        name = visible_line(server.name)
        self.set_title(name)
        self._command.setText(visible_line(" ".join(server.command)))
        names = visible_line(", ".join(name for name, _ in server.environment))
        is_readable = any(value for _, value in server.environment)
        words = (
            self.tr("Environment, kept as readable text by an earlier version: {names}")
            if is_readable
            else self.tr("Environment: {names}")
        )
        self._environment.setText(words.format(names=names))
        self._environment.setVisible(bool(names))
        self._enabled.setChecked(server.is_enabled)
        self._enabled.setAccessibleName(self.tr("Run {name}").format(name=name))
        self._change.setAccessibleName(self.tr("Change {name}").format(name=name))
        self._remove.setAccessibleName(self.tr("Remove {name}").format(name=name))
        fault = state.fault or state.call_fault if server.is_enabled else None
        self._show_fault(notice_for_error(type(fault).__name__, fault.facts()) if fault is not None else None)
        self._state.setText(self._state_words(server, state))
        self._state.setVisible(not server.is_enabled or state.fault is None)

    def _state_words(self, server: ToolServer, state: ServerState) -> str:
        if not server.is_enabled:
            return self.tr("Off")
        if state.tools is None:
            return self.tr("Starting…")
        return CountedToolWords().offered(len(state.tools))

    def _show_fault(self, notice: Notice | None) -> None:
        """Show why it has no tools, or why one broke. What is shown already is not told again, details stay open."""
        if notice is None:
            if is_keyboard_at(self._fault):
                move_keyboard_to(self._change)
            self._fault.clear()
        elif notice != self._fault.notice:
            self._fault.show_notice(notice)

    def _connect(self) -> None:
        self._enabled.clicked.connect(self._on_enabled_clicked)
        self._change.clicked.connect(self._on_change_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._fault.action_requested.connect(self._on_notice_action_requested)
        self._form.entered.connect(self._on_form_entered)
        self._form.cancelled.connect(self._close_form)

    def _on_enabled_clicked(self, is_enabled: bool) -> None:
        self.enabled_changed.emit(self._server_id, is_enabled)

    def _on_change_clicked(self) -> None:
        if self._server is not None:
            self._form.begin(self._server)
            self._buttons.hide()

    def _close_form(self) -> None:
        self._buttons.show()
        move_keyboard_to(self._change)
        self._form.hide()

    def _on_form_entered(self, server: ToolServer) -> None:
        self._close_form()
        self.save_requested.emit(server)

    def _on_notice_action_requested(self, action: NoticeAction) -> None:
        if action is NoticeAction.ENTER_KEY:
            self._on_change_clicked()
        else:
            self.retry_requested.emit(self._server_id)

    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self._server_id)
