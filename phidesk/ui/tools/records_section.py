"""What tools may do without asking, each to be taken back, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from phidesk.core.permissions import Allowance, LoggedCall, Permission
from phidesk.core.tools import ToolOutcome
from phidesk.ui.figures import line_of, moment_text
from phidesk.ui.tool_titles import tool_title
from phidesk.ui.visible_text import visible_line
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.plain_button import make_button
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

translate = QCoreApplication.translate

_GAP_PX, _SECTION_GAP_PX = 8, 28
_LONGEST = 160
"""Characters of arguments and results in the log; the answer's card has all of them."""


class RecordsSection(QWidget):
    """Knows values only; each part says so where it is empty."""

    revoke_requested = Signal(str)
    """A permission shall be forgotten. Carries its id."""
    clear_requested = Signal()
    """What tools did shall be forgotten."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolRecords")
        self._permissions, self._calls = QVBoxLayout(), QVBoxLayout()
        self._none_allowed = make_wrapped_label(
            "noPermissions", self.tr("Nothing: you are asked each time."), tone="muted"
        )
        self._none_called = make_wrapped_label("noCalls", self.tr("No tool was used yet."), tone="muted")
        self._clear = make_button("clearToolLog", self.tr("Forget these"), kind="quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        self._allowed_title = make_section_title(self.tr("Allowed and forbidden"))
        layout.addWidget(self._allowed_title)
        layout.addWidget(self._none_allowed)
        layout.addLayout(self._permissions)
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(make_section_title(self.tr("What tools did")))
        layout.addWidget(self._none_called)
        layout.addLayout(self._calls)
        layout.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignLeading)
        self._clear.clicked.connect(self.clear_requested)
        self.show_permissions(())
        self.show_calls(())

    def show_permissions(self, permissions: Sequence[Permission]) -> None:
        """Show these instead of any others."""
        had_keyboard = is_keyboard_at(self)
        _empty(self._permissions)
        for permission in permissions:
            self._permissions.addWidget(self._make_permission(permission))
        self._none_allowed.setVisible(not permissions)
        if had_keyboard:
            buttons = self.findChildren(QPushButton, "revokePermission")
            move_keyboard_to(buttons[-1] if permissions else self._clear)

    def show_calls(self, calls: Sequence[LoggedCall]) -> None:
        """Show these instead of any others."""
        _empty(self._calls)
        for call in calls:
            self._calls.addWidget(_make_call(call))
        self._none_called.setVisible(not calls)
        self._clear.setVisible(bool(calls))

    def _make_permission(self, permission: Permission) -> QWidget:
        words = self._permission_words(permission)
        button = make_button("revokePermission", self.tr("Take back"), kind="quiet")
        button.setAccessibleName(self.tr("Take back: {permission}").format(permission=words))
        button.clicked.connect(partial(self.revoke_requested.emit, permission.id))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(make_wrapped_label("permissionWords", words), 1)
        line.addWidget(button)
        return row

    def _permission_words(self, permission: Permission) -> str:
        here, anywhere = {
            Allowance.NEVER: (self.tr("{tool} never: {place}"), self.tr("{tool} never")),
            Allowance.CONVERSATION: (
                self.tr("{tool} in one conversation: {place}"),
                self.tr("{tool} in one conversation"),
            ),
        }.get(permission.allowance, (self.tr("{tool} always: {place}"), self.tr("{tool} always")))
        words = here if permission.place else anywhere
        return words.format(tool=tool_title(permission.tool), place=visible_line(permission.place))


def _make_call(call: LoggedCall) -> QWidget:
    said = " · ".join((moment_text(call.called_at), tool_title(call.tool), _outcome_words(call.outcome)))
    row = QWidget()
    lines = QVBoxLayout(row)
    lines.setContentsMargins(0, 0, 0, _GAP_PX)
    lines.setSpacing(2)
    lines.addWidget(make_wrapped_label("callWords", said))
    content = f"{line_of(call.arguments, _LONGEST)} → {line_of(call.result, _LONGEST)}"
    lines.addWidget(make_wrapped_label("callContent", visible_line(content), tone="muted"))
    return row


def _outcome_words(outcome: ToolOutcome) -> str:
    words = {
        ToolOutcome.DONE: translate("RecordsSection", "done"),
        ToolOutcome.FAILED: translate("RecordsSection", "did not work"),
        ToolOutcome.REFUSED: translate("RecordsSection", "not allowed"),
        ToolOutcome.SKIPPED: translate("RecordsSection", "not used again"),
        ToolOutcome.STOPPED: translate("RecordsSection", "stopped"),
        ToolOutcome.INVENTED: translate("RecordsSection", "does not exist"),
    }
    return words[outcome]


def _empty(rows: QLayout) -> None:
    while (item := rows.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()
