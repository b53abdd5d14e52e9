"""A small form for what instructions leave open: one line for each variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from phidesk.core.prompts import NAME
from phidesk.ui.chat.instructions_editor import SAVE_DELAY_MS
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 4


class VariablesForm(QWidget):
    """Hidden while nothing is left open. Tells of values a moment after typing."""

    value_entered = Signal(str, str)
    """Carries the name of the variable, and what stands for it from now on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, QLineEdit] = {}
        self._told: dict[str, str] = {}
        self._missing = make_wrapped_label("variablesMissing", tone="warning", step="small")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(_GAP_PX)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SAVE_DELAY_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._missing)
        layout.addLayout(self._rows)
        self._delay.timeout.connect(self.flush)
        self.hide()

    def show_variables(self, names: Sequence[str], values: Mapping[str, str]) -> None:
        """Show a line for each of these; call `flush` before those of another conversation. Emits nothing."""
        if tuple(names) != tuple(self._fields):
            self._make_fields(names)
        for name, field in self._fields.items():
            value = values.get(name, "")
            if not (self._delay.isActive() and field.hasFocus()) and field.text() != value:
                field.setText(value)
            self._told[name] = value
        self._show_missing()
        self.setVisible(bool(names))

    def focus_missing(self) -> None:
        """Put the cursor into the first line that is empty."""
        field = next((field for field in self._fields.values() if not field.text()), None)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        self._delay.stop()
        for name, field in tuple(self._fields.items()):
            if field.text() != self._told.get(name, ""):
                self._told[name] = field.text()
                self.value_entered.emit(name, field.text())

    def _make_fields(self, names: Sequence[str]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields.clear()
        self._told.clear()
        for name in names:
            field = QLineEdit()
            field.setObjectName(f"variable_{name}")
            words = self.tr("Your name") if name == NAME else name[0].upper() + name[1:]
            label = make_wrapped_label("", words, step="small")
            label.setBuddy(field)
            field.setAccessibleName(words)
            field.textEdited.connect(self._on_text_edited)
            field.editingFinished.connect(self.flush)
            self._rows.addWidget(label)
            self._rows.addWidget(field)
            self._fields[name] = field
        order_tabs_by_layout(self)

    def _show_missing(self) -> None:
        missing = [f"{{{name}}}" for name, field in self._fields.items() if not field.text()]
        words = self.tr("Not filled in yet; the model reads {names} as it is written.")
        self._missing.setText(words.format(names=" ".join(missing)))
        self._missing.setVisible(bool(missing))

    def _on_text_edited(self) -> None:
        self._delay.start()
        self._show_missing()
