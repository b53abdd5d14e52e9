"""The frame of what is looked at in place of the conversation: what it is, its content, the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton


class Sheet(QWidget):
    """Keeps its content in the column of the transcript, below its name. Esc goes back."""

    close_requested = Signal()
    """The person has seen it."""

    def __init__(self, theme: Theme, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel()
        self.name.setProperty("step", "title")
        self.note = QLabel()
        """What is said beside the name."""
        self.note.setProperty("tone", "muted")
        self.close_button = IconButton(theme, "x", self.tr("Back to the conversation"))
        self._lay_out(content)
        self.close_button.clicked.connect(self.close_requested)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget below the content."""
        self._column.addWidget(widget)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self, content: QWidget) -> None:
        self.setFocusProxy(content)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name)
        top.addWidget(self.note, 1)
        top.addWidget(self.close_button)
        column = ReadingColumn()
        self._column = column.content_layout
        self._column.setSpacing(12)
        self._column.setContentsMargins(0, 12, 0, 12)
        self._column.addLayout(top)
        self._column.addWidget(content, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column)
