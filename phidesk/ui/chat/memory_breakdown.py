"""What the next question will take of the conversation's memory, piece by piece."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.chat.forecast import PromptForecast
from phidesk.core.breakdown import Breakdown
from phidesk.ui.figures import CountedWords
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.section_title import make_section_title

_ROW_GAP_PX = 8


class MemoryBreakdown(QWidget):
    """Figures of what is typed; hidden while nothing is. Pieces that take nothing have no row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("memoryBreakdown")
        names = {
            "instructions": self.tr("Instructions"),
            "documents": self.tr("Documents"),
            "earlier": self.tr("Earlier messages"),
            "message": self.tr("This message"),
            "answer": self.tr("Kept for the answer"),
            "free": self.tr("Free"),
        }
        self._rows = {field.name: FactRow(names[field.name]) for field in fields(Breakdown)}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_ROW_GAP_PX)
        layout.addWidget(make_section_title(self.tr("What the next question takes")))
        for name, row in self._rows.items():
            row.setObjectName(f"{name}Tokens")
            layout.addWidget(row)
        self.hide()

    def show_forecast(self, forecast: PromptForecast | None) -> None:
        """Show these figures; None while nothing is typed."""
        breakdown = forecast.breakdown if forecast is not None else None
        self.setVisible(breakdown is not None)
        if forecast is None or breakdown is None:
            return
        for name, row in self._rows.items():
            tokens = getattr(breakdown, name)
            words = CountedWords().tokens(tokens)
            is_told = forecast.is_exact or name == "answer"  # what is kept is decided by us, not counted
            row.set_value(words if is_told else self.tr("about {tokens}").format(tokens=words))
            row.setVisible(tokens > 0)
