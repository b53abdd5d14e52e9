"""Icons drawn from SVG text in one colour, at whatever size and density is asked for."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override


class SvgIconEngine(QIconEngine):
    """Draws one SVG; another one while its control is disabled. Nothing is kept as pixels: it is crisp everywhere."""

    def __init__(self, source: bytes, disabled_source: bytes) -> None:
        super().__init__()
        self._sources = (source, disabled_source)
        self._renderer = QSvgRenderer(QByteArray(source))
        self._disabled_renderer = QSvgRenderer(QByteArray(disabled_source))

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State, /) -> None:
        renderer = self._disabled_renderer if mode is QIcon.Mode.Disabled else self._renderer
        renderer.render(painter, QRectF(rect))

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, /) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    @override
    def clone(self, /) -> QIconEngine:
        return SvgIconEngine(*self._sources)
