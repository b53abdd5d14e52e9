"""Which address a tool asks, and how."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from phidesk.core.servers import is_public_http
from phidesk.core.tool_spec import (
    AddressAction,
    ToolAction,
    action_mistake,
)
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.naming_part import NamingPart
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_WITHOUT_BODY = ("GET", "DELETE")


class AddressPart(NamingPart):
    """Address, method and header lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._method = MenuButton(theme)
        self._method.setObjectName("addressMethod")
        for method in METHODS:
            self._method.menu().addAction(method).triggered.connect(partial(self._on_method, method))
        self.lines.addWidget(self._method, 0, Qt.AlignmentFlag.AlignLeading)
        self._url = self.add_line("addressUrl", "https://box.local/weather?town={town}", self._on_edited)
        self._url.setAccessibleName(self.tr("Address"))
        self._warning = make_wrapped_label("addressWarning", tone="warning")
        self.lines.addWidget(self._warning)
        self._headers = self.add_text(
            "addressHeaders", self.tr("Header lines, such as Accept: text/plain"), self._on_changed, fewest_lines=1
        )
        self._hint = self.add_hint("")
        self.add_naming()

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, AddressAction):
            self._url.setText(does.url)
            self.fill(self._headers, "\n".join(f"{name}: {value}" for name, value in does.headers))
            self._show_method(does.method)
            self._show_warning()
            self.show_unknown()

    @override
    def field(self) -> QLineEdit:
        return self._url

    def _show_method(self, method: str) -> None:
        self._method.setText(method)
        self._method.setAccessibleName(self.tr("Method: {method}").format(method=method))
        behind = self.tr("Inputs that the address does not name are put behind it.")
        within = self.tr("Inputs that the address does not name are sent as JSON.")
        once, always = self.tr("You are asked before the first time."), self.tr("You are asked each time.")
        self._hint.setText(f"{behind if method in _WITHOUT_BODY else within} {once if method == 'GET' else always}")

    def _show_warning(self) -> None:
        url = self._url.text()
        is_open = action_mistake(AddressAction(url)) is None and is_public_http(url)
        self._warning.setText(
            self.tr("This address lies in the internet and is not encrypted: others can read along.") if is_open else ""
        )
        self._warning.setVisible(is_open)

    def _on_changed(self) -> None:
        lines = [line for line in self._headers.toPlainText().split("\n") if line.strip()]
        headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
        self._show_warning()
        self.change(AddressAction(self._url.text().strip(), self._method.text(), headers))

    def _on_edited(self, _url: str) -> None:
        self._on_changed()

    def _on_method(self, method: str) -> None:
        self._show_method(method)
        self._on_changed()
