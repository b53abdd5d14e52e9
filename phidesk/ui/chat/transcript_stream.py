"""Text on its way into the last message: a backlog that is taken in small portions."""

from __future__ import annotations

from phidesk.richtext.streaming import StreamingParser

PORTION_CHARACTERS = 2_048
"""Taken at once; a burst of 20,000 characters laid out in one go would hold a frame up for 20 ms."""


class TranscriptStream:
    """The last section of one message, which is being written: text, or what the model thinks."""

    def __init__(self, index: int, text: str, *, before: str = "", inset: int | None = None) -> None:
        self.index = index
        self.before = before
        """The text of the message above this section."""
        self.inset = inset
        """Number of the thinking part in its message; None while text is written."""
        self.duration_ms: float | None = None
        """How long the model has been thinking."""
        self.parser = StreamingParser()
        self.is_finishing = False
        """Whether nothing more will arrive."""
        self.note = ""
        self.announced_end = len(text)
        """So many characters of the section were read aloud, or were there before."""
        self._backlog = ""
        if text:
            self.parser.append(text)

    @property
    def text(self) -> str:
        """All of the section that arrived, taken or not."""
        return self.parser.text + self._backlog

    @property
    def has_backlog(self) -> bool:
        """Whether some text still waits."""
        return bool(self._backlog)

    def add(self, text: str) -> None:
        """Let text wait."""
        self._backlog += text

    def take(self) -> int:
        """Parse one portion; return what `StreamingParser.append` returns."""
        portion, self._backlog = self._backlog[:PORTION_CHARACTERS], self._backlog[PORTION_CHARACTERS:]
        return self.parser.append(portion)

    def heal(self) -> bool:
        """Do some of what `finish` has to do; return whether it has only little left."""
        return not self._backlog and self.parser.heal()

    def finish(self) -> int:
        """Parse everything, what waited too; return what `StreamingParser.finish` returns."""
        if self._backlog:
            unchanged = self.parser.append(self._backlog)
            self._backlog = ""
            return min(unchanged, self.parser.finish())
        return self.parser.finish()
