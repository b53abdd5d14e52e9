"""Text as a QTextDocument may hold it: no character of it is structure, and none changes its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor

from phidesk.richtext.direction import is_right_to_left

_LINE_SEPARATOR = "\u2028"
_UNDRAWABLE = re.compile("[\x00\r\u2029\ufdd0\ufdd1\ufffc\ud800-\udfff]")
"""What QTextDocument takes for structure, or Qt cannot store. One UTF-16 unit each, so positions stay the same."""
_DIRECTIONS = {
    None: Qt.LayoutDirection.LayoutDirectionAuto,
    False: Qt.LayoutDirection.LeftToRight,
    True: Qt.LayoutDirection.RightToLeft,
}


def drawable(text: str) -> str:
    """Return the text as one paragraph may hold it."""
    return _UNDRAWABLE.sub(_replacement, text).replace("\n", _LINE_SEPARATOR)


def insert_lines(cursor: QTextCursor, text: str, block_format: QTextBlockFormat, char_format: QTextCharFormat) -> None:
    """Insert each line as a paragraph of its own, written from its own side: a paragraph has one for all its lines.

    A line without letters goes with the one before, the first ones with the first letter of all. Between paragraphs
    is one character, as between lines.
    """
    for number, (is_right, lines) in enumerate(groupby(_directed_lines(text), itemgetter(0))):
        directed = QTextBlockFormat(block_format)
        directed.setLayoutDirection(_DIRECTIONS[is_right])
        if number:
            cursor.insertBlock(directed, char_format)
        else:
            cursor.setBlockFormat(directed)
        cursor.insertText("\n".join(line for _, line in lines), char_format)


def _directed_lines(text: str) -> Iterator[tuple[bool | None, str]]:
    """Yield the lines, drawable, each with whether it is written from the right."""
    is_right = is_right_to_left(text)
    for line in drawable(text).split(_LINE_SEPARATOR):
        own = is_right_to_left(line)
        is_right = is_right if own is None else own
        yield is_right, line


def _replacement(match: re.Match[str]) -> str:
    return "\u200b" if match[0] == "\r" else "\ufffd"
