"""Text, for widgets that paint themselves."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle

from phidesk.richtext.direction import is_right_to_left_text

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
"""Around the text, so that it reads in its own direction whatever that of the window is."""


def line_width(metrics: QFontMetrics, text: str) -> int:
    """Return the pixels that `paint_line` needs to cut nothing: Qt rounds the width of a text, often down."""
    return metrics.horizontalAdvance(text) + 1


def paint_line(
    painter: QPainter,
    rect: QRect,
    text: str,
    direction: Qt.LayoutDirection,
    *,
    alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Paint with the painter's font and pen, cut with "…" where it is too long; left and right are mirrored."""
    flags = QStyle.visualAlignment(direction, alignment) | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(rect, int(flags), cut_line(painter.fontMetrics(), text, rect.width()))


def paint_wrapped(painter: QPainter, rect: QRect, text: str, alignment: Qt.AlignmentFlag) -> None:
    """Paint a text in as many lines as it takes, in its own direction; left and right are those of the screen."""
    painter.save()
    is_right_to_left = is_right_to_left_text(text)
    direction = Qt.LayoutDirection.RightToLeft if is_right_to_left else Qt.LayoutDirection.LeftToRight
    painter.setLayoutDirection(direction)
    flags = alignment | Qt.AlignmentFlag.AlignAbsolute
    painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextWordWrap), text)
    painter.restore()


def cut_line(metrics: QFontMetrics, text: str, width_px: int) -> str:
    """Return the text, cut with "…" where it is too long, so that it reads in its own direction."""
    return f"{_ISOLATE}{metrics.elidedText(text, Qt.TextElideMode.ElideRight, width_px)}{_END_ISOLATE}"
