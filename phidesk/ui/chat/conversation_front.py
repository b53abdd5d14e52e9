"""What is seen of the middle of the window at first: the greeting, where the person writes, the gauge line.

Nothing of a conversation stands here. `conversation_body` adds the rest when the window has been painted.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSpacerItem, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.gauge_line import GaugeLine
from phidesk.ui.chat.new_conversation_view import NewConversationView
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.theme.theme import Theme

_GAP_PX = 8


class ConversationFront(QWidget):
    """Keeps its parts, and those that come later, in one column."""

    resized = Signal()
    """It is as large as it will be; its parts are not yet."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, has_greeting: bool = True) -> None:
        """Without a greeting its place is empty, for a conversation that is about to be read."""
        super().__init__(parent)
        self.new = NewConversationView(theme)
        self.composer = Composer(theme)
        self.gauge_line = GaugeLine(theme)
        self.stack = QStackedWidget()
        """What takes the room: the greeting, or what comes later."""
        self._above, self._below = ReadingColumn(), ReadingColumn()
        self._layout = QVBoxLayout(self)
        self._lay_out()
        if not has_greeting:
            self.stack.setCurrentIndex(self.stack.addWidget(QWidget()))

    def add_on_top(self, widget: QWidget) -> None:
        """Let this stand over everything."""
        self._layout.insertWidget(0, widget)

    def add_under_messages(self, widget: QWidget) -> None:
        """Let this follow the last message."""
        self._above.content_layout.addWidget(widget)

    def add_over_composer(self, *widgets: QWidget) -> None:
        """Let these stand over the composer, each below the one before; Tab comes to them and it last."""
        for number, widget in enumerate(widgets):
            self._below.content_layout.insertWidget(number, widget)
        # What comes into a window comes last by Tab: the composer came before all that stands above it.
        self._below.setParent(None)
        self._layout.addWidget(self._below, 0, Qt.AlignmentFlag.AlignBottom)
        self._below.show()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def _lay_out(self) -> None:
        self.stack.addWidget(self.new)
        below = self._below.content_layout
        below.setSpacing(_GAP_PX)
        below.setContentsMargins(0, _GAP_PX, 0, _GAP_PX)
        below.addWidget(self.composer)
        below.addWidget(self.gauge_line)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.stack, 1)
        self._layout.addWidget(self._above)
        self._layout.addSpacerItem(QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding))
        # As high as it is in its width, never more: the room is the spacer's. A policy would limit it to its size hint.
        self._layout.addWidget(self._below, 0, Qt.AlignmentFlag.AlignBottom)
        self.setFocusProxy(self.composer)
