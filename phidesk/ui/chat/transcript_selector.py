"""Makes the selection of a transcript: by characters, words and paragraphs, and keeps it while messages change."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtGui import QTextCursor

from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_message import TranscriptMessage
from phidesk.ui.chat.transcript_places import TranscriptPlaces
from phidesk.ui.chat.transcript_selection import Place, Selection


class Grain(Enum):
    """What a selection grows by: how often the mouse was pressed where it began."""

    CHARACTER = 1
    WORD = 2
    PARAGRAPH = 3


class TranscriptSelector:
    """Holds the selection. Whoever changes it repaints."""

    def __init__(self, content: TranscriptContent, places: TranscriptPlaces) -> None:
        self.selection: Selection | None = None
        self._content = content
        self._places = places
        self._grain = Grain.CHARACTER
        self._origin = Selection(Place(0, 0, 0), Place(0, 0, 0))
        """What was selected where the mouse went down; never given up while it is dragged."""

    @property
    def has_text(self) -> bool:
        """Whether anything is selected."""
        return self.selection is not None and not self.selection.is_empty

    # Making

    def clear(self) -> None:
        """Select nothing, and begin nowhere."""
        self.selection = None

    def begin(self, place: Place, grain: Grain = Grain.CHARACTER) -> None:
        """Begin at a place, with the word or paragraph around it if that is the grain."""
        self._grain = grain
        self._origin = self.selection = self._around(place)

    def extend(self, place: Place) -> None:
        """Let the selection reach to a place; what it began with stays selected."""
        if self.selection is None:
            self.begin(place)
            return
        target = self._around(place)
        if target.start < self._origin.start:
            self.selection = Selection(self._origin.end, target.start)
        else:
            self.selection = Selection(self._origin.start, max(target.end, self._origin.end))

    def extend_from_anchor(self, place: Place) -> None:
        """Let the selection reach from where it was begun to a place, character by character."""
        anchor = place if self.selection is None else self.selection.anchor
        self._grain = Grain.CHARACTER
        self._origin = Selection(anchor, anchor)
        self.selection = Selection(anchor, place)

    def select_message(self, message: int) -> None:
        """Select a whole message."""
        self._grain = Grain.CHARACTER
        self._origin = self.selection = self._whole(message, message)

    def select_all(self) -> None:
        """Select everything."""
        self._grain = Grain.CHARACTER
        if self._content.messages:
            self._origin = self.selection = self._whole(0, len(self._content.messages) - 1)

    def is_whole(self, message: int) -> bool:
        """Whether all of a message is selected, alone or with others."""
        selection = self.selection
        if selection is None or selection.is_empty or message not in selection.messages:
            return False
        if selection.start.message < message < selection.end.message:
            return True
        whole = self._whole(message, message)
        return selection.start <= whole.start and whole.end <= selection.end

    def is_whole_message(self, message: int) -> bool:
        """Whether exactly this message is selected."""
        whole = self._whole(message, message)
        selection = self.selection
        return selection is not None and (selection.start, selection.end) == (whole.start, whole.end)

    def _whole(self, first: int, last: int) -> Selection:
        return Selection(Place(first, 0, 0), self._places.end_of(last))

    def _around(self, place: Place) -> Selection:
        if self._grain is Grain.WORD:
            return self._word_at(place)
        if self._grain is Grain.PARAGRAPH:
            start = Place(place.message, place.block, 0)
            return Selection(start, self._places.end_of_block(place.message, place.block))
        return Selection(place, place)

    def _word_at(self, place: Place) -> Selection:
        placed = self._places.placed(place.message, place.block)
        if placed is None or placed.document is None:
            return Selection(place, place)
        documents, block = self._content.documents, placed.box.block
        cursor = QTextCursor(placed.document)
        cursor.setPosition(min(documents.document_offset(block, place.offset), placed.document.characterCount() - 1))
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        start, end = (documents.text_offset(block, at) for at in (cursor.selectionStart(), cursor.selectionEnd()))
        return Selection(Place(place.message, place.block, start), Place(place.message, place.block, end))

    # Keeping

    def text(self) -> str:
        """Return what is selected, messages parted by blank lines."""
        return "" if self.selection is None else self.text_of(self.selection)

    def words(self) -> str:
        """Return what is selected if it stands in one block; else nothing."""
        selection = self.selection
        if selection is None:
            return ""
        start, end = selection.start, selection.end
        return self.text() if (start.message, start.block) == (end.message, end.block) else ""

    def text_of(self, selection: Selection, most: int | None = None) -> str:
        """Return what a selection would be, messages parted by blank lines, or its first characters."""
        if selection.is_empty:
            return ""
        parts: list[str] = []
        length = 0
        for message in selection.messages:
            parts.append(self._text_in(message, selection, most))
            length += len(parts[-1])
            if most is not None and length >= most:
                break
        return "\n\n".join(parts)[:most]

    def text_in(self, message: int) -> str:
        """Return what is selected of a message."""
        selection = self.selection
        if selection is None or selection.is_empty or message not in selection.messages:
            return ""
        return self._text_in(message, selection)

    def _text_in(self, message: int, selection: Selection, most: int | None = None) -> str:
        if selection.start <= Place(message, 0, 0) and self._places.end_of(message) <= selection.end:
            return self._content.readable_text(message, most)
        return selection.text(message, [box.block for box in self._content.layout(message).boxes])

    def clamp(self, message: int) -> None:
        """Keep the ends of the selection within a message that was read anew."""
        selection = self.selection
        if selection is not None and message in (selection.start.message, selection.end.message):
            self.selection = Selection(self._clamped(selection.anchor), self._clamped(selection.cursor))
            self._origin = Selection(self._clamped(self._origin.anchor), self._clamped(self._origin.cursor))

    def keep_if_unchanged(self, message: int, text_before: str) -> None:
        """Clear the selection if what was selected of a message, `text_before`, is there no more."""
        self.clamp(message)
        if text_before and (not self._content.is_read(message) or self.text_in(message) != text_before):
            self.clear()

    def shift(self, message: int, row: int, count: int) -> None:
        """Follow blocks that moved down, or up if `count` is negative, because something opened or closed in a row."""
        selection = self.selection
        if selection is None or message not in (selection.start.message, selection.end.message):
            return
        places = (selection.anchor, selection.cursor)
        if any(place.message == message and row < place.block <= row - count for place in places):
            self.clear()
            return
        moved = (
            Place(place.message, place.block + count, place.offset)
            if place.message == message and place.block > row
            else place
            for place in places
        )
        self._origin = self.selection = Selection(*moved)

    def follow(self, messages: Sequence[TranscriptMessage]) -> None:
        """Keep the selection if its messages are among those that will be shown, one after another as before."""
        selection = self.selection
        if selection is None:
            return
        first, count = selection.start.message, len(selection.messages)
        selected = [(message.key, message.text) for message in self._content.messages[first : first + count]]
        start = next((at for at, message in enumerate(messages) if message.key == selected[0][0]), None)
        if start is None or [(message.key, message.text) for message in messages[start : start + count]] != selected:
            self.clear()
            return
        self.selection = Selection(*(_moved(place, start - first) for place in (selection.anchor, selection.cursor)))
        self._origin = self.selection

    def _clamped(self, place: Place) -> Place:
        """Return the place itself, or the nearest one that its message still has."""
        end = self._places.end_of(place.message)
        if place >= end:
            return end
        return min(place, self._places.end_of_block(place.message, place.block))


def _moved(place: Place, messages: int) -> Place:
    return Place(place.message + messages, place.block, place.offset)
