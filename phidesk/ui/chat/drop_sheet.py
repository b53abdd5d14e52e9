"""What is seen while files are dragged over the conversation: that they may be dropped, and what becomes of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from phidesk.ui.chat.composer_input import local_files
from phidesk.ui.theme.style_sheet import SOFT_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.text_line import paint_wrapped

_MARGIN_PX = 12
_LINE_PX = 2
_VEIL = 235
"""Of 255: what is below can still be guessed."""


class DropSheet(QWidget):
    """Lies over the page while files are dragged there, and takes them. Watches the page for drags by itself."""

    files_dropped = Signal(object)
    """Carries the paths, a tuple."""

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self.setObjectName("dropSheet")
        self.setAcceptDrops(True)
        self.hide()
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is not self._page:
            return super().eventFilter(watched, event)
        if isinstance(event, QDragEnterEvent) and local_files(event.mimeData()):
            self.setGeometry(self._page.rect())
            self.raise_()
            self.show()
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and local_files(event.mimeData()):  # let go before the sheet was entered
            self.dropEvent(event)
            return True
        return False

    @override
    def dragEnterEvent(self, event: QDragEnterEvent, /) -> None:
        event.acceptProposedAction()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent, /) -> None:
        event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent, /) -> None:
        self.hide()

    @override
    def dropEvent(self, event: QDropEvent, /) -> None:
        self.hide()
        event.acceptProposedAction()
        self.files_dropped.emit(local_files(event.mimeData()))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = self._theme.color("window")
        veil.setAlpha(_VEIL)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        painter.setPen(QPen(self._theme.color("accent"), _LINE_PX, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, SOFT_RADIUS, SOFT_RADIUS)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.title_font())
        inner = frame.adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX).toRect()
        words = self.tr("Drop the files here. They go along with your question.")
        paint_wrapped(painter, inner, words, Qt.AlignmentFlag.AlignCenter)
