"""Text that wraps in the width it is given, and never asks for more."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.widgets.leading_label import LeadingLabel


class WrappedLabel(LeadingLabel):
    """Words in as many lines as they take."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return one line: how many it takes depends on the width, Qt's own guess would be one for each word."""
        return QSize(0, self.fontMetrics().height())


def make_wrapped_label(name: str, text: str = "", *, tone: str = "", step: str = "") -> WrappedLabel:
    """Make such a label; `tone` and `step` are those of the style sheet."""
    label = WrappedLabel(text)
    label.setObjectName(name)
    label.setProperty("tone", tone)
    label.setProperty("step", step)
    return label
