"""Lets a screen reader say an answer while it is written: each sentence once, as soon as it is finished."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible

from phidesk.richtext.blocks import plain_text
from phidesk.richtext.markdown import parse
from phidesk.richtext.sentences import sentence_ends
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_stream import TranscriptStream


class AnswerAnnouncer(QObject):
    """Says nothing where no assistive technology listens, or where the person does not want it."""

    sentence_finished = Signal(str)
    """There is something to be said. Carries it without markup."""
    switched = Signal(bool)
    """The person switched it on or off. Carries which."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = True

    def follow(self, stream: TranscriptStream, *, is_complete: bool = False) -> None:
        """Announce what of a text was finished since the last time; all of it once it is complete."""
        if not self.is_on or stream.inset is not None or not QAccessible.isActive():
            return
        text = stream.parser.text
        for end in sentence_ends(text, stream.announced_end, is_complete=is_complete):
            said = plain_text(parse(text[stream.announced_end : end].strip()))
            stream.announced_end = end
            self.sentence_finished.emit(said)

    def entries(self, _place: MenuPlace) -> list[MenuEntry]:
        """Offer the switch."""
        words = self.tr("Read answers aloud to screen readers")
        return [MenuEntry("read_answers_aloud", words, self._switch, is_checked=self.is_on)]

    def _switch(self) -> None:
        self.is_on = not self.is_on
        self.switched.emit(self.is_on)
