"""What was typed over messages and not saved: on disk while it is typed, back when its conversation is opened."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.core.tasks import TaskRunner
from phidesk.storage.unsaved_edits import UnsavedEdits
from phidesk.ui.chat.draft_keeper import SAVE_DELAY_MS
from phidesk.ui.chat.message_editor import MessageEditing
from phidesk.ui.chat.shown_conversation import ShownConversation


class EditKeeper(QObject):
    """Keeps what the editor over a message holds. Made before whoever saves edits: what was typed is kept first."""

    failed = Signal(object)
    """An edit could not be read or kept. Carries the exception."""

    def __init__(
        self,
        editing: MessageEditing,
        unsaved_edits: UnsavedEdits,
        *,
        shown: ShownConversation,
        runner: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editing = editing
        self._unsaved_edits = unsaved_edits
        self._shown = shown
        self._runner = runner
        self._changed: dict[str, str | None] = {}
        """What is not on its way to disk, by the keys of messages; None where nothing is to be kept any more."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_DELAY_MS)
        self._connect()

    def flush(self) -> None:
        """Hand what changed to the database; does not wait for the disk."""
        self._timer.stop()
        changed, self._changed = self._changed, {}
        for key, text in changed.items():
            keeping = self._unsaved_edits.forget(key) if text is None else self._unsaved_edits.keep(key, text)
            self._runner.watch(keeping, failed=partial(self._on_keeping_failed, key, text))

    def _connect(self) -> None:
        self._timer.timeout.connect(self.flush)
        self._editing.typed.connect(self._on_typed)
        self._editing.save_requested.connect(self.flush)
        self._shown.current_changed.connect(self._on_current_changed)

    def _on_typed(self, key: str, text: str | None) -> None:
        self._changed[key] = text
        if not self._timer.isActive():
            self._timer.start()

    def _on_current_changed(self, conversation_id: str | None) -> None:
        """Bring what was kept before the conversation itself is read, so that both are shown at once."""
        self.flush()
        if conversation_id is not None:
            self._runner.watch(
                self._unsaved_edits.list(conversation_id), done=self._editing.bring, failed=self.failed.emit
            )

    def _on_keeping_failed(self, key: str, text: str | None, error: Exception) -> None:
        self._changed.setdefault(key, text)
        self.failed.emit(error)
