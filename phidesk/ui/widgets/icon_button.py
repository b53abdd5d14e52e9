"""A button that is an icon; its words stand in the tip and are what a screen reader says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget
from typing_extensions import override

from phidesk.ui.theme.style_sheet import CARD_RADIUS, CONTROL_HEIGHT, CONTROL_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.plain_tip import set_plain_tip

FOCUS_RING_PX = 2
_ROUND_ICON_PX = 12
"""Both sides of an icon together."""
_LEAST_EDGE_PX = 2
"""Between the icon and the rim of a button that is held smaller."""


class IconButton(QToolButton):
    """A flat square that grows with the text; `is_primary` fills it with the accent colour. Paints itself."""

    def __init__(
        self,
        theme: Theme,
        icon_name: str,
        label: str,
        parent: QWidget | None = None,
        *,
        is_primary: bool = False,
        side_px: int | None = None,
    ) -> None:
        """`side_px` holds the button at this size; the icon grows as far as there is room."""
        super().__init__(parent)
        self._side_px = side_px
        self._theme = theme
        self._icon_name = icon_name
        self._is_primary = is_primary
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_label(label)
        self._on_theme_changed()
        self._connect()

    def set_icon_name(self, icon_name: str) -> None:
        """Show another icon of `resources/icons`."""
        self._icon_name = icon_name
        self._on_theme_changed()

    def set_label(self, label: str) -> None:
        """Say in words what the button does."""
        set_plain_tip(self, label)
        self.setAccessibleName(label)

    @override
    def sizeHint(self) -> QSize:
        side = self._side_px or max(CONTROL_HEIGHT, self._theme.icon_px + _ROUND_ICON_PX)
        return QSize(side, side)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        if self.hasFocus():
            self._paint_focus_ring(painter)
        side = min(self._theme.icon_px, min(self.width(), self.height()) - 2 * _LEAST_EDGE_PX)
        place = QRect(0, 0, side, side)
        place.moveCenter(self.rect().center())
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self.icon().paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        self.update()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self.setIcon(self._theme.icon(self._icon_name, "on_accent" if self._is_primary else "muted"))
        self.setMinimumSize(self.sizeHint())
        self.updateGeometry()
        self.update()

    def _paint_ground(self, painter: QPainter) -> None:
        color = "accent" if self._is_primary else self._flat_color()
        if color is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(color))
        if self._is_primary and (self.isDown() or self.underMouse()):
            painter.setOpacity(0.9 if not self.isDown() else 0.8)
        radius = CARD_RADIUS if self._is_primary else CONTROL_RADIUS
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setOpacity(1.0)

    def _flat_color(self) -> str | None:
        if not self.isEnabled():
            return None
        if self.isDown():
            return "sunken"
        if self.isChecked():
            return "accent_soft"
        return "bubble" if self.underMouse() else None

    def _paint_focus_ring(self, painter: QPainter) -> None:
        """Draw the ring at the rim; on a filled button inside it, in the colour that is legible there."""
        inset = 3.0 if self._is_primary else FOCUS_RING_PX / 2
        radius = (CARD_RADIUS if self._is_primary else CONTROL_RADIUS) - inset
        painter.setPen(QPen(self._theme.color("on_accent" if self._is_primary else "accent"), FOCUS_RING_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
