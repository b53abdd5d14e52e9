"""The lines and cards between the words of messages: what they say, and which of them are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from phidesk.richtext.blocks import Block
from phidesk.ui.chat.message_sections import inset_blocks
from phidesk.ui.chat.transcript_layout import SectionRows
from phidesk.ui.chat.transcript_message import Card, Inset, Thinking

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_content import TranscriptContent


class MessageInsets:
    """Changes the insets of a content's messages; each has a number in its message."""

    def __init__(self, content: TranscriptContent) -> None:
        self._content = content
        self._opened: dict[str, set[int]] = {}
        """Which insets of a message are open, by its key."""

    def close_all(self) -> None:
        """Forget what is open: other messages are shown."""
        self._opened = {}

    def add(self, index: int, content: Thinking | Card) -> int:
        """Put a line or card at the end of a message; return its number in the message."""
        layout, message = self._content.layout(index), self._content.messages[index]
        number = len(message.insets)
        self._content.messages[index] = replace(message, insets=(*message.insets, Inset(len(message.text), content)))
        layout.sections.append(SectionRows(len(layout.boxes), content, number))
        self._content.set_blocks(index, len(layout.boxes), inset_blocks(content, is_open=False))
        return number

    def set(self, index: int, number: int, content: Thinking | Card) -> None:
        """Let a line or card say something else; what was thought already is not shown anew."""
        layout = self._content.layout(index)
        self._content.messages[index] = self._content.messages[index].with_content(number, content)
        section = next(section for section in layout.sections if section.inset == number)
        section.content = content
        if isinstance(content, Card):
            self._show_section(index, section, inset_blocks(content, is_open=self.is_open(index, number)))

    def put_card(self, index: int, card: Card) -> None:
        """Put a card at the end of a message, or let the one with the same key say something else."""
        for number, inset in enumerate(self._content.messages[index].insets):
            if isinstance(inset.content, Card) and inset.content.key == card.key:
                self.set(index, number, card)
                return
        self.add(index, card)

    def is_open(self, index: int, number: int) -> bool:
        """Whether an inset of a message is open."""
        return number in self._opened.get(self._content.messages[index].key, ())

    def row_of(self, index: int, number: int) -> int | None:
        """Return the row of the line or card of an inset; None if there is none with this number."""
        rows = (section.start for section in self._content.layout(index).sections if section.inset == number)
        return next(rows, None)

    def toggle(self, index: int, row: int, blocks: Sequence[Block] | None = None) -> None:
        """Open or close the line or card in a row; `blocks` are below it if they are known already."""
        section = self._content.layout(index).section_at(row)
        if section is None or section.content is None:
            return
        opened = self._opened.setdefault(self._content.messages[index].key, set())
        opened ^= {section.inset}
        shown = inset_blocks(section.content, is_open=section.inset in opened and blocks is None)
        if section.inset in opened and blocks is not None:
            shown += blocks
        self._show_section(index, section, shown)

    def _show_section(self, index: int, section: SectionRows, blocks: Sequence[Block]) -> None:
        layout = self._content.layout(index)
        before = list(layout.boxes)
        layout.splice_section(section, blocks, self._content.documents.metrics(self._content.column_width))
        kept = set(map(id, layout.boxes))
        for box in before:
            if id(box) not in kept:
                self._content.documents.forget(box)
        self._content.store_height(index)

    def opened_of(self, key: str) -> frozenset[int]:
        """Return the numbers of the open insets of a message."""
        return frozenset(self._opened.get(key, ()))

    @property
    def opened(self) -> dict[str, frozenset[int]]:
        """The numbers of the open insets of messages that have some, by their keys."""
        return {key: frozenset(numbers) for key, numbers in self._opened.items() if numbers}
