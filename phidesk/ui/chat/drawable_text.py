"""Text as a QTextDocument may hold it: no character of it is structure, and none changes its place."""

from __future__ import annotations

import re

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
    is_right = is_right_to_left(text)
    for number, line in enumerate(text.split("\n")):
        own = is_right_to_left(line)
        is_right = is_right if own is None else own
        directed = QTextBlockFormat(block_format)
        directed.setLayoutDirection(_DIRECTIONS[is_right])
        if number:
            cursor.insertBlock(directed, char_format)
        else:
            cursor.setBlockFormat(directed)
        cursor.insertText(drawable(line), char_format)


def _replacement(match: re.Match[str]) -> str:
    return "\u200b" if match[0] == "\r" else "\ufffd"
