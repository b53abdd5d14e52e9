"""From a file, in the composer or at a message, to its view, and back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedLayout

from phidesk.core.parts import FilePart
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.shown_answer import ShownAnswer
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.transcript_frame import file_of_card
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.chat.file_view import FileView


class FileReading(QObject):
    """Puts the view of a file in place of the conversation. The conversation goes on behind it."""

    def __init__(
        self,
        composer: Composer,
        transcript: TranscriptView,
        *,
        shown: ShownConversation,
        writing: ShownAnswer,
        layers: QStackedLayout,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        """`layers` has the conversation at the bottom, and shows one layer at a time."""
        super().__init__(parent)
        self._composer = composer
        self._transcript = transcript
        self._shown = shown
        self._writing = writing
        self._layers = layers
        self._theme = theme
        self._message_id = ""
        composer.view_requested.connect(self._on_view_requested)

    def open_card(self, message_id: str, card_key: str) -> None:
        """Show the file of a card, if it is one of a file."""
        writing = self._writing.answer
        if writing is not None and writing.asked is not None and writing.asked.answer.id == message_id:
            parts = writing.parts
        else:
            parts = next(message for message in self._shown.path if message.id == message_id).parts
        file = file_of_card(parts, card_key)
        if file is not None:
            self._message_id = message_id
            self._show(file, is_unsent=False)

    @cached_property
    def _view(self) -> FileView:
        from phidesk.ui.chat.file_view import FileView  # noqa: PLC0415 - the first paint need not wait

        view = FileView(self._theme)
        self._layers.addWidget(view)
        view.closed.connect(self._on_view_closed)
        view.insertion_requested.connect(self._composer.insert_file)
        view.removal_requested.connect(self._composer.remove_file)
        return view

    def _show(self, file: FilePart, *, is_unsent: bool) -> None:
        self._layers.setCurrentWidget(self._view)
        self._view.show_file(file, is_unsent=is_unsent)

    def _on_view_requested(self, file: FilePart) -> None:
        self._show(file, is_unsent=True)

    def _on_view_closed(self, was_unsent: bool) -> None:
        """Give the keyboard back to where it came from."""
        self._layers.setCurrentIndex(0)
        if was_unsent:
            self._composer.focus_input()
        else:
            self._transcript.return_to(self._message_id)
