"""The frame of a text that is read in place of the conversation: what it is, the text, the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton


class ReadingSheet(QWidget):
    """Keeps a text in the column of the transcript, below its name. Nothing can be changed; Esc goes back."""

    close_requested = Signal()
    """The person has read it."""

    def __init__(self, theme: Theme, text: QPlainTextEdit | QTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text_field = text
        self.name = ElidedLabel()
        self.name.setProperty("step", "title")
        self.note = QLabel()
        """What is said beside the name."""
        self.note.setProperty("tone", "muted")
        self.close_button = IconButton(theme, "x", self.tr("Back to the conversation"))
        text.setReadOnly(True)
        self._lay_out()
        self._adapt_font()
        theme.changed.connect(self._adapt_font)
        self.close_button.clicked.connect(self.close_requested)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget below the text."""
        self._content.addWidget(widget)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self.setFocusProxy(self._text_field)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name)
        top.addWidget(self.note, 1)
        top.addWidget(self.close_button)
        column = ReadingColumn()
        self._content = column.content_layout
        self._content.setSpacing(12)
        self._content.setContentsMargins(0, 12, 0, 12)
        self._content.addLayout(top)
        self._content.addWidget(self._text_field, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column)

    def _adapt_font(self) -> None:
        self._text_field.setFont(self._theme.text_font())
