"""What the next question will take of the conversation's memory, piece by piece."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.chat.forecast import PromptForecast
from phidesk.ui.chat.pieces_view import ROW_GAP_PX, PiecesView
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.section_title import make_section_title


class MemoryBreakdown(QWidget):
    """A bar and figures; hidden while nobody counts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("memoryBreakdown")
        title = self.tr("What the next question takes")
        self._pieces = PiecesView(theme, name=title, answer_name=self.tr("Kept for the answer"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ROW_GAP_PX)
        layout.addWidget(make_section_title(title))
        layout.addWidget(self._pieces)
        self.hide()

    def show_forecast(self, forecast: PromptForecast | None) -> None:
        """Show these figures; None while nobody counts."""
        breakdown = forecast.breakdown if forecast is not None else None
        self.setVisible(breakdown is not None)
        if forecast is not None and breakdown is not None:  # What is kept for the answer is our choice, not a count.
            self._pieces.show_pieces(breakdown, is_exact=forecast.is_exact, excess_tokens=forecast.excess_tokens)
