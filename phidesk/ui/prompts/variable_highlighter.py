"""Shows which words of a text are variables."""

from __future__ import annotations

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from typing_extensions import override

from phidesk.core.prompts import variable_places
from phidesk.ui.theme.theme import Theme
from phidesk.ui.utf16 import utf16_length


class VariableHighlighter(QSyntaxHighlighter):
    """Lives as long as its document. A variable stands on one line."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self._on_theme_changed)

    @override
    def highlightBlock(self, text: str, /) -> None:
        look = QTextCharFormat()
        look.setForeground(self._theme.color("accent"))
        look.setFontWeight(QFont.Weight.DemiBold)
        for start, end in variable_places(text):
            before = utf16_length(text[:start])
            self.setFormat(before, utf16_length(text[start:end]), look)

    def _on_theme_changed(self) -> None:
        self.rehighlight()
