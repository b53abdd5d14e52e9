"""How the middle of the window is built: transcript or greeting, what went wrong, queue, composer, gauge line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSpacerItem, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.find_bar import FindBar
from phidesk.ui.chat.gauge_line import GaugeLine
from phidesk.ui.chat.message_editor import MessageEditing, MessageEditor
from phidesk.ui.chat.message_toolbar import MessageToolbar
from phidesk.ui.chat.new_conversation_view import NewConversationView
from phidesk.ui.chat.queue_view import QueueView
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.chat.standby_line import StandbyLine
from phidesk.ui.chat.tool_question_card import ToolQuestionCard
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.chat.transcript_style import BOTTOM_MARGIN
from phidesk.ui.chat.undo_bar import UndoBar
from phidesk.ui.messages import Notice
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.notice_card import NoticeCard

_UNLIMITED_PX = 16_777_215
"""Qt's own value for no maximum (QWIDGETSIZE_MAX)."""
_GAP_PX = 8


class ConversationBody(QWidget):
    """Holds the parts and keeps them in one column. What they do is the page's affair."""

    def __init__(self, theme: Theme, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.new = NewConversationView(theme)
        self.transcript = TranscriptFrame(theme, runner=runner)
        self.find_bar = FindBar(theme)
        self.card = NoticeCard(theme)
        self.tool_question = ToolQuestionCard(theme)
        self.standby = StandbyLine()
        self.queue = QueueView(theme)
        self.composer = Composer(theme)
        self.gauge_line = GaugeLine(theme)
        self.toolbar = MessageToolbar(theme, self.transcript.view.viewport())
        self.editing = MessageEditing(MessageEditor(theme, self.transcript.view.viewport()), self.transcript.view)
        self.undo_bar = UndoBar(theme, self.transcript)
        self._stack = QStackedWidget()
        self._lay_out()

    def show_greeting(self) -> None:
        """Show the greeting of a new conversation."""
        self.transcript.clear()
        self._stack.setCurrentWidget(self.new)
        self._place_card()

    def show_transcript(self) -> None:
        """Show the messages."""
        self._stack.setCurrentWidget(self.transcript)
        self._place_card()

    def show_notice(self, notice: Notice) -> None:
        """Show the card."""
        self.card.show_notice(notice)
        self._place_card()

    def clear_notice(self) -> None:
        """Take the card away."""
        self.card.clear()
        self._place_card()

    def set_writing(self, is_writing: bool) -> None:
        """Say whether an answer is being written in what is shown."""
        self.queue.set_writing(is_writing)
        self.composer.set_writing(is_writing)

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Say what was done, and let it be undone for a while."""
        self.undo_bar.offer(words, undo)
        self.transcript.place_bar(self.undo_bar)

    def announce(self, text: str) -> None:
        """Let a screen reader say a change that nobody touched."""
        announce(self, text)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._place_card()

    def _lay_out(self) -> None:
        self._stack.addWidget(self.new)
        self._stack.addWidget(self.transcript)
        above, below = ReadingColumn(), ReadingColumn()
        above.content_layout.addWidget(self.card)
        below.content_layout.setSpacing(_GAP_PX)
        below.content_layout.setContentsMargins(0, _GAP_PX, 0, _GAP_PX)
        below.content_layout.addWidget(self.tool_question)
        below.content_layout.addWidget(self.queue)
        below.content_layout.addWidget(self.standby)
        below.content_layout.addWidget(self.composer)
        below.content_layout.addWidget(self.gauge_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.find_bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(above)
        layout.addSpacerItem(QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding))
        # As high as it is in its width, never more: the room is the spacer's. A policy would limit it to its size hint.
        layout.addWidget(below, 0, Qt.AlignmentFlag.AlignBottom)
        self.setFocusProxy(self.composer)

    def _place_card(self) -> None:
        """Let the card follow the last message where there is room, and stand above the composer where not."""
        most = _UNLIMITED_PX
        if not self.card.isHidden() and self._stack.currentWidget() is self.transcript:
            most = self.transcript.content_height + BOTTOM_MARGIN
        self._stack.setMaximumHeight(most)
