"""Files from the hand of the person into the question being written, or the reason why they cannot go along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from phidesk.core.drafts import Draft
from phidesk.ui.chat.attachment_reader import MOST_FILES, AttachmentReader, FilesRead
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.draft_keeper import DraftKeeper
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.messages import notice_for_error

MOST_TOLD = 3
"""Of many files that cannot go along so many are named."""


class Attaching(QObject):
    """Files belong to the conversation in which they were given, also where another is in view when they were read."""

    def __init__(
        self,
        composer: Composer,
        reader: AttachmentReader,
        *,
        drafts: DraftKeeper,
        shown: ShownConversation,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._composer = composer
        self._reader = reader
        self._drafts = drafts
        self._shown = shown
        self._composer.files_given.connect(self.attach)
        self._reader.files_read.connect(self._on_files_read)

    def attach(self, paths: Sequence[Path]) -> None:
        """Read these, and let them go along with the question that is being written in what is shown."""
        self._composer.note.clear()
        self._reader.read(self._shown.id, paths, room=max(0, MOST_FILES - len(self._composer.draft.files)))
        self.show_state()
        self._composer.focus_input()

    def show_state(self) -> None:
        """Say whether files are on their way to what is shown."""
        self._composer.set_reading(self._reader.is_reading(self._shown.id))

    def _on_files_read(self, outcome: FilesRead) -> None:
        if outcome.conversation_id == self._shown.id:
            self._composer.add_files(outcome.files)
        elif outcome.files:
            self._drafts.give_back(outcome.conversation_id, Draft("", outcome.files))
        refused = [notice_for_error(type(error).__name__, error.facts()) for error in outcome.refused[:MOST_TOLD]]
        untold = len(outcome.refused) - len(refused)
        self._composer.note.say_refused(refused, untold=untold, left_out=outcome.left_out, most=MOST_FILES)
        self.show_state()
