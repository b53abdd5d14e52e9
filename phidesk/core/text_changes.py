"""What is different between two texts, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum


class LineChange(Enum):
    """What happened to a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class ChangedLine:
    """A line of the one text or the other."""

    change: LineChange
    text: str


def changed_lines(before: str, after: str) -> tuple[ChangedLine, ...]:
    """Return all lines of both texts, each once, in their order; what was removed stands before what was added."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[ChangedLine] = []
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [ChangedLine(LineChange.SAME, line) for line in old[old_start:old_end]]
        else:
            lines += [ChangedLine(LineChange.REMOVED, line) for line in old[old_start:old_end]]
            lines += [ChangedLine(LineChange.ADDED, line) for line in new[new_start:new_end]]
    return tuple(lines)
