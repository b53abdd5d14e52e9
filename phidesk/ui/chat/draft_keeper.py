"""What was typed and not sent: saved while it is typed, there again when its conversation is opened."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.core.drafts import Draft
from phidesk.core.tasks import TaskRunner
from phidesk.storage.conversations import Conversations
from phidesk.ui.chat.composer import Composer

SAVE_DELAY_MS = 500
"""Longest time that typed text is not on its way to disk."""


class DraftKeeper(QObject):
    """Keeps the composer's text for the conversation that is open. None stands for a conversation not begun yet."""

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
        self._saved_text: str | None = ""
        """What is on disk or on its way there; None where that failed."""
        self._opening = 0
        self._returned: dict[str | None, str] = {}
        """Texts on their way back to conversations that are not open; kept until they are on disk or open."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_DELAY_MS)
        self._connect()

    def open(self, conversation_id: str | None, *, text: str = "") -> None:
        """Save the text of the open conversation and bring that of another one, followed by `text`."""
        self.flush()
        self._conversation_id = conversation_id
        self._saved_text = ""
        self._opening += 1
        self._composer.set_text(_joined(self._returned.pop(conversation_id, ""), text))
        self._runner.watch(
            self._conversations.draft(conversation_id),
            done=partial(self._on_read, self._opening),
            failed=self.failed.emit,
        )

    def sent(self) -> None:
        """The text that stood here is a question now and no draft any more; what was typed since is one."""
        self._saved_text = ""  # asking dropped the stored draft
        self.flush()

    def begin(self, conversation_id: str) -> None:
        """The conversation not begun yet has an id: what stands in the composer belongs to it from now on."""
        self._save(None, "")
        self._conversation_id = conversation_id
        self.sent()

    def give_back(self, conversation_id: str | None, text: str) -> None:
        """Put a text that could not be sent back in front of what was typed since."""
        if conversation_id == self._conversation_id:
            self._composer.set_text(_joined(text, self._composer.text()))
            self.flush()
            return
        self._returned[conversation_id] = _joined(self._returned.get(conversation_id, ""), text)
        self._runner.watch(
            self._conversations.draft(conversation_id),
            done=partial(self._save_returned, conversation_id),
            failed=self.failed.emit,
        )

    def save_soon(self) -> None:
        """Save within `SAVE_DELAY_MS`; for texts that the person did not type."""
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Hand what is not saved yet to the database; does not wait for the disk."""
        self._timer.stop()
        text = self._composer.text()
        if text != self._saved_text:
            self._saved_text = text
            self._save(self._conversation_id, text)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.flush)
        self._composer.draft_changed.connect(self.save_soon)

    def _save(self, conversation_id: str | None, text: str) -> None:
        self._runner.watch(self._conversations.save_draft(conversation_id, text), failed=self._on_save_failed)

    def _save_returned(self, conversation_id: str | None, draft: Draft) -> None:
        text = self._returned.get(conversation_id)
        if text is not None:
            self._runner.watch(
                self._conversations.save_draft(conversation_id, _joined(text, draft.text)),
                done=partial(self._on_returned_saved, conversation_id),
                failed=self.failed.emit,
            )

    def _on_returned_saved(self, conversation_id: str | None, _nothing: None) -> None:
        self._returned.pop(conversation_id, None)

    def _on_read(self, opening: int, draft: Draft) -> None:
        if opening != self._opening:
            return
        self._saved_text = draft.text
        typed_meanwhile = self._composer.text()
        if draft.text != typed_meanwhile:
            self._composer.set_text(_joined(draft.text, typed_meanwhile))
            self.flush()

    def _on_save_failed(self, error: Exception) -> None:
        self._saved_text = None
        self.failed.emit(error)


def _joined(first: str, second: str) -> str:
    if not first.strip():
        return second
    return f"{first}\n{second}" if second.strip() else first
