"""Joints in giant paragraphs: a line break that is no part of the text, where a line may be broken anyway.

Qt lays a paragraph of an editor out whole, at each key that is pressed in it: 22 ms for one of 200,000 characters. With
joints it lays out some thousands of characters. A joint is written into the document of the editor, so that undo,
cursors and input methods know nothing of it: a line break between two marks. They are code points that Unicode has
given to nobody, and that fonts are asked not to show (Default_Ignorable_Code_Point). What is cut off or typed inside
of a joint leaves a part of it, which says as much as the whole: it is not a line break of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTextBoundaryFinder

from phidesk.ui.utf16 import utf16_length

PIECE_CHARACTERS = 4_000
"""Pieces are about as long: laid out in half a millisecond, and longer than any paragraph that a person writes."""
LONGEST_PIECE = 2 * PIECE_CHARACTERS
"""A paragraph or piece that has grown longer is cut."""
SHORTEST_PAIR = PIECE_CHARACTERS // 2
"""Two pieces that have become shorter together are one again."""

_OPEN, _CLOSE = "\ufff7", "\ufff8"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"
"""Stand before the closing mark: each piece is laid out in the direction of its paragraph."""
JOINTS = tuple(f"{_OPEN}\n{direction}{_CLOSE}" for direction in (_LEFT_TO_RIGHT, _RIGHT_TO_LEFT))
OPENING = len(_OPEN)
"""So many characters of a joint are in the block that it ends."""
CLOSING = len(JOINTS[0]) - OPENING - 1
"""So many are in the block that it begins."""
_DIRECTION = f"[{_LEFT_TO_RIGHT}{_RIGHT_TO_LEFT}]"
_PLACE = re.compile(f"{_OPEN}\n{_DIRECTION}{_CLOSE}|\n")
_OTHER = f"[^{_OPEN}{_CLOSE}]"
_PARTS = re.compile(
    f"{_OPEN}({_OTHER}*?)\n{_DIRECTION}({_OTHER}*){_CLOSE}"
    f"|{_OPEN}({_OTHER}*?)\n({_OTHER}*?){_DIRECTION}?{_CLOSE}"
    f"|{_OPEN}({_OTHER}*?){_DIRECTION}?{_CLOSE}"
    f"|{_OPEN}(?:\n{_DIRECTION}?)?"
    f"|\n?{_DIRECTION}?{_CLOSE}"
)
"""A joint with what was typed inside of it, or what is left of one."""


@dataclass(frozen=True)
class Change:
    """What takes the place of some characters."""

    begin: int
    end: int
    text: str


def without_joints(text: str) -> str:
    """Return what a document with joints says."""
    for joint in JOINTS:
        text = text.replace(joint, "")
    if _has_marks(text):
        text = _PARTS.sub(_typed, text)
    return text


def with_joints(text: str) -> str:
    """Return the text with joints in the paragraphs that are too long."""
    text = without_joints(text)
    return changed(text, _cuts(text)) if len(text) > LONGEST_PIECE else text


def goes_on(block: str) -> bool:
    """Return whether a block ends with the beginning of a joint."""
    return block.endswith(_OPEN)


def is_continued(block: str) -> bool:
    """Return whether a block begins with the end of a joint."""
    return block[1:CLOSING] == _CLOSE


def mends(text: str) -> Sequence[Change]:
    """Return what has to be changed first until all joints are whole and all pieces have their length.

    Nothing is when nothing has to be. What the text says is the same afterwards.
    """
    return _remains(text) or _needless(text) or _cuts(text)


def changed(text: str, changes: Sequence[Change]) -> str:
    """Return the text after changes that follow each other and do not overlap."""
    parts: list[str] = []
    place = 0
    for change in changes:
        parts += text[place : change.begin], change.text
        place = change.end
    return "".join((*parts, text[place:]))


def _has_marks(text: str) -> bool:
    return _OPEN in text or _CLOSE in text


def _remains(text: str) -> Sequence[Change]:
    """Take parts of joints away."""
    whole = sum(text.count(joint) for joint in JOINTS)
    if whole == text.count(_OPEN) == text.count(_CLOSE):
        return ()
    parts = (part for part in _PARTS.finditer(text) if part[0] not in JOINTS)
    return [Change(part.start(), part.end(), _typed(part)) for part in parts]


def _typed(part: re.Match[str]) -> str:
    return "".join(typed or "" for typed in part.groups())


def _needless(text: str) -> Sequence[Change]:
    """Take one joint away where a piece is empty, or where two are short."""
    places = list(_PLACE.finditer(text)) if _has_marks(text) else []
    for number, place in enumerate(places):
        if len(place[0]) > 1:
            before = place.start() - (places[number - 1].end() if number else 0)
            after = (places[number + 1].start() if number + 1 < len(places) else len(text)) - place.end()
            if not before or not after or before + after < SHORTEST_PAIR:
                return [Change(place.start(), place.end(), "")]
    return ()


def _cuts(text: str) -> Sequence[Change]:
    """Cut the pieces that are too long."""
    changes: list[Change] = []
    begin, direction = 0, None
    for place in (*_PLACE.finditer(text), None):
        end = place.start() if place is not None else len(text)
        if end - begin > LONGEST_PIECE:
            joint = JOINTS[(direction or _direction(text, begin, end)) == _RIGHT_TO_LEFT]
            changes += [Change(cut, cut, joint) for cut in _cut_places(text, begin, end)]
        if place is not None:
            begin, direction = place.end(), place[0][-2] if len(place[0]) > 1 else None
    return changes


def _cut_places(text: str, begin: int, end: int) -> Sequence[int]:
    """Return where a piece is to be cut into parts of about the same length."""
    count = -(-(end - begin) // PIECE_CHARACTERS)
    return [_break(text, begin + number * (end - begin) // count) for number in range(1, count)]


def _break(text: str, place: int) -> int:
    """Return the nearest place before another one where a line can be broken, or at least no letter is torn."""
    begin = place - PIECE_CHARACTERS // 4
    # The letter that follows decides whether its place is one.
    window = text[begin : place + 1]
    for kind in (QTextBoundaryFinder.BoundaryType.Line, QTextBoundaryFinder.BoundaryType.Grapheme):
        found = _last_boundary(window, kind)
        if found > 0:
            return begin + found
    return place


def _last_boundary(window: str, kind: QTextBoundaryFinder.BoundaryType) -> int:
    """Return the last boundary in a window before its last character; 0 if there is none."""
    finder = QTextBoundaryFinder(kind, window)
    finder.toEnd()
    last = utf16_length(window[:-1])
    place = finder.toPreviousBoundary()
    while place > last:
        place = finder.toPreviousBoundary()
    units_before = window.encode("utf-16-le", "surrogatepass")[: 2 * max(0, place)]
    return len(units_before.decode("utf-16-le", "surrogatepass"))


def _direction(text: str, begin: int, end: int) -> str:
    """Return the mark of the direction of a paragraph: that of its first letter that has one."""
    for index in range(begin, end):
        side = unicodedata.bidirectional(text[index])
        if side in ("L", "R", "AL"):
            return _LEFT_TO_RIGHT if side == "L" else _RIGHT_TO_LEFT
    return _LEFT_TO_RIGHT
