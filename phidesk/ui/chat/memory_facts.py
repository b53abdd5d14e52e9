"""What a conversation takes: tokens of its window, memory of graphics card and computer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.answers import Gauge
from phidesk.ui.figures import CountedWords, number_text, window_note
from phidesk.ui.messages import size_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.gauge_bar import GaugeBar
from phidesk.ui.widgets.leading_label import LeadingLabel
from phidesk.ui.widgets.section_title import make_section_title

_NEGLIGIBLE_BYTES = 1_000_000
"""So little beside the graphics card still counts as all on it."""
_SECTION_GAP_PX = 16
_ROW_GAP_PX = 8

translate = QCoreApplication.translate


class MemoryFacts(QWidget):
    """A bar and figures. What nobody told is called unknown, never guessed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = GaugeBar(theme)
        self._bar.setObjectName("memoryBar")
        self._bar.setAccessibleName(self.tr("Memory of the conversation"))
        self._note = LeadingLabel()
        self._note.setObjectName("memoryNote")
        self._note.setProperty("tone", "muted")
        self._note.setWordWrap(True)
        self._used = _make_row("usedTokens", self.tr("Used"))
        self._left = _make_row("tokensLeft", self.tr("Room left"))
        self._graphics = _make_row("graphicsMemory", self.tr("Graphics memory"), tip=self.tr("VRAM"))
        self._computer = _make_row("computerMemory", self.tr("Computer memory"), tip=self.tr("RAM"))
        self._together = _make_row("memoryTogether", self.tr("Together"))
        self._place = _make_row("runsOn", self.tr("Runs on"))
        self._lay_out()
        self.show_gauge(None, is_last_known=False)

    def show_gauge(self, gauge: Gauge | None, *, is_last_known: bool) -> None:
        """Show these figures; None before the first answer."""
        shown = gauge or Gauge()
        self._bar.set_share(shown.fill)
        self._used.set_value(_used_text(shown))
        self._left.set_value(_left_text(shown))
        self._graphics.set_value(_size_or_unknown(shown.gpu_bytes))
        self._computer.set_value(_size_or_unknown(_computer_bytes(shown)))
        self._together.set_value(_size_or_unknown(shown.total_bytes))
        self._together.setHidden(shown.total_bytes is None or shown.gpu_bytes is not None)
        self._place.set_value(_place_text(shown))
        note = self._note_text(gauge, is_last_known=is_last_known)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _note_text(self, gauge: Gauge | None, *, is_last_known: bool) -> str:
        if gauge is None:
            return self.tr("Known after the first answer.")
        age = self.tr("Last known figures, of an earlier answer.") if is_last_known else ""
        return "\n".join(filter(None, (age, window_note(gauge))))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_ROW_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Memory of the conversation"), tip=self.tr("Context window")))
        layout.addWidget(self._bar)
        layout.addWidget(self._note)
        layout.addWidget(self._used)
        layout.addWidget(self._left)
        layout.addSpacing(_SECTION_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Where it runs")))
        for row in (self._graphics, self._computer, self._together, self._place):
            layout.addWidget(row)


def _make_row(object_name: str, words: str, *, tip: str = "") -> FactRow:
    row = FactRow(words)
    row.setObjectName(object_name)
    row.setToolTip(tip)
    return row


def _unknown() -> str:
    return translate("MemoryFacts", "unknown")


def _used_text(gauge: Gauge) -> str:
    if gauge.consumed_tokens is None:
        return _unknown()
    if not gauge.window_tokens:
        return CountedWords().tokens(gauge.consumed_tokens)
    text = translate("MemoryFacts", "{used} of {total}", "tokens of the window")
    if gauge.is_estimated:
        text = translate("MemoryFacts", "about {used} of {total}", "tokens of the window")
    return text.format(used=number_text(gauge.consumed_tokens), total=CountedWords().tokens(gauge.window_tokens))


def _left_text(gauge: Gauge) -> str:
    if gauge.consumed_tokens is None or not gauge.window_tokens:
        return _unknown()
    left = CountedWords().tokens(max(0, gauge.window_tokens - gauge.consumed_tokens))
    return translate("MemoryFacts", "about {tokens}").format(tokens=left) if gauge.is_estimated else left


def _computer_bytes(gauge: Gauge) -> int | None:
    if gauge.gpu_bytes is None or gauge.total_bytes is None:
        return None
    return max(0, gauge.total_bytes - gauge.gpu_bytes)


def _size_or_unknown(size_bytes: int | None) -> str:
    return _unknown() if size_bytes is None else size_text(size_bytes)


def _place_text(gauge: Gauge) -> str:
    if gauge.gpu_bytes is None or not gauge.total_bytes:
        return _unknown()
    if gauge.gpu_bytes == 0:
        return translate("MemoryFacts", "Processor only")
    if gauge.total_bytes - gauge.gpu_bytes < _NEGLIGIBLE_BYTES:
        return translate("MemoryFacts", "Graphics card")
    percent = QLocale().toString(round(100 * gauge.gpu_bytes / gauge.total_bytes))
    return translate("MemoryFacts", "{percent} % on the graphics card").format(percent=percent)
