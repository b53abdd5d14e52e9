"""What the person wrote and has not sent: in the composer, or waiting until an answer is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # The composer is painted first, and has parts only when something is sent.
    from phidesk.core.parts import FilePart, Part


@dataclass(frozen=True)
class Draft:
    """A text, and the files that are to go along with it."""

    text: str = ""
    files: tuple[FilePart, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to send."""
        return not (self.files or self.text.strip())

    @property
    def parts(self) -> tuple[Part, ...]:
        """The question as a message holds it: the files first, so that the model reads last what is asked of them."""
        from phidesk.core.parts import TextPart  # noqa: PLC0415 - see above

        has_text = self.text.strip() or not self.files
        return (*self.files, TextPart(self.text)) if has_text else self.files

    def followed_by(self, other: Draft) -> Draft:
        """Return both as one, the other text on a line of its own."""
        if not self.text.strip():
            text = other.text
        elif not other.text.strip():
            text = self.text
        else:
            text = f"{self.text}\n{other.text}"
        return Draft(text, self.files + other.files)


NOTHING = Draft()
"""What an empty composer holds."""


@dataclass(frozen=True)
class QueuedMessage:
    """A message that is sent when the answer before it is complete."""

    id: int
    """Never used a second time. Earlier messages have smaller ones."""
    draft: Draft
