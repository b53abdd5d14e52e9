"""How the middle of the window is built: transcript or greeting, what went wrong, queue, composer, gauge line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from phidesk.ui.chat.conversation_front import ConversationFront
from phidesk.ui.chat.find_bar import FindBar
from phidesk.ui.chat.message_editor import MessageEditing, MessageEditor
from phidesk.ui.chat.message_toolbar import MessageToolbar
from phidesk.ui.chat.queue_view import QueueView
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


class ConversationBody(QObject):
    """Holds the parts, and adds to the front those that it lacks. What they do is the page's affair."""

    def __init__(self, front: ConversationFront, theme: Theme, transcript: TranscriptFrame) -> None:
        super().__init__(front)
        self.front = front
        self.new = front.new
        self.composer = front.composer
        self.gauge_line = front.gauge_line
        self.transcript = transcript
        self.find_bar = FindBar(theme)
        self.card = NoticeCard(theme)
        self.tool_question = ToolQuestionCard(theme)
        self.standby = StandbyLine()
        self.queue = QueueView(theme)
        self.toolbar = MessageToolbar(theme, self.transcript.view.viewport())
        self.editing = MessageEditing(MessageEditor(theme, self.transcript.view.viewport()), self.transcript.view)
        self.undo_bar = UndoBar(theme, self.transcript)
        front.stack.addWidget(self.transcript)
        front.add_on_top(self.find_bar)
        front.add_under_messages(self.card)
        front.add_over_composer(self.tool_question, self.queue, self.standby)
        front.resized.connect(self._place_card)

    def show_greeting(self) -> None:
        """Show the greeting of a new conversation."""
        self.transcript.clear()
        self.front.stack.setCurrentWidget(self.new)
        self._place_card()

    def show_transcript(self) -> None:
        """Show the messages."""
        self.front.stack.setCurrentWidget(self.transcript)
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
        announce(self.front, text)

    def _place_card(self) -> None:
        """Let the card follow the last message where there is room, and stand above the composer where not."""
        most = _UNLIMITED_PX
        if not self.card.isHidden() and self.front.stack.currentWidget() is self.transcript:
            most = self.transcript.content_height + BOTTOM_MARGIN
        self.front.stack.setMaximumHeight(most)
