"""Where the person says how the model behaves in this conversation (the system prompt)."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit

SAVE_DELAY_MS = 400
"""After the last key: long enough not to save every letter, short enough that nobody waits for it."""

_FEWEST_LINES = 4
_MOST_LINES = 12
_EDGES_PX = 12
"""Border and padding, above and below together."""


class InstructionsEditor(GrowingTextEdit):
    """Tells of changes a moment after typing, and at once when it loses the focus or is hidden."""

    instructions_changed = Signal(str)
    """The person changed the text. Not emitted by `show_instructions`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, fewest_lines=_FEWEST_LINES, most_lines=_MOST_LINES, edges_px=_EDGES_PX)
        self._theme = theme
        self._known = ""
        """What was shown or told last."""
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SAVE_DELAY_MS)
        self.setObjectName("instructionsEditor")
        self.setAccessibleName(self.tr("Instructions"))
        self.setAccessibleDescription(self.tr("How the model behaves in this conversation (system prompt)"))
        self.set_hint(self.tr("For example: Answer briefly, in simple words."))
        self._on_theme_changed()
        self._connect()

    def show_instructions(self, instructions: str) -> None:
        """Show the stored text; call `flush` before that of another conversation.

        What is told comes back here when it is stored. Somebody who typed on meanwhile is not disturbed.
        """
        is_echo = instructions == self._known
        if is_echo and self._delay.isActive():
            return
        self._delay.stop()
        self._known = instructions
        if instructions != self.toPlainText():
            self._fill(instructions)

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        if not self._delay.isActive():
            return
        self._delay.stop()
        self._tell()

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        super().focusOutEvent(event)
        self.flush()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self.flush()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._delay.timeout.connect(self._tell)
        self.textChanged.connect(self._on_text_changed)

    def _fill(self, instructions: str) -> None:
        self.setPlainText(instructions)
        self._delay.stop()

    def _tell(self) -> None:
        text = self.toPlainText()
        if text != self._known:
            self._known = text
            self.instructions_changed.emit(text)

    def _on_text_changed(self) -> None:
        self._delay.start()

    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.small_font())
        self.fit_height()
