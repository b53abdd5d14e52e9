"""Words on the side where the window's reading begins."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override


class LeadingLabel(QLabel):
    """Plain text that stands on the right in a window that is read from the right, in whatever language it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        align_with_window(self)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            align_with_window(self)


def align_with_window(label: QLabel) -> None:
    """Put the text on the side where the window's reading begins; once more when its direction changes.

    Qt would go by the text's own first letter: "Q4_K_M" stood on the left in an Arabic window. A mark of direction
    before the text is no way out: it moves the full stop to the wrong end, and shows the blanks at the ends of lines.
    """
    side = Qt.AlignmentFlag.AlignRight if label.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
    label.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | label.alignment() & Qt.AlignmentFlag.AlignVertical_Mask)
