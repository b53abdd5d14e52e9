"""The column of text in the middle of the window, for widgets that stand above or below the transcript."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

MAXIMUM_COLUMN_WIDTH = 760
SIDE_MARGIN = 24
"""Beside the column, in pixels."""
SCROLL_BAR_PX = 12
"""Width that the style sheet gives to scroll bars; the transcript always keeps it free."""


class ReadingColumn(QWidget):
    """Keeps what it holds exactly as wide as the transcript's column, and at its place.

    `has_scroll_bar` is false inside a scroll area that takes the room of its bar itself.
    """

    def __init__(self, parent: QWidget | None = None, *, has_scroll_bar: bool = True) -> None:
        super().__init__(parent)
        content = self._content = QWidget()
        content.setMaximumWidth(MAXIMUM_COLUMN_WIDTH)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.content_layout = QVBoxLayout(content)
        """For the widgets; without margins."""
        self.content_layout.setContentsMargins(0, 0, 0, 0)
        middle = QVBoxLayout()
        middle.addWidget(content)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(SIDE_MARGIN, 0, SIDE_MARGIN, 0)
        outer.setSpacing(0)
        outer.addLayout(middle, 1)
        if has_scroll_bar:
            outer.addSpacing(SCROLL_BAR_PX)

    def set_widest(self, width_px: int) -> None:
        """Let the content be wider, for what is no text, or as narrow as the transcript again."""
        self._content.setMaximumWidth(width_px)
