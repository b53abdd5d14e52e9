"""The typed parts that messages are made of. Parts are pure values; identity belongs to storage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class TextPart:
    """Text of the person or of the model."""

    text: str


@dataclass(frozen=True)
class ThinkingPart:
    """What a reasoning model wrote before its answer; never sent back to it."""

    text: str


@dataclass(frozen=True)
class FilePart:
    """Text that goes along with a question: a file as it was read, or a long paste. Where it came from is not kept."""

    name: str
    """Of the file, without its folder; empty for pasted text."""
    media_type: str
    text: str


Part = TextPart | ThinkingPart | FilePart
"""Tool calls, tool results and citations join here with their own issues."""


def plain_text(parts: tuple[Part, ...]) -> str:
    """Join what was said, without what was only thought."""
    return "".join(part.text for part in parts if isinstance(part, TextPart))


def joined(pieces: Iterable[Part]) -> tuple[Part, ...]:
    """Make one part of each run of pieces of text, or of thinking."""
    parts: list[Part] = []
    for kind, run in groupby(pieces, key=type):
        if kind in (TextPart, ThinkingPart):
            parts.append(kind("".join(piece.text for piece in run)))
        else:
            parts += run
    return tuple(parts)


def with_text(parts: tuple[Part, ...], text: str) -> tuple[Part, ...]:
    """Return parts that say this instead, with everything that is not text left where it is."""
    texts = [index for index, part in enumerate(parts) if isinstance(part, TextPart)]
    place = texts[0] if texts else len(parts)
    others = [part for part in parts if not isinstance(part, TextPart)]
    return (*others[:place], TextPart(text), *others[place:])


def files_of(parts: tuple[Part, ...]) -> tuple[FilePart, ...]:
    """Return what goes along with the text."""
    return tuple(part for part in parts if isinstance(part, FilePart))
