"""Icons drawn from SVG text in one colour, at whatever size and density is asked for."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override


class SvgIconEngine(QIconEngine):
    """Draws one SVG; another one while its control is disabled. Nothing is kept as pixels: it is crisp everywhere.

    Each is read when it is first drawn: most icons of a window are never drawn disabled, and many not at all.
    """

    def __init__(self, source: bytes, disabled_source: bytes) -> None:
        super().__init__()
        self._sources = (source, disabled_source)
        self._renderers: dict[bytes, QSvgRenderer] = {}

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State, /) -> None:
        source, disabled_source = self._sources
        self._renderer(disabled_source if mode is QIcon.Mode.Disabled else source).render(painter, QRectF(rect))

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

    def _renderer(self, source: bytes) -> QSvgRenderer:
        if source not in self._renderers:
            self._renderers[source] = QSvgRenderer(QByteArray(source))
        return self._renderers[source]
