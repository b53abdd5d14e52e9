"""Where something is drawn in a widget, for tests that look at pixels."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from phidesk.ui.theme.tokens import contrast

SEEN_CONTRAST = 2.0


def ink(widget: QWidget, area: QRect | None = None) -> QRect:
    """Return the smallest rectangle around all that differs from the corner of an area of a widget, or of all of it."""
    area = widget.rect() if area is None else area
    picture = widget.grab(area).toImage()
    ground = picture.pixelColor(0, 0)
    seen: dict[int, bool] = {}
    marks = QRect()
    for x in range(picture.width()):
        for y in range(picture.height()):
            color = picture.pixel(x, y)
            if color not in seen:
                seen[color] = contrast(QColor(color), ground) >= SEEN_CONTRAST
            if seen[color]:
                marks |= QRect(x, y, 1, 1)
    return marks.translated(area.topLeft()) if not marks.isNull() else marks
