"""What the next question will take of the conversation's memory, piece by piece."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from phidesk.chat.forecast import PromptForecast
from phidesk.core.breakdown import Breakdown
from phidesk.ui.figures import CountedWords
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.pieces_bar import PieceMark, PiecesBar
from phidesk.ui.widgets.section_title import make_section_title

_ROW_GAP_PX = 8
_COLORS: dict[str, str | None] = {
    "instructions": "code_name",
    "documents": "success",
    "earlier": "muted",
    "message": "accent",
    "answer": "edge",
    "free": None,
}
"""Each at least 3:1 against the grounds; what is free is empty."""


class MemoryBreakdown(QWidget):
    """A bar and figures of what is typed; hidden while nothing is. Pieces that take nothing have no row.

    The rows stand in the order of the bar: colour is not the only sign of what belongs together.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
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
        self._lines: dict[str, QWidget] = {}
        self._bar = PiecesBar(theme)
        self._bar.setObjectName("piecesBar")
        self._bar.setAccessibleName(self.tr("What the next question takes"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_ROW_GAP_PX)
        layout.addWidget(make_section_title(self.tr("What the next question takes")))
        layout.addWidget(self._bar)
        for name, row in self._rows.items():
            row.setObjectName(f"{name}Tokens")
            line = self._lines[name] = QWidget()
            pair = QHBoxLayout(line)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(_ROW_GAP_PX)
            pair.addWidget(PieceMark(theme, _COLORS[name]), 0, Qt.AlignmentFlag.AlignVCenter)
            pair.addWidget(row, 1)
            layout.addWidget(line)
        self.hide()

    def show_forecast(self, forecast: PromptForecast | None) -> None:
        """Show these figures; None while nothing is typed."""
        breakdown = forecast.breakdown if forecast is not None else None
        self.setVisible(breakdown is not None)
        if forecast is None or breakdown is None:
            return
        window_tokens = max(1, breakdown.window_tokens)
        shares = ((color, getattr(breakdown, name) / window_tokens) for name, color in _COLORS.items() if color)
        self._bar.show_pieces(list(shares))
        told: list[str] = []
        for name, row in self._rows.items():
            tokens = getattr(breakdown, name)
            words = CountedWords().tokens(tokens)
            is_told = forecast.is_exact or name == "answer"  # what is kept is decided by us, not counted
            row.set_value(words if is_told else self.tr("about {tokens}").format(tokens=words))
            self._lines[name].setVisible(tokens > 0)
            if tokens > 0:
                told.append(row.spoken)
        self._bar.setAccessibleDescription("\n".join(told))
        self._bar.setToolTip("\n".join(told))
