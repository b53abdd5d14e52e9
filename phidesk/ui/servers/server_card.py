"""One server that was added: what it is, and everything that can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from phidesk.core.servers import Server
from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.servers.line_form import LineForm, make_key_field
from phidesk.ui.servers.server_words import server_name, warning_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.line_field import LineField
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine, StateTone
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class ServerCard(CardFrame):
    """Knows one server and never its key. Removing asks once more, in place."""

    test_requested = Signal(object)
    """Carries the `Server`."""
    key_entered = Signal(object, str)
    """Carries the `Server` and its new key, which is shown nowhere; empty takes the old one away."""
    rename_requested = Signal(object, str)
    """Carries the `Server` and its new name."""
    remove_requested = Signal(object)
    """The person was asked and is sure. Carries the `Server`."""

    def __init__(self, theme: Theme, server: Server, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._server = server
        self.setObjectName("serverCard")
        self._address = make_wrapped_label("serverAddress", tone="muted")
        self._warning = make_wrapped_label("serverWarning", tone="warning")
        self._state = StateLine(theme)
        self._state.setObjectName("serverState")
        self._key_place = make_wrapped_label("serverKeyPlace", tone="muted")
        self._notice = NoticeCard(theme)
        self._buttons = ButtonRow()
        self._test = self._buttons.add_button("testServer", self.tr("Test"))
        self._key = self._buttons.add_button("enterKey", self.tr("Enter the key"), kind="quiet")
        self._rename = self._buttons.add_button("renameServer", self.tr("Rename"), kind="quiet")
        self._remove = self._buttons.add_button("removeServer", self.tr("Remove…"), kind="quiet")
        self._key_form = LineForm(make_key_field("serverKey", self.tr("New key; empty for none")), self.tr("Keep"))
        self._name_form = LineForm(_make_name_field(self.tr("Name of the server")), self.tr("Rename"))
        self._question = make_wrapped_label("removeQuestion")
        self._sure = ButtonRow()
        self._yes = self._sure.add_button("removeNow", self.tr("Remove"), kind="primary")
        self._no = self._sure.add_button("keepServer", self.tr("Keep"))
        self._lay_out()
        self._connect()
        self.show_server(server)

    @property
    def server(self) -> Server:
        """What is shown."""
        return self._server

    def show_server(self, server: Server) -> None:
        """Show this server; what a test found stays. Emits nothing."""
        self._server = server
        self.set_title(server_name(server))
        self._address.setText(server.address)
        self._warning.setText(warning_text(server.address))
        self._warning.setVisible(bool(self._warning.text()))
        self._question.setText(
            self.tr("Remove {server}? Its key is forgotten too. Your conversations stay.").format(server=self.title)
        )
        self._test.setAccessibleName(self.tr("Test {server}").format(server=self.title))

    def show_state(self, text: str, tone: StateTone) -> None:
        """Say how a test ended, or that it runs. The button stays enabled: a disabled one would lose the focus."""
        if is_keyboard_at(self._notice):
            move_keyboard_to(self._test)
        self._notice.clear()
        self._state.show_state(text, tone)
        self._state.show()

    def show_notice(self, notice: Notice) -> None:
        """Tell what went wrong; the button of the card tests again, or opens the field of the key."""
        self._state.hide()
        self._notice.show_notice(notice)

    def show_key_place(self, text: str) -> None:
        """Say where the key is kept; empty says nothing."""
        self._key_place.setText(text)
        self._key_place.setVisible(bool(text))

    def open_key_form(self) -> None:
        """Let the person enter a key."""
        self._key_form.open()
        self._fold(self._key_form)

    def _lay_out(self) -> None:
        told = (self._address, self._warning, self._state, self._key_place, self._notice)
        used = (self._buttons, self._key_form, self._name_form, self._question, self._sure)
        for part in told:
            self.lines.addWidget(part)
        self.lines.addSpacing(BUTTON_GAP_PX)
        for control in used:
            self.lines.addWidget(control)
        for hidden in (self._state, self._key_place, self._question, self._sure):
            hidden.hide()

    def _connect(self) -> None:
        self._test.clicked.connect(self._on_test_clicked)
        self._key.clicked.connect(self.open_key_form)
        self._rename.clicked.connect(self._on_rename_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._yes.clicked.connect(self._on_yes_clicked)
        self._no.clicked.connect(self._on_no_clicked)
        self._key_form.entered.connect(self._on_key_entered)
        self._key_form.left.connect(self._on_form_left)
        self._name_form.entered.connect(self._on_name_entered)
        self._name_form.left.connect(self._on_form_left)
        self._notice.action_requested.connect(self._on_notice_action_requested)

    def _fold(self, shown: QWidget) -> None:
        """Show one of the parts that stand in for each other, and no other. The keyboard is in it already."""
        self._question.setVisible(shown is self._sure)
        for part in (self._buttons, self._key_form, self._name_form, self._sure):
            part.setVisible(part is shown)

    def _unfold(self, keyboard: QWidget) -> None:
        """Show the buttons again, with the keyboard at this one."""
        self._buttons.show()
        move_keyboard_to(keyboard)
        self._fold(self._buttons)

    def _on_test_clicked(self) -> None:
        is_running = not self._state.isHidden() and self._state.tone is StateTone.WAITING
        if not is_running:
            self.test_requested.emit(self._server)

    def _on_rename_clicked(self) -> None:
        self._name_form.open(self._server.name)
        self._fold(self._name_form)

    def _on_remove_clicked(self) -> None:
        self._sure.show()
        move_keyboard_to(self._no)
        self._fold(self._sure)

    def _on_yes_clicked(self) -> None:
        self._unfold(self._remove)
        self.remove_requested.emit(self._server)

    def _on_no_clicked(self) -> None:
        self._unfold(self._remove)

    def _on_key_entered(self, key: str) -> None:
        self.key_entered.emit(self._server, key)

    def _on_name_entered(self, name: str) -> None:
        self.rename_requested.emit(self._server, name)

    def _on_form_left(self) -> None:
        self._unfold(self._test)

    def _on_notice_action_requested(self, action: NoticeAction) -> None:
        if action is NoticeAction.ENTER_KEY:
            self.open_key_form()
        else:
            self.test_requested.emit(self._server)


def _make_name_field(words: str) -> LineField:
    field = LineField()
    field.setObjectName("serverName")
    field.setPlaceholderText(words)
    field.setAccessibleName(words)
    return field
