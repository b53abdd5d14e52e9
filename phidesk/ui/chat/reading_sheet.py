"""A text that is read in place of the conversation."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from phidesk.ui.chat.sheet import Sheet
from phidesk.ui.theme.theme import Theme


class ReadingSheet(Sheet):
    """Shows the text in the size that the person chose. Nothing can be changed."""

    def __init__(self, theme: Theme, text: QPlainTextEdit | QTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, parent)
        self._theme = theme
        self._text_field = text
        text.setReadOnly(True)
        self._adapt_font()
        theme.changed.connect(self._adapt_font)

    def _adapt_font(self) -> None:
        self._text_field.setFont(self._theme.text_font())
