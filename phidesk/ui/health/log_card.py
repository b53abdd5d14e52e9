"""What engines and the program wrote, to be searched."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from phidesk.chat.logs import PROGRAM, LogLine
from phidesk.ui.messages import engine_label
from phidesk.ui.sidebar.search_field import SearchField
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_TEXT_EMS = 22
"""Height of the text, in sizes of it; it scrolls."""
_MARGIN_PX = 16


class LogCard(QFrame):
    """Shows the lines that contain what is searched, all of them at first, the newest in view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[str] = []
        self.setObjectName("logCard")
        self.setProperty("panel", "card")
        self._search = SearchField(theme, self.tr("Search the log"))
        self._search.setObjectName("logSearch")
        self._search.setProperty("kind", "")
        self._text = QPlainTextEdit()
        self._text.setObjectName("logText")
        self._text.setAccessibleName(self.tr("Log"))
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._nothing = make_wrapped_label("noLog", tone="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        layout.setSpacing(8)
        for widget in (self._search, self._nothing, self._text):
            layout.addWidget(widget)
        self._on_theme_changed()
        self._show()
        self._connect()

    @property
    def shown_lines(self) -> list[str]:
        """What is to be read now."""
        return self._text.toPlainText().splitlines()

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        """Show these; what is searched stays. Emits nothing."""
        named = [f"{'PhiDesk' if line.source == PROGRAM else engine_label(line.source)}: {line.text}" for line in lines]
        if named != self._lines:
            self._lines = named
            self._show()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._search.textChanged.connect(self._show)
        self._search.down_pressed.connect(self._text.setFocus)

    def _show(self) -> None:
        wanted = self._search.text().strip().casefold()
        found = [line for line in self._lines if wanted in line.casefold()]
        self._text.setPlainText("\n".join(found))
        bar = self._text.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._text.setVisible(bool(found))
        self._nothing.setVisible(not found)
        if self._lines:
            self._nothing.setText(self.tr("No line contains “{text}”.").format(text=self._search.text().strip()))
        else:
            self._nothing.setText(self.tr("Nothing was written yet."))

    def _on_theme_changed(self) -> None:
        font = self._theme.code_font()
        self._text.setFont(font)
        self._text.setFixedHeight(_TEXT_EMS * self._theme.font_sizes.small)
