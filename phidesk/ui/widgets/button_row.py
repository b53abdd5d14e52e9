"""Buttons side by side; those that find no room go on in the next line."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from phidesk.ui.widgets.flow_layout import FlowLayout
from phidesk.ui.widgets.plain_button import make_button

_GAP_PX = 8


class ButtonRow(QWidget):
    """Holds buttons in the order in which they were added. Hidden ones take no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, gap_px=_GAP_PX)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add_button(self, name: str, words: str, *, kind: str = "") -> QPushButton:
        """Make a button at the end of the row; `kind` is that of the style sheet."""
        button = make_button(name, words, kind=kind)
        self._flow.addWidget(button)
        return button
