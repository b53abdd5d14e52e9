"""What the transcript shows of one message, as values: its text, and what stands between its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Speaker(Enum):
    """Who wrote a message."""

    PERSON = "person"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Thinking:
    """What a model thought, shown as one line that opens."""

    text: str
    """Markdown."""
    duration_ms: float | None = None
    """None if nobody measured it."""
    is_running: bool = False
    """Whether the model still thinks."""


class CardState(Enum):
    """How far what a card tells of has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    """The person did not allow it."""
    SKIPPED = "skipped"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Card:
    """Something that is no text of the answer but belongs between its words: a tool call, a citation."""

    key: str
    """Unique within its message; chosen by the caller."""
    title: str
    """One line, like all words here already translated."""
    summary: str = ""
    """Beside the title, on the same line."""
    details: str = ""
    """Shown as it is, below the line, when the card is opened; without it the card does not open."""
    state: CardState = CardState.DONE
    icon: str = ""
    """Name of an icon of `resources/icons`."""
    has_page: bool = False
    """Whether it is opened elsewhere (`TranscriptView.card_activated`) and not below its line."""

    @property
    def opens(self) -> bool:
        """Whether it can be opened."""
        return self.has_page or bool(self.details)


@dataclass(frozen=True, slots=True)
class Inset:
    """A line or card, and how many characters of the message's text stand before it."""

    at: int
    content: Thinking | Card


Section = str | Thinking | Card
"""A stretch of text, or what stands between two stretches."""


@dataclass(frozen=True)
class TranscriptMessage:
    """One message as the transcript shows it."""

    key: str
    """Unique within the transcript; chosen by the caller."""
    speaker: Speaker
    text: str
    """Markdown if the model speaks; shown as typed if the person does."""
    note: str = ""
    """A muted line under the message, already translated."""
    insets: tuple[Inset, ...] = ()
    """In the order in which they stand."""

    @property
    def sections(self) -> list[Section]:
        """The parts of the message from top to bottom."""
        found: list[Section] = []
        start = 0
        for inset in self.insets:
            end = max(start, min(inset.at, len(self.text)))
            if end > start:
                found.append(self.text[start:end])
            found.append(inset.content)
            start = end
        if start < len(self.text):
            found.append(self.text[start:])
        return found

    def with_content(self, number: int, content: Thinking | Card) -> TranscriptMessage:
        """Return the message with something else in one of its insets."""
        changed = replace(self.insets[number], content=content)
        return replace(self, insets=(*self.insets[:number], changed, *self.insets[number + 1 :]))
