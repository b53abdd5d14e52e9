"""Finds what a model thought in the text of its answer.

Engines tell thoughts apart only of models that they know to think. Others, Phi-4-mini-reasoning in Ollama among them,
write them into the answer: at its beginning, between `<think>` and `</think>`. Anywhere else these are only words.
"""

from __future__ import annotations

from enum import Enum

OPENING, CLOSING = "<think>", "</think>"


class _Stage(Enum):
    BEGINNING = "beginning"
    """Nothing but blanks, or the beginning of the opening mark."""
    OPENED = "opened"
    """Only blanks since the opening mark."""
    THOUGHT = "thought"
    BETWEEN = "between"
    """Only blanks since the closing mark."""
    ANSWER = "answer"


class ThoughtReader:
    """Parts the text of one answer, piece by piece as it comes, into thoughts and what is said."""

    def __init__(self) -> None:
        self._stage = _Stage.BEGINNING
        self._held = ""
        """What came and may yet be part of a mark, or blanks that stand before one."""

    def feed(self, text: str) -> tuple[str, str]:
        """Take the next piece; return what is now known as thought and what as said."""
        thought = ""
        self._held += text
        if self._stage is _Stage.BEGINNING:
            begun = self._held.lstrip()
            if begun.startswith(OPENING):
                self._stage, self._held = _Stage.OPENED, begun.removeprefix(OPENING)
            elif not OPENING.startswith(begun):
                self._stage = _Stage.ANSWER
        if self._stage is _Stage.OPENED:
            self._skip_blanks(then=_Stage.THOUGHT)
        if self._stage is _Stage.THOUGHT:
            thought, closing, rest = self._held.partition(CLOSING)
            if closing:
                thought, self._held, self._stage = thought.rstrip(), rest, _Stage.BETWEEN
            else:
                end = _end_of_known(self._held)
                thought, self._held = self._held[:end], self._held[end:]
        if self._stage is _Stage.BETWEEN:
            self._skip_blanks(then=_Stage.ANSWER)
        said = ""
        if self._stage is _Stage.ANSWER:
            said, self._held = self._held, ""
        return thought, said

    def finish(self) -> tuple[str, str]:
        """Return what was held back when no more comes."""
        held, self._held = self._held, ""
        return (held, "") if self._stage is _Stage.THOUGHT else ("", held)

    def _skip_blanks(self, *, then: _Stage) -> None:
        self._held = self._held.lstrip()
        if self._held:
            self._stage = then


def _end_of_known(text: str) -> int:
    """Return where the text ends that is surely thought: before blanks and what may become a closing mark."""
    mark = next((size for size in range(len(CLOSING) - 1, 0, -1) if text.endswith(CLOSING[:size])), 0)
    return len(text[: len(text) - mark].rstrip())
