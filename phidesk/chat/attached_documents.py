"""What of a question that is too long becomes a document of its conversation.

`document_search` says what is sent of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phidesk.chat.question_text import EXCERPT_CHARACTERS, in_short
from phidesk.core.parts import FilePart, Part, TextPart


def with_documents(parts: tuple[Part, ...], window_tokens: int) -> tuple[Part, ...]:
    """Return a question whose long files are documents, and its text too if that is long; it then stands in short.

    Long is what has more bytes than the window has tokens: about a quarter of what the window holds. Where nothing is,
    the longest piece is taken.
    """
    sizes = {index: _size_bytes(part) for index, part in enumerate(parts) if _can_be_document(part)}
    long = {index for index, size in sizes.items() if size > window_tokens or size == max(sizes.values())}
    files: list[Part] = []
    others: list[Part] = []
    for index, part in enumerate(parts):
        if index in long and isinstance(part, TextPart):
            files.append(FilePart("", "text/plain", _without_question(part.text), is_document=True))
            others.append(TextPart(in_short(part.text, ())))
        elif index in long and isinstance(part, FilePart):
            files.append(replace(part, is_document=True))
        else:
            others.append(part)
    return (*files, *others)


def can_have_documents(parts: Sequence[Part]) -> bool:
    """Whether anything of a question can become a document that is none yet."""
    return any(_can_be_document(part) for part in parts)


def _without_question(text: str) -> str:
    """Return a text without what stands of it in short as it is: looked up, a question would find itself first."""
    first, *others = text.strip().splitlines(keepends=True)
    if len(first.strip()) > EXCERPT_CHARACTERS or not others:
        others = [first, *others]
    if len(others[-1].strip()) <= EXCERPT_CHARACTERS:
        del others[-1]
    return "".join(others).strip("\n")


def _can_be_document(part: Part) -> bool:
    if isinstance(part, TextPart):
        return in_short(part.text, ()) != part.text.strip()
    return isinstance(part, FilePart) and not part.is_document


def _size_bytes(part: Part) -> int:
    return len(part.text.encode(errors="replace")) if isinstance(part, TextPart | FilePart) else 0
