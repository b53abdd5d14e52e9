"""A file that goes along with a question, to be read; it takes the place of the conversation meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from phidesk.core.parts import FilePart
from phidesk.ui.chat.reading_sheet import ReadingSheet
from phidesk.ui.figures import file_label, length_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.jointed_text_edit import JointedTextEdit


class FileView(ReadingSheet):
    """Shows exactly the text that the model reads."""

    closed = Signal(bool)
    """The person has read it. Carries whether it is not sent yet."""
    insertion_requested = Signal(object)
    """The person wants its text in the question instead. Carries the `FilePart`."""
    removal_requested = Signal(object)
    """The person does not want it to go along. Carries the `FilePart`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._text = JointedTextEdit()
        super().__init__(theme, self._text, parent)
        self._file: FilePart | None = None
        self._is_unsent = False
        self.setObjectName("fileView")
        self.name.setObjectName("fileName")
        self.note.setObjectName("fileLength")
        self.close_button.setObjectName("closeFile")
        self._text.setObjectName("fileText")
        self._text.setTabChangesFocus(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = ButtonRow()
        self._copy = buttons.add_button("copyFile", self.tr("Copy"))
        self._insert = buttons.add_button("insertFile", self.tr("Put into the text"))
        self._remove = buttons.add_button("removeFile", self.tr("Remove"))
        self.add_below(buttons)
        self._connect()

    def show_file(self, file: FilePart, *, is_unsent: bool) -> None:
        """Show this one; as long as it is not sent, it can still be removed or put into the text."""
        self._file = file
        self._is_unsent = is_unsent
        self.name.setText(file_label(file))
        self.note.setText(length_text(file.text))
        self._text.setPlainText(file.text)
        self._text.setAccessibleName(file_label(file))
        self._insert.setVisible(is_unsent)
        self._remove.setVisible(is_unsent)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self.close_requested.connect(self._finish)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._insert.clicked.connect(self._on_insert_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)

    def _finish(self) -> None:
        self._file = None
        self._text.clear()
        self.closed.emit(self._is_unsent)

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
