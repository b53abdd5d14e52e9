"""Asks before a link leaves the program, with the whole address; refuses what is neither a web nor a mail address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from phidesk.richtext.links import LinkKind, LinkTarget, read_link
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.widgets.leading_label import LeadingLabel

WIDTH_PX = 480
_ADDRESS_LINES = 4

OpenAddress = Callable[[str], None]


def open_outside(address: str) -> None:
    """Hand an address to the person's browser or mail program."""
    QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode))


class LinkQuestion(QDialog):
    """Shows where one link leads. `accepted` means that the person wants to go there."""

    def __init__(self, target: LinkTarget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._target = target
        self.setObjectName("linkQuestion")
        self.setWindowTitle(self.tr("Open a link"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH_PX)
        layout = QVBoxLayout(self)
        layout.addWidget(_wrapped(self._question(), "linkSentence"))
        layout.addWidget(self._address_field())
        for number, warning in enumerate(self._warnings()):
            layout.addWidget(_wrapped(warning, f"linkWarning{number}", tone="warning"))
        layout.addWidget(self._buttons())

    def _question(self) -> str:
        if self._target.kind is LinkKind.WEB:
            return self.tr("Open this address in your browser? What you see there comes from the internet.")
        if self._target.kind is LinkKind.MAIL:
            return self.tr("Write to this address with your e-mail program?")
        return self.tr("PhiDesk does not open this: it is neither a web address nor an e-mail address.")

    def _warnings(self) -> list[str]:
        warnings = []
        if self._target.foreign_host:
            words = self.tr(
                "It is written “{letters}”, with letters that may only look like others. It leads to {host}."
            )
            warnings.append(words.format(letters=self._target.foreign_host, host=self._target.host))
        if self._target.has_login:
            words = self.tr("What stands before the @ is not where it leads. It leads to {host}.")
            warnings.append(words.format(host=self._target.host))
        return warnings

    def _address_field(self) -> QPlainTextEdit:
        """Show the address from left to right whatever the window does; it can be selected and is read out."""
        field = QPlainTextEdit(self._target.address)
        field.setObjectName("linkAddress")
        field.setAccessibleName(self.tr("Address"))
        field.setReadOnly(True)
        field.setTabChangesFocus(True)
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        margin = round(field.document().documentMargin()) + field.frameWidth()
        field.setFixedHeight(_ADDRESS_LINES * field.fontMetrics().lineSpacing() + 2 * margin)
        return field

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        copy = buttons.addButton(self.tr("Copy address"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copyAddress")
        copy.clicked.connect(self._on_copy_clicked)
        is_refused = self._target.kind is LinkKind.REFUSED
        leave = QPushButton(self.tr("Close") if is_refused else self.tr("Cancel"))
        leave.setObjectName("leaveLink")
        buttons.addButton(leave, QDialogButtonBox.ButtonRole.RejectRole)
        if not is_refused:
            go = buttons.addButton(self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
            go.setObjectName("openLink")
            go.setProperty("kind", "primary")
        leave.setDefault(True)
        leave.setFocus()
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._target.address)


class LinkAsker(QObject):
    """Asks about the links of a transcript and opens them."""

    def __init__(self, window: QWidget, open_address: OpenAddress = open_outside) -> None:
        super().__init__(window)
        self._window = window
        self._open_address = open_address
        self._asked_about = ""

    def ask(self, address: str) -> None:
        """Show where an address leads; it is opened only if the person wants that."""
        target = read_link(address)
        self._asked_about = target.address
        question = LinkQuestion(target, self._window)
        question.accepted.connect(self._on_accepted)
        question.open()

    def menu_entries(self, place: MenuPlace) -> list[MenuEntry]:
        """Offer what can be done with the link under the mouse."""
        if place.span is None or not place.span.link:
            return []
        link = place.span.link
        return [
            MenuEntry("open_link", self.tr("Open link…"), partial(self.ask, link)),
            MenuEntry("copy_link", self.tr("Copy address"), partial(_copy, link)),
        ]

    def _on_accepted(self) -> None:
        self._open_address(self._asked_about)


def _copy(link: str) -> None:
    QGuiApplication.clipboard().setText(read_link(link).address)


def _wrapped(words: str, name: str, *, tone: str = "") -> QLabel:
    label = LeadingLabel(words)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setProperty("tone", tone)
    return label
