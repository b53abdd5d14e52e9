"""A bar of pieces that together are a whole, and the mark that ties a row of figures to its piece."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme

_HEIGHT_EMS = 0.75
_GAP_PX = 2
"""Between two pieces: neighbours are told apart without colours."""
_LEAST_PX = 2
"""A piece that takes anything is seen."""
_MARK_EMS = 0.7


class PiecesBar(QWidget):
    """Pieces from the side where reading begins, each in a colour of the theme; what none of them takes stays empty."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pieces: tuple[tuple[str, float], ...] = ()
        self._end = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)

    def show_pieces(self, pieces: Sequence[tuple[str, float]], *, end: float = 1.0) -> None:
        """Show colours with their shares of the whole, 0 to 1; together at most 1.

        Where there is only room up to `end`, a share too, what stands behind it is marked.
        """
        self._pieces = tuple(pieces)
        self._end = end
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, round(_HEIGHT_EMS * self._theme.font_sizes.small))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = _rounded(whole, whole.height() / 3)
        painter.save()
        painter.setClipPath(outline)
        start = whole.left()
        for color, share in self._pieces:
            if not share:
                continue
            width = share * whole.width()
            piece = QRectF(start, whole.top(), max(_LEAST_PX, width - _GAP_PX), whole.height())
            if self.isRightToLeft():
                piece.moveRight(whole.left() + whole.right() - start)
            painter.fillRect(piece, self._theme.color(color))
            start += max(width, _LEAST_PX + _GAP_PX)
        if self._end < 1:
            self._paint_excess(painter, whole)
        painter.restore()
        painter.setPen(QPen(self._theme.color("edge"), 1))
        painter.drawPath(outline)

    def _paint_excess(self, painter: QPainter, whole: QRectF) -> None:
        """Paint the lower half of what finds no room over: what it belongs to is still seen."""
        excess = QRectF(whole)
        excess.setLeft(whole.left() + self._end * whole.width())
        if self.isRightToLeft():
            excess.moveLeft(whole.left())
        color = self._theme.color("danger")
        end = QRectF(excess.right() if self.isRightToLeft() else excess.left(), whole.top(), _GAP_PX, whole.height())
        painter.fillRect(end, color)
        excess.setTop(whole.center().y())
        painter.fillRect(excess, color)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class PieceMark(QWidget):
    """A small square in the colour of a piece; without a colour that of what is empty."""

    def __init__(self, theme: Theme, color: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._color = color
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        side = round(_MARK_EMS * self._theme.font_sizes.small)
        return QSize(side, side)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = _rounded(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2)
        if self._color is not None:
            painter.fillPath(outline, self._theme.color(self._color))
        else:
            painter.setPen(QPen(self._theme.color("edge"), 1))
            painter.drawPath(outline)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


def _rounded(rect: QRectF, radius: float) -> QPainterPath:
    outline = QPainterPath()
    outline.addRoundedRect(rect, radius, radius)
    return outline
