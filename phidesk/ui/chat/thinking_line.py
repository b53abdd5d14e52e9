"""The line that opens what a model thought, and how it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from phidesk.ui.chat.transcript_message import Thinking
from phidesk.ui.figures import number_text
from phidesk.ui.widgets.text_line import line_width, paint_line

_LEAST_CHEVRON_PX = 8
_CHEVRON_WIDTH_PX = 1.5
_GAP_PX = 8
PADDING_X = 8
"""Between the frame of the line and what stands in it."""


def thinking_label(thinking: Thinking) -> str:
    """Say that a model thinks, or thought for how long."""
    if thinking.is_running:
        return QCoreApplication.translate("ThinkingLine", "Thinking…")
    if thinking.duration_ms is None:
        return QCoreApplication.translate("ThinkingLine", "Thought")
    minutes, seconds = divmod(max(1, round(thinking.duration_ms / 1_000)), 60)
    if minutes:
        label = QCoreApplication.translate("ThinkingLine", "Thought for {minutes} min {seconds} s")
        return label.format(minutes=number_text(minutes), seconds=number_text(seconds))
    label = QCoreApplication.translate("ThinkingLine", "Thought for {seconds} s")
    return label.format(seconds=number_text(seconds))


def thinking_rect(row: QRect, label: str, metrics: QFontMetrics, *, is_mirrored: bool) -> QRect:
    """Return the part of a row that can be pressed: as wide as what it says, at the side where lines begin."""
    width = min(row.width(), chevron_px(metrics) + _GAP_PX + line_width(metrics, label) + 2 * PADDING_X)
    left = row.right() + 1 - width + PADDING_X if is_mirrored else row.left() - PADDING_X
    return QRect(left, row.top(), width, row.height())


def paint_thinking_line(painter: QPainter, rect: QRect, label: str, *, is_open: bool, is_mirrored: bool) -> None:
    """Draw the line in the part of the row that can be pressed, with the pen and font that are set."""
    inside = rect.adjusted(PADDING_X, 0, -PADDING_X, 0)
    mark_px = chevron_px(painter.fontMetrics())
    x = inside.right() + 1 - mark_px if is_mirrored else inside.left()
    chevron = QRect(x, inside.top(), mark_px, inside.height())
    paint_chevron(painter, chevron, is_open=is_open, is_mirrored=is_mirrored)
    distance = mark_px + _GAP_PX
    words = inside.adjusted(0, 0, -distance, 0) if is_mirrored else inside.adjusted(distance, 0, 0, 0)
    paint_line(painter, words, label, direction_of(is_mirrored=is_mirrored))


def direction_of(*, is_mirrored: bool) -> Qt.LayoutDirection:
    """Return the direction in which a mirrored line goes, or another one."""
    return Qt.LayoutDirection.RightToLeft if is_mirrored else Qt.LayoutDirection.LeftToRight


def chevron_px(metrics: QFontMetrics) -> int:
    """Return the side of the mark of something that opens, beside words of this size."""
    return max(_LEAST_CHEVRON_PX, metrics.ascent() * 2 // 3)


def paint_chevron(painter: QPainter, rect: QRect, *, is_open: bool, is_mirrored: bool) -> None:
    """Draw the mark of something that opens, as wide as its place: down if it is open, else to where lines go."""
    middle = QPointF(rect.center()) + QPointF(0.5, 0.5)
    long, short = rect.width() / 2, rect.width() / 4
    if is_open:
        points = [QPointF(-long, -short), QPointF(0, short), QPointF(long, -short)]
    else:
        ahead = -short if is_mirrored else short
        points = [QPointF(-ahead, -long), QPointF(ahead, 0), QPointF(-ahead, long)]
    painter.save()
    pen = QPen(painter.pen().color(), _CHEVRON_WIDTH_PX)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF([middle + point for point in points]))
    painter.restore()
