"""Text on its way into the last message: a backlog that is taken in small portions."""

from __future__ import annotations

from phidesk.richtext.streaming import StreamingParser

PORTION_CHARACTERS = 2_048
"""Taken at once; a burst of 20,000 characters laid out in one go would hold a frame up for 20 ms."""


def parser_behind(text: str) -> StreamingParser:
    """Return a parser that has read a text as if it had arrived by and by. For any thread: a long one takes a while."""
    parser = StreamingParser()
    for start in range(0, len(text), PORTION_CHARACTERS):
        parser.append(text[start : start + PORTION_CHARACTERS])
    return parser


class TranscriptStream:
    """The last section of one message, which is being written: text, or what the model thinks.

    All waits until it is begun, with a parser that has read what the section said before.
    """

    def __init__(self, index: int, said: str, *, before: str = "", inset: int | None = None) -> None:
        self.index = index
        self.said = said
        """What the section said before."""
        self.before = before
        """The text of the message above this section."""
        self.inset = inset
        """Number of the thinking part in its message; None while text is written."""
        self.duration_ms: float | None = None
        """How long the model has been thinking."""
        self.parser = StreamingParser()
        self.is_begun = False
        self.is_finishing = False
        """Whether nothing more will arrive."""
        self.is_healed = False
        """Whether `finish` has only little left to do."""
        self.note = ""
        self.announced_end = len(said)
        """So many characters of the section were read aloud, or were there before."""
        self._backlog = ""

    def begin(self, parser: StreamingParser) -> None:
        """Go on behind what a parser has read."""
        self.parser = parser
        self.is_begun = True

    @property
    def text(self) -> str:
        """All of the section that arrived, taken or not."""
        return self.shown_text + self._backlog

    @property
    def shown_text(self) -> str:
        """What was taken of the section."""
        return self.parser.text if self.is_begun else self.said

    @property
    def has_backlog(self) -> bool:
        """Whether some text still waits."""
        return bool(self._backlog)

    def add(self, text: str) -> None:
        """Let text wait."""
        self._backlog += text
        self.is_healed = False

    def take(self) -> int:
        """Parse one portion; return what `StreamingParser.append` returns."""
        portion, self._backlog = self._backlog[:PORTION_CHARACTERS], self._backlog[PORTION_CHARACTERS:]
        return self.parser.append(portion)

    def heal(self) -> bool:
        """Do some of what `finish` has to do; return whether it has only little left."""
        self.is_healed = self.is_begun and not self._backlog and self.parser.heal()
        return self.is_healed

    def finish(self) -> int:
        """Parse everything, what waited too; return what `StreamingParser.finish` returns."""
        if self._backlog:
            unchanged = self.parser.append(self._backlog)
            self._backlog = ""
            return min(unchanged, self.parser.finish())
        return self.parser.finish()
