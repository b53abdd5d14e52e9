"""Messages that wait until the answer before them is complete: one queue for each conversation, kept on disk.

A complete answer sends the next one, whatever conversation is in view. After one that was stopped or failed, and after
a restart, they wait until the person sends them or asks something else.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from phidesk.core.drafts import Draft, QueuedMessage
from phidesk.core.tasks import TaskRunner
from phidesk.storage.message_queue import MessageQueue
from phidesk.ui.chat.draft_keeper import DraftKeeper
from phidesk.ui.chat.queue_view import QueueView


class QueueKeeper(QObject):
    """Puts messages into queues and takes them out, and shows the queue of the conversation that is open."""

    due = Signal(str, object)
    """The next message of a queue is to be asked now. Carries the conversation's id and the `QueuedMessage`."""
    failed = Signal(object)
    """A queue could not be read or saved. Carries the exception."""

    def __init__(
        self,
        view: QueueView,
        queue: MessageQueue,
        *,
        drafts: DraftKeeper,
        runner: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._queue = queue
        self._drafts = drafts
        self._runner = runner
        self._conversation_id: str | None = None
        self._gone: set[int] = set()
        """Messages that left their queues, though what is being read may still hold them."""
        self._connect()

    def open(self, conversation_id: str | None) -> None:
        """Show the queue of this conversation; None is not begun yet and has none."""
        self._conversation_id = conversation_id
        self._view.show_messages(())
        self.refresh()

    def add(self, conversation_id: str, draft: Draft) -> None:
        """Let the draft of this conversation wait in its queue; what cannot be saved becomes a draft again."""
        self._runner.watch(
            self._queue.add(conversation_id, draft),
            done=partial(self._on_added, conversation_id),
            failed=partial(self._on_add_failed, conversation_id, draft),
        )

    def send_next(self, conversation_id: str) -> None:
        """Let the first message of a queue be asked, if one waits."""
        self._runner.watch(
            self._queue.list(conversation_id), done=partial(self._send_first, conversation_id), failed=self.failed.emit
        )

    def refresh(self) -> None:
        """Show what waits now."""
        if self._conversation_id is not None:
            self._runner.watch(
                self._queue.list(self._conversation_id),
                done=partial(self._show, self._conversation_id),
                failed=self.failed.emit,
            )

    def _connect(self) -> None:
        self._view.edit_requested.connect(self._on_edit_requested)
        self._view.removal_requested.connect(self._remove)
        self._view.send_requested.connect(self._on_send_requested)

    def _show(self, conversation_id: str, messages: tuple[QueuedMessage, ...]) -> None:
        if conversation_id == self._conversation_id:
            self._view.show_messages([message for message in messages if message.id not in self._gone])

    def _send_first(self, conversation_id: str, messages: tuple[QueuedMessage, ...]) -> None:
        first = next((message for message in messages if message.id not in self._gone), None)
        if first is not None:
            self.due.emit(conversation_id, first)

    def _on_added(self, conversation_id: str, _message: QueuedMessage) -> None:
        if conversation_id == self._conversation_id:
            self.refresh()

    def _on_add_failed(self, conversation_id: str, draft: Draft, error: Exception) -> None:
        self._drafts.give_back(conversation_id, draft)
        self.failed.emit(error)

    def _on_send_requested(self) -> None:
        if self._conversation_id is not None:
            self.send_next(self._conversation_id)

    def _on_edit_requested(self, message: QueuedMessage) -> None:
        """Put the message back into the composer; it is a draft on disk before it leaves the queue."""
        self._drafts.give_back(self._conversation_id, message.draft)
        self._remove(message)

    def _remove(self, message: QueuedMessage) -> None:
        self._gone.add(message.id)
        self._view.show_messages([other for other in self._view.messages if other.id != message.id])
        self._runner.watch(self._queue.remove(message.id), failed=self.failed.emit)
