"""A file that goes along with a question, to be read; it takes the place of the conversation meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.parts import FilePart
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.figures import file_label, length_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton


class FileView(QWidget):
    """Shows exactly the text that the model reads. Nothing can be changed; Esc goes back."""

    closed = Signal(bool)
    """The person has read it. Carries whether it is not sent yet."""
    insertion_requested = Signal(object)
    """The person wants its text in the question instead. Carries the `FilePart`."""
    removal_requested = Signal(object)
    """The person does not want it to go along. Carries the `FilePart`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._file: FilePart | None = None
        self._is_unsent = False
        self.setObjectName("fileView")
        self._name = ElidedLabel()
        self._name.setObjectName("fileName")
        self._name.setProperty("step", "title")
        self._length = QLabel()
        self._length.setObjectName("fileLength")
        self._length.setProperty("tone", "muted")
        self._close = IconButton(theme, "x", self.tr("Back to the conversation"))
        self._close.setObjectName("closeFile")
        self._text = QPlainTextEdit()
        self._text.setObjectName("fileText")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._buttons = ButtonRow()
        self._copy = self._buttons.add_button("copyFile", self.tr("Copy"))
        self._insert = self._buttons.add_button("insertFile", self.tr("Put into the text"))
        self._remove = self._buttons.add_button("removeFile", self.tr("Remove"))
        self._lay_out()
        self._on_theme_changed()
        self._connect()

    def show_file(self, file: FilePart, *, is_unsent: bool) -> None:
        """Show this one; as long as it is not sent, it can still be removed or put into the text."""
        self._file = file
        self._is_unsent = is_unsent
        self._name.setText(file_label(file))
        self._length.setText(length_text(file.text))
        self._text.setPlainText(file.text)
        self._text.setAccessibleName(file_label(file))
        self._insert.setVisible(is_unsent)
        self._remove.setVisible(is_unsent)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._finish()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self.setFocusProxy(self._text)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._name)
        top.addWidget(self._length, 1)
        top.addWidget(self._close)
        column = ReadingColumn()
        column.content_layout.setSpacing(12)
        column.content_layout.setContentsMargins(0, 12, 0, 12)
        column.content_layout.addLayout(top)
        column.content_layout.addWidget(self._text, 1)
        column.content_layout.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._close.clicked.connect(self._finish)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._insert.clicked.connect(self._on_insert_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)

    def _finish(self) -> None:
        self._file = None
        self._text.clear()
        self.closed.emit(self._is_unsent)

    def _on_theme_changed(self) -> None:
        self._text.setFont(self._theme.text_font())

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())

    def _on_insert_clicked(self) -> None:
        file = self._file
        self._finish()
        self.insertion_requested.emit(file)

    def _on_remove_clicked(self) -> None:
        file = self._file
        self._finish()
        self.removal_requested.emit(file)
