"""What is seen of a block that is wider than the column: a fade where it goes on, and a thin bar below it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from phidesk.richtext.blocks import BlockKind
from phidesk.ui.chat.block_geometry import PlacedBlock
from phidesk.ui.chat.transcript_style import BAR_THICKNESS, CODE_PADDING_X, CODE_PADDING_Y

_FADE_PX = 24
_SHORTEST_THUMB_PX = 32
_BAR_ABOVE_EDGE_PX = 3
_GRIP_PX = 12
"""Height in which the bar can be taken hold of."""


def seen_part(placed: PlacedBlock) -> QRect | None:
    """Return where the lines of a block may be seen; None if nothing of it is out of sight."""
    side = placed.box.side
    if side is None or not side.longest_offset:
        return None
    return placed.rect.adjusted(1, 0, -1, 0) if placed.box.block.kind is BlockKind.CODE else placed.rect


def bar_of(placed: PlacedBlock) -> QRect | None:
    """Return the track of a block's bar; None where there is none: only the last piece of a block has it."""
    side = placed.box.side
    if side is None or not side.longest_offset or placed.is_continued:
        return None
    padding = CODE_PADDING_X if placed.box.block.kind is BlockKind.CODE else 0
    top = placed.rect.bottom() + 1 - _BAR_ABOVE_EDGE_PX - BAR_THICKNESS
    return QRect(placed.rect.left() + padding, top, placed.rect.width() - 2 * padding, BAR_THICKNESS)


def grip_of(bar: QRect) -> QRect:
    """Return where a bar can be taken hold of."""
    over = (_GRIP_PX - bar.height()) // 2
    return bar.adjusted(0, -over, 0, over)


def thumb_of(placed: PlacedBlock, bar: QRect) -> QRect:
    """Return the part of the bar that stands for what is seen."""
    side = placed.box.side
    if side is None or not side.longest_offset:
        return bar
    width = min(bar.width(), max(_SHORTEST_THUMB_PX, bar.width() * side.room // side.natural_width))
    distance = (bar.width() - width) * side.offset // side.longest_offset
    left = bar.right() + 1 - width - distance if _begins_at_the_right(placed) else bar.left() + distance
    return QRect(left, bar.top(), width, bar.height())


def scroll_thumb(placed: PlacedBlock, bar: QRect, distance: int) -> bool:
    """Scroll as if the thumb was moved to the right by pixels; return whether anything moves."""
    side = placed.box.side
    free = bar.width() - thumb_of(placed, bar).width()
    if side is None or free <= 0:
        return False
    return scroll_right(placed, distance * side.longest_offset // free)


def scroll_right(placed: PlacedBlock, distance: int) -> bool:
    """Show what is further to the right by pixels, or to the left; return whether anything moves."""
    side = placed.box.side
    return side is not None and side.scroll_by(-distance if _begins_at_the_right(placed) else distance)


def reveal_x(placed: PlacedBlock, x: int, margin: int) -> bool:
    """Scroll as little as possible so that a place of a block is seen; return whether anything moves."""
    if x > placed.rect.right() - margin:
        return scroll_right(placed, x - placed.rect.right() + margin)
    if x < placed.rect.left() + margin:
        return scroll_right(placed, x - placed.rect.left() - margin)
    return False


def paint_fades(painter: QPainter, placed: PlacedBlock, seen: QRect, behind: QColor) -> None:
    """Let lines fade away at the edges beyond which they go on."""
    side = placed.box.side
    if side is None:
        return
    goes_on = [side.offset > 0, side.offset < side.longest_offset]
    if _begins_at_the_right(placed):
        goes_on.reverse()
    top = seen.top() + placed.lead_height
    below = CODE_PADDING_Y if placed.box.block.kind is BlockKind.CODE and not placed.is_continued else 0
    height = seen.bottom() + 1 - top - below  # No line stands beside the round corners.
    if goes_on[0]:
        _paint_fade(painter, QRect(seen.left(), top, _FADE_PX, height), behind, from_right=False)
    if goes_on[1]:
        _paint_fade(painter, QRect(seen.right() + 1 - _FADE_PX, top, _FADE_PX, height), behind, from_right=True)


def paint_bar(painter: QPainter, placed: PlacedBlock, color: QColor) -> None:
    """Draw the thumb of a block's bar, if it has one."""
    bar = bar_of(placed)
    if bar is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(thumb_of(placed, bar)), BAR_THICKNESS / 2, BAR_THICKNESS / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_fade(painter: QPainter, rect: QRect, behind: QColor, *, from_right: bool) -> None:
    clear = QColor(behind)
    clear.setAlpha(0)
    gradient = QLinearGradient(rect.topLeft(), QPoint(rect.right() + 1, rect.top()))
    gradient.setColorAt(0, clear if from_right else behind)
    gradient.setColorAt(1, behind if from_right else clear)
    painter.fillRect(rect, gradient)


def _begins_at_the_right(placed: PlacedBlock) -> bool:
    """Code always begins at the left, whatever is around it."""
    return placed.is_right_to_left and placed.box.block.kind is BlockKind.TABLE
