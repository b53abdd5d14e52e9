"""The form in which the person writes a server of tools down."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout
from typing_extensions import override

from phidesk.core.tool_servers import ToolServer
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.line_field import LineField
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_MARGIN_PX, _GAP_PX = 16, 8
_EDGES_PX = 12


class ServerForm(QFrame):
    """Arguments and settings stand in a line each: nothing passes a shell, and nothing has to be quoted."""

    added = Signal(ToolServer)
    """This server, switched off, shall be kept."""
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("serverForm")
        self.setProperty("panel", "card")
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        self._lines.setSpacing(_GAP_PX)
        self._name = self._add_line("serverName", self.tr("Name"))
        self._program = self._add_line("serverProgram", self.tr("Program"))
        self._arguments = self._add_text("serverArguments", self.tr("Arguments, one in each line"))
        self._settings = self._add_text("serverEnvironment", self.tr("Environment, NAME=value in each line"))
        self._mistake = make_wrapped_label("serverMistake", tone="danger")
        self._lines.addWidget(self._mistake)
        buttons = ButtonRow()
        add = buttons.add_button("addServer", self.tr("Add"), kind="primary")
        cancel = buttons.add_button("cancelServer", self.tr("Cancel"), kind="quiet")
        self._lines.addWidget(buttons)
        self._mistake.hide()
        add.clicked.connect(self._on_add_clicked)
        cancel.clicked.connect(self._on_cancel_clicked)

    def begin(self) -> None:
        """Be empty, and have the keyboard."""
        for line in (self._name, self._program):
            line.clear()
        for text in (self._arguments, self._settings):
            text.clear()
        self._mistake.hide()
        self.show()
        move_keyboard_to(self._name)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _add_line(self, name: str, words: str) -> QLineEdit:
        line = LineField()
        line.setObjectName(name)
        line.setPlaceholderText(words)
        line.setAccessibleName(words)
        line.returnPressed.connect(self._on_add_clicked)
        self._lines.addWidget(line)
        return line

    def _add_text(self, name: str, words: str) -> GrowingTextEdit:
        text = GrowingTextEdit(fewest_lines=2, most_lines=8, edges_px=_EDGES_PX)
        text.setObjectName(name)
        text.set_hint(words)
        text.setAccessibleName(words)
        self._theme.changed.connect(text.fit_height)
        self._lines.addWidget(text)
        return text

    def _on_add_clicked(self) -> None:
        name, program = self._name.text().strip(), self._program.text().strip()
        environment = _read_settings(self._settings.toPlainText())
        if not name:
            self._show_mistake(self.tr("Please give the server a name."), self._name)
        elif not program:
            self._show_mistake(self.tr("Please say which program it is."), self._program)
        elif environment is None:
            self._show_mistake(self.tr("Each line of the environment should be NAME=value."), self._settings)
        else:
            arguments = (line for line in self._arguments.toPlainText().split("\n") if line)
            self.added.emit(ToolServer(name, (program, *arguments), environment))

    def _show_mistake(self, words: str, place: QLineEdit | GrowingTextEdit) -> None:
        self._mistake.setText(words)
        self._mistake.show()
        move_keyboard_to(place)

    def _on_cancel_clicked(self) -> None:
        self.cancelled.emit()


def _read_settings(text: str) -> tuple[tuple[str, str], ...] | None:
    """Return the names and values, the last of two equal names; None where a line is something else."""
    pairs = [line.partition("=") for line in text.split("\n") if line.strip()]
    if not all(name.strip() and sign for name, sign, _ in pairs):
        return None
    return tuple({name.strip(): value for name, _, value in pairs}.items())
