"""The form in which the person writes a server of tools down."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.tool_servers import ToolServer
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.line_field import LineField
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

KEPT_VALUE = "••••••••"
"""Stands for a value that is kept elsewhere; as long as it stands there, that value stays."""
_GAP_PX, _LABEL_GAP_PX = 8, 2
_EDGES_PX = 12

Environment = tuple[tuple[str, str | None], ...]


class ServerForm(QWidget):
    """Arguments and settings stand in a line each: nothing passes a shell, and nothing has to be quoted."""

    entered = Signal(ToolServer)
    """The server shall be kept as it was typed."""
    cancelled = Signal()

    def __init__(self, theme: Theme, words: str) -> None:
        """`words` stand on the button that keeps it."""
        super().__init__()
        self._theme = theme
        self._server = ToolServer("", ())
        self.setObjectName("serverForm")
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(_GAP_PX)
        self._name = self._add_line("serverName", self.tr("Name"))
        self._program = self._add_line("serverProgram", self.tr("Program"))
        self._arguments = self._add_text("serverArguments", self.tr("Arguments, one in each line"))
        self._settings = self._add_text(
            "serverEnvironment", self.tr("Environment, NAME=value in each line; keys belong here")
        )
        self._hint = make_wrapped_label(
            "serverHint", self.tr("What is shown as {dots} stays as it is.").format(dots=KEPT_VALUE), tone="muted"
        )
        self._mistake = make_wrapped_label("serverMistake", tone="danger")
        buttons = ButtonRow()
        enter = buttons.add_button("enterServer", words, kind="primary")
        cancel = buttons.add_button("cancelServer", self.tr("Cancel"), kind="quiet")
        for part in (self._hint, self._mistake, buttons):
            self._lines.addWidget(part)
        self._mistake.hide()
        enter.clicked.connect(self._on_enter_clicked)
        cancel.clicked.connect(self._on_cancel_clicked)

    def begin(self, server: ToolServer | None = None) -> None:
        """Hold this server, or nothing for a new one, and have the keyboard."""
        self._server = server or ToolServer("", ("",))
        program, *arguments = self._server.command
        self._name.setText(self._server.name)
        self._program.setText(program)
        self._arguments.setPlainText("\n".join(arguments))
        self._settings.setPlainText(_written(self._server.environment))
        self._hint.setVisible(KEPT_VALUE in self._settings.toPlainText())
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
        line.returnPressed.connect(self._on_enter_clicked)
        self._add_labelled(line, words)
        return line

    def _add_text(self, name: str, words: str) -> GrowingTextEdit:
        text = GrowingTextEdit(fewest_lines=2, most_lines=8, edges_px=_EDGES_PX)
        text.setObjectName(name)
        self._theme.changed.connect(text.fit_height)
        self._add_labelled(text, words)
        return text

    def _add_labelled(self, field: QWidget, words: str) -> None:
        """Put words above a field: those inside it would be gone once it is filled."""
        field.setAccessibleName(words)
        label = make_wrapped_label("serverLabel", words, tone="muted", step="small")
        label.setBuddy(field)
        block = QVBoxLayout()
        block.setSpacing(_LABEL_GAP_PX)
        block.addWidget(label)
        block.addWidget(field)
        self._lines.addLayout(block)

    def _on_enter_clicked(self) -> None:
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
            command = (program, *arguments)
            self.entered.emit(replace(self._server, name=name, command=command, environment=environment))

    def _show_mistake(self, words: str, place: QLineEdit | GrowingTextEdit) -> None:
        self._mistake.setText(words)
        self._mistake.show()
        move_keyboard_to(place)

    def _on_cancel_clicked(self) -> None:
        self.cancelled.emit()


def _written(environment: Environment) -> str:
    return "\n".join(f"{name}={'' if value == '' else KEPT_VALUE}" for name, value in environment)


def _read_settings(text: str) -> Environment | None:
    """Return the names and values, the last of two equal names; None where a line is something else."""
    pairs = [line.partition("=") for line in text.split("\n") if line.strip()]
    if not all(name.strip() and sign for name, sign, _ in pairs):
        return None
    return tuple({name.strip(): None if value == KEPT_VALUE else value for name, _, value in pairs}.items())
