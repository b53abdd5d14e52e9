"""The ring around what has the keyboard's focus, for widgets that paint themselves."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from phidesk.ui.theme.style_sheet import CONTROL_RADIUS
from phidesk.ui.theme.theme import Theme

_WIDTH_PX = 2


def paint_focus_ring(painter: QPainter, rect: QRect, theme: Theme) -> None:
    """Paint the ring along the inner edge of `rect`."""
    inset = _WIDTH_PX / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("accent"), _WIDTH_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = CONTROL_RADIUS - inset
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()
