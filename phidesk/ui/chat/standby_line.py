"""The quiet line that says: the calculator will be there for this question."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from phidesk.ui.widgets.flow_layout import FlowLayout

_GAP_PX = 8


class StandbyLine(QWidget):
    """Hidden until it is shown. It takes no focus by itself."""

    declined = Signal()
    """Not for this question."""
    switched_off = Signal()
    """Never again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("standbyLine")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        words = QLabel(self.tr("The calculator stands ready for this question."))
        words.setObjectName("standbyWords")
        words.setProperty("tone", "muted")
        decline = _quiet_button("standbyDecline", self.tr("Not now"))
        switch_off = _quiet_button("standbyOff", self.tr("Never offer it"))
        flow = FlowLayout(self, gap_px=_GAP_PX)
        for widget in (words, decline, switch_off):
            flow.addWidget(widget)
        self.setAccessibleName(words.text())
        decline.clicked.connect(self.declined)
        switch_off.clicked.connect(self.switched_off)
        self.hide()


def _quiet_button(name: str, words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setProperty("kind", "quiet")
    return button
