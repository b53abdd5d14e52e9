"""A field of one line whose empty state is written from the side where the window's reading begins."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override


class LineField(QLineEdit):
    """What is typed stands where its own reading begins, as in every QLineEdit.

    The words of an empty field would go by their own first letter too: English ones stand far from the cursor in an
    Arabic window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textChanged.connect(self._align)
        self._align()

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        if self.text():
            self.setAlignment(Qt.AlignmentFlag.AlignLeading)
        else:
            side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
            self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
