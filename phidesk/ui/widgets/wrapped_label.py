"""Text that wraps in the width it is given, and never asks for more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override


class WrappedLabel(QLabel):
    """Plain text on the side where the window's reading begins."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        align_with_window(self)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return one line: how many it takes depends on the width, Qt's own guess would be one for each word."""
        return QSize(0, self.fontMetrics().height())

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            align_with_window(self)


def align_with_window(label: QLabel) -> None:
    """Put the text on the side where the window's reading begins; once more when its direction changes.

    Qt would go by the text's own first letter: "Q4_K_M" stood on the left in an Arabic window.
    """
    side = Qt.AlignmentFlag.AlignRight if label.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
    label.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)


def make_wrapped_label(name: str, text: str = "", *, tone: str = "", step: str = "") -> WrappedLabel:
    """Make such a label; `tone` and `step` are those of the style sheet."""
    label = WrappedLabel(text)
    label.setObjectName(name)
    label.setProperty("tone", tone)
    label.setProperty("step", step)
    return label
