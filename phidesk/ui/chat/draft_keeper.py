"""What was typed and not sent, with its files: saved while it is typed, there again when its conversation is opened."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.core.drafts import NOTHING, Draft
from phidesk.core.tasks import TaskRunner
from phidesk.storage.conversations import Conversations
from phidesk.ui.chat.composer import Composer

SAVE_DELAY_MS = 500
"""Longest time that typed text is not on its way to disk."""


class DraftKeeper(QObject):
    """Keeps what the composer holds for the conversation that is open. None stands for one that is not begun yet."""

    failed = Signal(object)
    """A draft could not be read or saved. Carries the exception."""

    def __init__(
        self, composer: Composer, conversations: Conversations, runner: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._composer = composer
        self._conversations = conversations
        self._runner = runner
        self._conversation_id: str | None = None
        self._saved: Draft | None = NOTHING
        """What is on disk or on its way there; None where that failed."""
        self._opening = 0
        self._returned: dict[str | None, Draft] = {}
        """On their way back to conversations that are not open; kept until they are on disk or open."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_DELAY_MS)
        self._connect()

    def open(self, conversation_id: str | None, *, followed_by: Draft = NOTHING) -> None:
        """Save the draft of the open conversation and bring that of another one, followed by something."""
        self.flush()
        self._conversation_id = conversation_id
        self._saved = NOTHING
        self._opening += 1
        returned = self._returned.pop(conversation_id, NOTHING)
        self._composer.set_draft(returned.followed_by(followed_by))
        self._runner.watch(
            self._conversations.draft(conversation_id),
            done=partial(self._on_read, self._opening),
            failed=self.failed.emit,
        )

    def sent(self) -> None:
        """What stood here is a message now and no draft any more; what was typed since is one."""
        self._saved = NOTHING  # asking or queuing dropped the stored draft
        self.flush()

    def begin(self, conversation_id: str) -> None:
        """The conversation not begun yet has an id: what stands in the composer belongs to it from now on."""
        self._save(None, NOTHING)
        self._conversation_id = conversation_id
        self.sent()

    def give_back(self, conversation_id: str | None, draft: Draft) -> None:
        """Put what could not be sent back in front of what was typed since."""
        if conversation_id == self._conversation_id:
            self._composer.put_in_front(draft)
            self.flush()
            return
        self._returned[conversation_id] = self._returned.get(conversation_id, NOTHING).followed_by(draft)
        self._runner.watch(
            self._conversations.draft(conversation_id),
            done=partial(self._save_returned, conversation_id),
            failed=self.failed.emit,
        )

    def save_soon(self) -> None:
        """Save within `SAVE_DELAY_MS`."""
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Hand what is not saved yet to the database; does not wait for the disk."""
        self._timer.stop()
        draft = self._composer.draft
        if draft != self._saved:
            has_same_files = self._saved is not None and self._saved.files == draft.files
            self._saved = draft
            self._save(self._conversation_id, draft, has_same_files=has_same_files)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.flush)
        self._composer.draft_changed.connect(self.save_soon)

    def _save(self, conversation_id: str | None, draft: Draft, *, has_same_files: bool = False) -> None:
        """Save the draft; files that are on disk already are not written once more for each letter."""
        files = None if has_same_files else draft.files
        saving = self._conversations.save_draft(conversation_id, draft.text, files)
        self._runner.watch(saving, failed=self._on_save_failed)

    def _save_returned(self, conversation_id: str | None, draft: Draft) -> None:
        returned = self._returned.get(conversation_id)
        if returned is not None:
            both = returned.followed_by(draft)
            self._runner.watch(
                self._conversations.save_draft(conversation_id, both.text, both.files),
                done=partial(self._on_returned_saved, conversation_id),
                failed=self.failed.emit,
            )

    def _on_returned_saved(self, conversation_id: str | None, _nothing: None) -> None:
        self._returned.pop(conversation_id, None)

    def _on_read(self, opening: int, draft: Draft) -> None:
        if opening != self._opening:
            return
        self._saved = draft
        here = self._composer.draft
        if here == NOTHING:
            self._composer.set_draft(draft)
        elif draft != here:
            self._composer.put_in_front(draft)
            self.flush()

    def _on_save_failed(self, error: Exception) -> None:
        self._saved = None
        self.failed.emit(error)
