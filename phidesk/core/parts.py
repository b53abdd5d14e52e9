"""The typed parts that messages are made of. Parts are pure values; identity belongs to storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from phidesk.core.tools import ToolCall, ToolResult, ToolUse


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
    is_document: bool = False
    """Whether it is only kept: of a document each question is sent the passages that fit it."""


@dataclass(frozen=True)
class PassagesPart:
    """Passages of one document of a conversation, which a question was sent with. They stay with it.

    None are kept too: that nothing was found is said.
    """

    name: str
    """Of the document."""
    text: str
    """As it was sent, without what stands around it."""
    shown: int
    """How many passages these are."""
    count: int
    """How many the document has."""


@dataclass(frozen=True)
class NotesPart:
    """All notes on the beginning of a text that a summary is made of, once one more part of it was read.

    Whoever is stopped while reading goes on from here. Shown is what was thought: how the notes came about.
    """

    text: str
    parts_read: int
    characters_read: int
    characters: int
    """Of the whole text."""


Part = TextPart | ThinkingPart | NotesPart | FilePart | PassagesPart | ToolCall | ToolResult
"""Calls that stand behind each other were made at once; their results follow in the same order.

A call without a name is what the model wrote where it meant a call that nobody could read. Citations join here with
their own issue.
"""


@dataclass(frozen=True)
class ToolRound:
    """What a model said, and the tools that it then used at once."""

    text: str
    uses: tuple[ToolUse, ...]


def plain_text(parts: tuple[Part, ...]) -> str:
    """Join what was said, without what was only thought."""
    return "".join([part.text for part in parts if isinstance(part, TextPart)])


def joined(pieces: Iterable[Part]) -> tuple[Part, ...]:
    """Make one part of each run of pieces of text, or of thinking."""
    parts: list[Part] = []
    for kind, run in groupby(pieces, key=type):
        if kind in (TextPart, ThinkingPart):
            parts.append(kind("".join(piece.text for piece in run if isinstance(piece, TextPart | ThinkingPart))))
        else:
            parts += run
    return tuple(parts)


def with_text(parts: tuple[Part, ...], text: str) -> tuple[Part, ...]:
    """Return parts that say this instead, with everything that is not text left where it is.

    Passages were those for the words before, and are gone.
    """
    parts = tuple(part for part in parts if not isinstance(part, PassagesPart))
    texts = [index for index, part in enumerate(parts) if isinstance(part, TextPart)]
    place = texts[0] if texts else len(parts)
    others = [part for part in parts if not isinstance(part, TextPart)]
    return (*others[:place], TextPart(text), *others[place:])


def without_notes(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return what is shown of an answer: what was thought while notes were taken is one thought."""
    return joined(part for part in parts if not isinstance(part, NotesPart))


def files_of(parts: tuple[Part, ...]) -> tuple[FilePart, ...]:
    """Return what goes along with the text."""
    return tuple([part for part in parts if isinstance(part, FilePart)])


def sent_files(parts: tuple[Part, ...]) -> tuple[FilePart | PassagesPart, ...]:
    """Return what a model is sent along with the text: files, and of documents the passages."""
    return tuple(
        [
            part
            for part in parts
            if (isinstance(part, PassagesPart) and part.shown) or (isinstance(part, FilePart) and not part.is_document)
        ]
    )


def result_places(parts: Sequence[Part]) -> dict[int, int]:
    """Return where the result of each call stands, by the place of the call: those of a round come in its order."""
    places: dict[int, int] = {}
    waiting: list[int] = []
    for place, part in enumerate(parts):
        if isinstance(part, ToolCall):
            waiting.append(place)
        elif isinstance(part, ToolResult) and waiting:
            places[waiting.pop(0)] = place
    return places


def open_calls(parts: tuple[Part, ...]) -> tuple[ToolCall, ...]:
    """Return the calls of the last round that have no result yet."""
    calls: list[ToolCall] = []
    for part in parts:
        if isinstance(part, ToolCall):
            calls.append(part)
        elif isinstance(part, ToolResult) and calls:
            del calls[0]
    return tuple(calls)


def tool_rounds(parts: tuple[Part, ...]) -> tuple[tuple[ToolRound, ...], str]:
    """Return the rounds of an answer, and what was said after the last one.

    Calls without a result, and those that nobody could read, are left out: a model is shown nothing unbalanced.
    """
    if ToolResult not in map(type, parts):
        return (), plain_text(parts)
    rounds: list[ToolRound] = []
    before: list[Part] = []
    spoken = (part for part in parts if not isinstance(part, FilePart))
    for has_results, run in groupby(spoken, key=lambda part: isinstance(part, ToolResult)):
        if not has_results:
            before += run
            continue
        calls = [part for part in before if isinstance(part, ToolCall)]
        results = [part for part in run if isinstance(part, ToolResult)]
        uses = tuple(ToolUse(call, result.text) for call, result in zip(calls, results, strict=False) if call.name)
        before = [part for part in before if isinstance(part, TextPart)]
        if uses:
            rounds.append(ToolRound(plain_text(tuple(before)), uses))
            before = []
    return tuple(rounds), plain_text(tuple(before))
