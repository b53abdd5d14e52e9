"""How the memory of a conversation went from answer to answer: two small charts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.answers import Gauge
from phidesk.ui.figures import CountedWords, size_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.history_chart import HistoryChart
from phidesk.ui.widgets.section_title import make_section_title

_FEWEST = 2
"""One answer is no history."""
_ROW_GAP_PX = 8


class MemoryHistory(QWidget):
    """The engine's own figures of each answer; hidden before the second one. What nobody told has no bar."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("memoryHistory")
        self._read = HistoryChart(theme)
        self._read.setObjectName("tokensHistory")
        self._read.setAccessibleName(self.tr("Tokens used, answer by answer"))
        self._most_read = FactRow(self.tr("Used at most"))
        self._taken = HistoryChart(theme)
        self._taken.setObjectName("bytesHistory")
        self._taken.setAccessibleName(self.tr("Memory taken, answer by answer"))
        self._most_taken = FactRow(self.tr("Took at most"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_ROW_GAP_PX)
        layout.addWidget(make_section_title(self.tr("From answer to answer")))
        for part in (self._read, self._most_read, self._taken, self._most_taken):
            layout.addWidget(part)
        self.hide()

    def show_gauges(self, gauges: Sequence[Gauge]) -> None:
        """Show what the newest answers left, the oldest first."""
        tokens = [gauge.consumed_tokens for gauge in gauges if gauge.consumed_tokens is not None]
        sizes = [gauge.total_bytes for gauge in gauges if gauge.total_bytes is not None]
        self.setVisible(len(tokens) >= _FEWEST)
        if len(tokens) < _FEWEST:
            return
        bars = [(gauge.consumed_tokens, gauge.window_tokens) for gauge in gauges]
        self._read.show_bars(bars, self._tokens_way(tokens))
        self._most_read.set_value(CountedWords().tokens(max(tokens)))
        for part in (self._taken, self._most_taken):
            part.setVisible(len(sizes) >= _FEWEST)
        if len(sizes) >= _FEWEST:
            is_split = any(gauge.gpu_bytes for gauge in gauges)
            bars = [(gauge.gpu_bytes if is_split else gauge.total_bytes, gauge.total_bytes) for gauge in gauges]
            self._taken.show_bars(bars, self._sizes_way(sizes, is_split=is_split))
            self._most_taken.set_value(size_text(max(sizes)))

    def _tokens_way(self, tokens: Sequence[int]) -> str:
        text = self.tr("From {first} to {last}. Pale is what was left of the window.")
        return text.format(first=CountedWords().tokens(tokens[0]), last=CountedWords().tokens(tokens[-1]))

    def _sizes_way(self, sizes: Sequence[int], *, is_split: bool) -> str:
        text = self.tr("From {first} to {last}.")
        if is_split:
            text = self.tr("From {first} to {last}. Pale is what was not on the graphics card.")
        return text.format(first=size_text(sizes[0]), last=size_text(sizes[-1]))
