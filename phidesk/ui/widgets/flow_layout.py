"""Widgets side by side; those that find no room go on in the next line (after Qt's example of that name)."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QStyle, QWidget
from typing_extensions import override


class FlowLayout(QLayout):
    """Puts items where reading begins, line by line. Hidden ones take no room."""

    def __init__(self, parent: QWidget, *, gap_px: int) -> None:
        super().__init__(parent)
        self._gap_px = gap_px
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    @override
    def addItem(self, item: QLayoutItem, /) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int, /) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int, /) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        places = self._places(width)
        return max((place.bottom() + 1 for _, place in places), default=0)

    @override
    def setGeometry(self, rect: QRect, /) -> None:
        super().setGeometry(rect)
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        for item, place in self._places(rect.width()):
            item.setGeometry(QStyle.visualRect(direction, rect, place.translated(rect.topLeft())))

    @override
    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._shown()]
        width = sum(widths) + self._gap_px * max(0, len(widths) - 1)
        return QSize(width, self.heightForWidth(width))

    @override
    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._shown()]
        widest = max((size.width() for size in sizes), default=0)
        return QSize(widest, max((size.height() for size in sizes), default=0))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _places(self, width: int) -> list[tuple[QLayoutItem, QRect]]:
        """Compute where each item stands in lines of this width; one that is wider than a line is cut to it."""
        places: list[tuple[QLayoutItem, QRect]] = []
        line: list[tuple[QLayoutItem, QRect]] = []
        corner, line_height = QPoint(0, 0), 0
        for item in self._shown():
            least, size = item.minimumSize(), item.sizeHint()
            size.setWidth(max(least.width(), min(size.width(), width)))
            if corner.x() and corner.x() + size.width() > width:
                places += _centred(line, line_height)
                line, corner, line_height = [], QPoint(0, corner.y() + line_height + self._gap_px), 0
            line.append((item, QRect(corner, size)))
            corner.setX(corner.x() + size.width() + self._gap_px)
            line_height = max(line_height, size.height())
        return places + _centred(line, line_height)


def _centred(line: list[tuple[QLayoutItem, QRect]], height: int) -> list[tuple[QLayoutItem, QRect]]:
    """Let what is lower than its line stand in the middle of it."""
    return [(item, place.translated(0, (height - place.height()) // 2)) for item, place in line]
