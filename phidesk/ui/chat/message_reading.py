"""From a message of the transcript to its reading view, and back."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedLayout

from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.chat.message_view import MessageView


class MessageReading(QObject):
    """Puts the view of a message in place of the conversation. The conversation goes on behind it."""

    def __init__(
        self, transcript: TranscriptView, *, layers: QStackedLayout, theme: Theme, parent: QObject | None = None
    ) -> None:
        """`layers` has the conversation at the bottom, and shows one layer at a time."""
        super().__init__(parent)
        self._transcript = transcript
        self._layers = layers
        self._theme = theme
        self._key = ""
        transcript.menu.add_source(self._entries)

    def open(self) -> None:
        """Show the message that the keyboard means, if the conversation is in view and has one."""
        message = self._transcript.keyboard_message
        if message is not None and self._transcript.isVisible():
            self._read(message)

    @cached_property
    def _view(self) -> MessageView:
        from phidesk.ui.chat.message_view import MessageView  # noqa: PLC0415 - the first paint need not wait

        view = MessageView(self._theme)
        self._layers.addWidget(view)
        view.closed.connect(self._on_view_closed)
        view.link_requested.connect(self._transcript.link_activated)
        return view

    def _read(self, index: int) -> None:
        self._transcript.reader.when_read(index, partial(self._open, index))

    def _open(self, index: int) -> None:
        message = self._transcript.content.messages[index]
        name = self.tr("Your message") if message.speaker is Speaker.PERSON else self.tr("Answer")
        blocks = [box.block for box in self._transcript.content.layout(index).boxes]
        self._key = message.key
        self._layers.setCurrentWidget(self._view)
        self._view.show_message(name, message.note, blocks)

    def _entries(self, place: MenuPlace) -> list[MenuEntry]:
        if place.message is None:
            return []
        read = partial(self._read, place.message)
        return [MenuEntry("read_message", self.tr("Read message"), read, Shortcut.READ_MESSAGE.sequences[0])]

    def _on_view_closed(self) -> None:
        """Give the keyboard to the message that was read."""
        self._layers.setCurrentIndex(0)
        self._transcript.return_to(self._key)
