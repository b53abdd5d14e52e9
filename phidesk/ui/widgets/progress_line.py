"""A slim bar that says how far something is."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.gauge_bar import paint_bar

_HEIGHT_PX = 6
_STEPS = 1000


class ProgressLine(QProgressBar):
    """A share from 0 to 1, or unknown. Screen readers hear it as a percentage."""

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = None
        self.setRange(0, _STEPS)
        self.setTextVisible(False)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._connect()

    @property
    def share(self) -> float | None:
        """What is shown; None where nobody knows."""
        return self._share

    def set_share(self, share: float | None) -> None:
        """Show this share."""
        self._share = share
        self.setValue(round(_STEPS * max(0.0, min(1.0, share or 0.0))))
        self.setAccessibleDescription(self.text())
        self.update()

    @override
    def text(self) -> str:
        if self._share is None:
            return self.tr("unknown")
        return self.tr("{percent} %").format(percent=QLocale().toString(round(100 * self._share)))

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, _HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_bar(painter, rect, self._share, self._theme, is_mirrored=self.isRightToLeft(), can_be_too_full=False)

    def _connect(self) -> None:
        self._theme.changed.connect(self.update)
