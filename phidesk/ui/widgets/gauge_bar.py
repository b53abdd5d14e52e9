"""A slim bar that shows a share, and how it is painted wherever such a bar is needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.figures import NEARLY_FULL
from phidesk.ui.theme.theme import Theme

BAR_HEIGHT_PX = 4
_STEPS = 1000


class GaugeBar(QProgressBar):
    """A share from 0 to 1, or unknown. Screen readers hear it as a percentage."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = None
        self.setRange(0, _STEPS)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_share(None)
        self._connect()

    @property
    def share(self) -> float | None:
        """What is shown; None where nobody knows."""
        return self._share

    def set_share(self, share: float | None) -> None:
        """Show this share; more than 1 shows as full."""
        self._share = share
        self.setValue(round(_STEPS * max(0.0, min(1.0, share or 0.0))))
        self.setAccessibleDescription(self.text())
        self.setToolTip(self.text())
        self.update()

    @override
    def text(self) -> str:
        if self._share is None:
            return self.tr("unknown")
        percent = QLocale().toString(round(100 * self._share))
        if self._share >= 1:
            return self.tr("{percent} % used, full").format(percent=percent)
        if self._share >= NEARLY_FULL:
            return self.tr("{percent} % used, nearly full").format(percent=percent)
        return self.tr("{percent} % used").format(percent=percent)

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 2 * BAR_HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, 2 * BAR_HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        paint_bar(painter, QRectF(self.rect()), self._share, self._theme, is_mirrored=self.isRightToLeft())

    def _connect(self) -> None:
        self._theme.changed.connect(self.update)


def paint_bar(
    painter: QPainter,
    rect: QRectF,
    share: float | None,
    theme: Theme,
    *,
    is_mirrored: bool,
    can_be_too_full: bool = True,
    first_pieces: Sequence[tuple[str, float]] = (),
) -> None:
    """Paint a bar into `rect`: the ground, and over it the share from the side where reading begins.

    A bar that can be too full changes its colour before it is. `first_pieces` are colours of the theme and the parts of
    the share, from its beginning, that have them.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = rect.height() / 2
    outline = QPainterPath()
    outline.addRoundedRect(rect, radius, radius)
    painter.fillPath(outline, theme.color("sunken"))
    if share:
        filled = QRectF(rect)
        filled.setWidth(max(rect.height(), rect.width() * min(1.0, share)))
        if is_mirrored:
            filled.moveRight(rect.right())
        painter.setClipPath(outline)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("danger" if can_be_too_full and share >= NEARLY_FULL else "accent"))
        painter.drawRoundedRect(filled, radius if share < 1 else 0, radius if share < 1 else 0)
        _paint_pieces(painter, rect, first_pieces, theme, is_mirrored=is_mirrored)
    painter.restore()


def _paint_pieces(
    painter: QPainter, rect: QRectF, pieces: Sequence[tuple[str, float]], theme: Theme, *, is_mirrored: bool
) -> None:
    start = 0.0
    for color, share in pieces:
        piece = QRectF(rect.left() + start, rect.top(), share * rect.width(), rect.height())
        if is_mirrored:
            piece.moveRight(rect.right() - start)
        painter.fillRect(piece, theme.color(color))
        start += piece.width()
