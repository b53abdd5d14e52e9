"""The field that filters the list below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.line_field import LineField


class SearchField(LineField):
    """A quiet field: Esc empties it, Down leads into what was found. Text and Enter are told by QLineEdit itself."""

    down_pressed = Signal()
    """The person wants to go on to what was found."""

    def __init__(self, theme: Theme, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = QAction(words, self)  # Screen readers take it for a button, which needs a name.
        self._sign.setEnabled(False)
        self._erase = QAction(self.tr("Empty the search"), self)
        self._erase.setObjectName("searchErase")
        self._erase.setVisible(False)
        self.setProperty("kind", "quiet")
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.addAction(self._sign, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._erase, QLineEdit.ActionPosition.TrailingPosition)
        self._on_theme_changed()
        self._connect()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._erase.triggered.connect(self.clear)
        self.textChanged.connect(self._on_text_changed)

    def _on_text_changed(self, text: str) -> None:
        self._erase.setVisible(bool(text))

    def _on_theme_changed(self) -> None:
        self._sign.setIcon(self._theme.icon("search", "muted"))
        self._erase.setIcon(self._theme.icon("x", "muted"))
