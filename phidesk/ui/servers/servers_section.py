"""The part of the page Models about servers at an address: what was added, and how to add one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.errors import AddressUnusable
from phidesk.core.servers import Server, normalised_address
from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.servers.line_form import make_key_field
from phidesk.ui.servers.server_card import ServerCard
from phidesk.ui.servers.server_words import warning_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.line_field import LineField
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 12


class ServersSection(QWidget):
    """Knows servers and tells wishes; what they do is the wiring's affair."""

    add_requested = Signal(str, str)
    """Carries the address as it was typed, and the key (empty for none)."""
    test_requested = Signal(object)
    key_entered = Signal(object, str)
    rename_requested = Signal(object, str)
    remove_requested = Signal(object)
    """The last four are those of `ServerCard`."""
    attention_wanted = Signal(QWidget)
    """This part of the section was opened and should be seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: dict[str, ServerCard] = {}
        self.setObjectName("serversSection")
        self._title = make_section_title(
            self.tr("Servers at an address"), tip=self.tr("Servers that speak the OpenAI protocol")
        )
        self._explanation = make_wrapped_label(
            "serversExplanation",
            self.tr(
                "A model can also run on another computer that you trust. PhiDesk sends it the whole conversation, and "
                "only where you chose one of its models."
            ),
            tone="muted",
        )
        self._explanation.setToolTip(self.tr("llama-server, vLLM, transformers serve, LM Studio, Ollama elsewhere"))
        self._list = QVBoxLayout()
        self._list.setSpacing(_GAP_PX)
        self._form = CardFrame(theme)
        self._form.setObjectName("serverForm")
        self._form.set_title(self.tr("Add a server"))
        self._address = LineField()
        self._address.setObjectName("newServerAddress")
        self._address.setPlaceholderText(self.tr("Address, for example 192.168.1.5:8000"))
        self._address.setAccessibleName(self.tr("Address of the server"))
        self._key = make_key_field("newServerKey", self.tr("Key, if it needs one"))
        self._warning = make_wrapped_label("newServerWarning", tone="warning")
        self._notice = NoticeCard(theme)
        self._buttons = ButtonRow()
        self._add = self._buttons.add_button("addServer", self.tr("Add"))
        self._lay_out()
        self._connect()
        self._on_address_changed()

    def show_servers(self, servers: Sequence[Server]) -> None:
        """Show these. Cards stay the same widgets, so focus and what a test found stay. Emits nothing."""
        wanted = {server.id: server for server in servers}
        for server_id in [server_id for server_id in self._cards if server_id not in wanted]:
            card = self._cards.pop(server_id)
            if is_keyboard_at(card):
                move_keyboard_to(self._address)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for server_id, server in wanted.items():
            if server_id not in self._cards:
                self._cards[server_id] = self._make_card(server)
            self._cards[server_id].show_server(server)
        order_tabs_by_layout(self)

    def card(self, server: Server) -> ServerCard | None:
        """Return the card of a server; None where it is not (or no longer) in the list."""
        return self._cards.get(server.id)

    def clear_form(self) -> None:
        """What was typed is kept now."""
        self._notice.clear()
        self._address.clear()
        self._key.clear()
        self._add.setEnabled(False)

    def show_form_notice(self, notice: Notice) -> None:
        """Tell why a server was not added; what was typed stays."""
        self._notice.show_notice(notice)
        self._on_address_changed()

    def enter_key(self, address: str) -> None:
        """Open the field of this server's key; of one that is not in the list, the form."""
        card = next((card for card in self._cards.values() if _is_same(card.server.address, address)), None)
        if card is not None:
            card.open_key_form()
            self.attention_wanted.emit(card)
            return
        self._address.setText(address)
        move_keyboard_to(self._key)
        self.attention_wanted.emit(self._form)

    def _lay_out(self) -> None:
        for part in (self._address, self._key, self._warning, self._notice):
            self._form.lines.addWidget(part)
        self._form.lines.addSpacing(BUTTON_GAP_PX)
        self._form.lines.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._title)
        layout.addWidget(self._explanation)
        layout.addLayout(self._list)
        layout.addWidget(self._form)

    def _connect(self) -> None:
        self._address.textChanged.connect(self._on_address_changed)
        self._address.returnPressed.connect(self._on_add_clicked)
        self._key.returnPressed.connect(self._on_add_clicked)
        self._add.clicked.connect(self._on_add_clicked)
        self._notice.action_requested.connect(self._on_notice_action_requested)

    def _make_card(self, server: Server) -> ServerCard:
        card = ServerCard(self._theme, server)
        card.test_requested.connect(self.test_requested)
        card.key_entered.connect(self.key_entered)
        card.rename_requested.connect(self.rename_requested)
        card.remove_requested.connect(self.remove_requested)
        self._list.addWidget(card)
        return card

    def _on_address_changed(self) -> None:
        """Warn while it is typed, before anything is sent."""
        typed = self._address.text()
        self._add.setEnabled(bool(typed.strip()))
        try:
            warning = warning_text(normalised_address(typed))
        except AddressUnusable:
            warning = ""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))

    def _on_add_clicked(self) -> None:
        if self._add.isEnabled():
            if is_keyboard_at(self._add) or is_keyboard_at(self._notice):
                move_keyboard_to(self._address)
            self._notice.clear()
            self._add.setEnabled(False)
            self.add_requested.emit(self._address.text(), self._key.text())

    def _on_notice_action_requested(self, action: NoticeAction) -> None:
        if action is NoticeAction.ENTER_KEY:
            move_keyboard_to(self._key)
            self._notice.clear()
        else:
            self._on_add_clicked()


def _is_same(address: str, other: str) -> bool:
    try:
        return address == normalised_address(other)
    except AddressUnusable:
        return False
