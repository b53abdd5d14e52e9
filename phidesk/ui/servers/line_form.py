"""One line to fill in, with a button that takes it and one that does not."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.line_field import LineField

_GAP_PX = 8


def make_key_field(name: str, words: str) -> QLineEdit:
    """Make a field whose content is never shown, and that keyboards and input methods are asked not to learn."""
    field = LineField()
    field.setObjectName(name)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(words)
    field.setAccessibleName(words)
    field.setInputMethodHints(
        Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
    )
    field.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
    return field


class LineForm(QWidget):
    """Hidden until it is opened, and again when it is done. Enter takes, Esc leaves."""

    entered = Signal(str)
    """What stands in the field; the field is empty again."""
    left = Signal()
    """The form closes, one way or the other: the keyboard has to go elsewhere before it is hidden."""

    def __init__(self, field: QLineEdit, take_words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._buttons = ButtonRow()
        self._take = self._buttons.add_button(f"{field.objectName()}Take", take_words, kind="primary")
        self._leave = self._buttons.add_button(f"{field.objectName()}Leave", self.tr("Cancel"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(field)
        layout.addWidget(self._buttons)
        self.hide()
        self._connect()

    def open(self, text: str = "") -> None:
        """Show the form with this text, ready to be typed over."""
        self._field.setText(text)
        self._field.selectAll()
        self.show()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._field.returnPressed.connect(self._on_taken)
        self._take.clicked.connect(self._on_taken)
        self._leave.clicked.connect(self._close)

    def _on_taken(self) -> None:
        text = self._field.text()
        self._close()
        self.entered.emit(text)

    def _close(self) -> None:
        self._field.clear()
        self.left.emit()
        self.hide()
