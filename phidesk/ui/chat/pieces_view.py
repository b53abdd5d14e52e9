"""The pieces of a window as a bar, and as figures below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from phidesk.core.breakdown import Breakdown
from phidesk.ui.chat.piece_colors import PIECE_COLORS
from phidesk.ui.figures import CountedWords
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.pieces_bar import PieceMark, PiecesBar

ROW_GAP_PX = 8
EXCESS = "excess"
"""Names what finds no room: no piece, but the part of all of them behind the end of the window."""
_MARK_COLORS = {**PIECE_COLORS, EXCESS: "danger"}


class PiecesView(QWidget):
    """Pieces that take nothing have no row. The rows stand in the order of the bar: colour is not the only sign."""

    def __init__(self, theme: Theme, *, name: str, answer_name: str, parent: QWidget | None = None) -> None:
        """`name` is what screen readers call the bar; `answer_name` says what the answer's piece is."""
        super().__init__(parent)
        names = {
            "instructions": self.tr("Instructions"),
            "tools": self.tr("Tools"),
            "documents": self.tr("Documents"),
            "summary": self.tr("Summary"),
            "earlier": self.tr("Earlier messages"),
            "message": self.tr("This message"),
            "answer": answer_name,
            "free": self.tr("Free"),
            EXCESS: self.tr("Too many"),
        }
        self._rows = {piece: FactRow(words) for piece, words in names.items()}
        self._lines: dict[str, QWidget] = {}
        self._bar = PiecesBar(theme)
        self._bar.setObjectName("piecesBar")
        self._bar.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ROW_GAP_PX)
        layout.addWidget(self._bar)
        for piece, row in self._rows.items():
            row.setObjectName(f"{piece}Tokens")
            line = self._lines[piece] = QWidget()
            pair = QHBoxLayout(line)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(ROW_GAP_PX)
            pair.addWidget(PieceMark(theme, _MARK_COLORS.get(piece)), 0, Qt.AlignmentFlag.AlignVCenter)
            pair.addWidget(row, 1)
            layout.addWidget(line)

    @property
    def told(self) -> str:
        """What is shown, a line for each piece."""
        return self._bar.accessibleDescription()

    def show_pieces(
        self, breakdown: Breakdown, *, is_exact: bool, is_answer_exact: bool = True, excess_tokens: int = 0
    ) -> None:
        """Show these figures; those that are only estimated are called so. `excess_tokens` of them find no room."""
        total_tokens = max(1, breakdown.total_tokens)
        self._bar.show_pieces(
            [(color, getattr(breakdown, piece) / total_tokens) for piece, color in PIECE_COLORS.items()],
            end=1 - excess_tokens / total_tokens,
        )
        told: list[str] = []
        for piece, row in self._rows.items():
            tokens = excess_tokens if piece == EXCESS else getattr(breakdown, piece)
            words = CountedWords().tokens(tokens)
            is_told = is_answer_exact if piece == "answer" else is_exact
            row.set_value(words if is_told else self.tr("about {tokens}").format(tokens=words))
            self._lines[piece].setVisible(tokens > 0)
            if tokens > 0:
                told.append(row.spoken)
        self._bar.setAccessibleDescription("\n".join(told))
        self._bar.setToolTip("\n".join(told))
