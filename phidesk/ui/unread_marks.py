"""Which answers nobody has seen: those that ended while another conversation, or another page, was in view."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.core.tasks import TaskRunner
from phidesk.storage.conversations import Conversations
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.main_window import MainWindow

logger = logging.getLogger(__name__)


class UnreadMarks(QObject):
    """Sets and takes away the mark that a conversation has on disk. A mark that is not saved is no loss of words."""

    changed = Signal()
    """A mark was set or taken away on disk."""

    def __init__(
        self,
        page: ConversationPage,
        window: MainWindow,
        conversations: Conversations,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._window = window
        self._conversations = conversations
        self._tasks = tasks
        self._marked: frozenset[str] = frozenset()
        page.answer_ended.connect(self._on_answer_ended)
        page.current_changed.connect(self._on_view_changed)
        window.page_shown.connect(self._on_view_changed)

    def set_known(self, summaries: Iterable[ConversationSummary]) -> None:
        """Take what stands on disk now; what is in view is seen."""
        self._marked = frozenset(summary.id for summary in summaries if summary.is_unread)
        self._on_view_changed()

    def _is_in_view(self, conversation_id: str) -> bool:
        return conversation_id == self._page.current_id and not self._window.page_name

    def _on_answer_ended(self, conversation_id: str) -> None:
        if not self._is_in_view(conversation_id):
            self._mark(conversation_id, is_unread=True)

    def _on_view_changed(self) -> None:
        current_id = self._page.current_id
        if current_id in self._marked and self._is_in_view(current_id):
            self._marked -= {current_id}
            self._mark(current_id, is_unread=False)

    def _mark(self, conversation_id: str, *, is_unread: bool) -> None:
        self._tasks.watch(
            self._conversations.set_unread(conversation_id, is_unread=is_unread),
            done=self._on_marked,
            failed=self._on_not_marked,
        )

    def _on_marked(self, _nothing: None) -> None:
        self.changed.emit()

    def _on_not_marked(self, error: Exception) -> None:
        logger.info("not marked: %s", error)
