"""The quiet line that says: the calculator will be there for this question."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from phidesk.ui.widgets.flow_layout import FlowLayout
from phidesk.ui.widgets.plain_button import make_button

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
        decline = make_button("standbyDecline", self.tr("Not now"), kind="quiet")
        switch_off = make_button("standbyOff", self.tr("Never offer it"), kind="quiet")
        flow = FlowLayout(self, gap_px=_GAP_PX)
        for widget in (words, decline, switch_off):
            flow.addWidget(widget)
        self.setAccessibleName(words.text())
        decline.clicked.connect(self.declined)
        switch_off.clicked.connect(self.switched_off)
        self.hide()
