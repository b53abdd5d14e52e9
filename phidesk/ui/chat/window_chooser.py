"""The window of a conversation, with its price: how much the model keeps in mind, and what that takes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.chat.memory_outlook import MemoryOutlook, WindowOutlook
from phidesk.core.memory_fit import Fit, Place, Room
from phidesk.core.model_info import CachePrecision
from phidesk.engine.protocol import OLLAMA
from phidesk.ui.figures import CountedWords, decimal_text, size_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.leading_label import LeadingLabel
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.section_title import make_section_title

_GAP_PX = 8

translate = QCoreApplication.translate


class WindowChooser(QWidget):
    """A slider over the offered windows. Knows values only; hidden while there is nothing to choose."""

    window_chosen = Signal(int)
    """The person wants this window. Carries tokens; not while the slider is being dragged."""
    precision_chosen = Signal(object)
    """The engine shall keep its cache so. Carries a `CachePrecision`."""
    free_requested = Signal()
    """The person wants the model out of memory."""
    keeping_requested = Signal()
    """The person wants to choose how long the engine keeps a model in memory."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outlook: MemoryOutlook | None = None
        self._slider = _StillSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("windowSlider")
        self._slider.setPageStep(1)
        self._size = _make_row("windowSize", self.tr("Window"))
        self._price = _make_row("windowPrice", self.tr("Takes"))
        self._machine = _make_row("memoryFree", self.tr("Free memory"))
        self._card = _make_row("graphicsFree", self.tr("Free graphics memory"))
        self._verdict = _make_note("windowVerdict", tone="muted")
        self._precision = MenuButton(theme)
        self._precision.setObjectName("cachePrecision")
        self._precision.setToolTip(self.tr("How exactly the engine keeps what it has read (KV cache)"))
        for precision in CachePrecision:
            self._precision.menu().addAction(precision_words(precision)).triggered.connect(
                partial(self.precision_chosen.emit, precision)
            )
        self._problem = _make_note("memoryProblem", tone="danger")
        self._free = QPushButton(self.tr("Free memory now"))
        self._free.setObjectName("freeMemory")
        self._keeping = QPushButton(self.tr("How long it stays ready…"))
        self._keeping.setObjectName("keepingMemory")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        title = make_section_title(self.tr("How much it keeps in mind"), tip=self.tr("Context window"))
        title.setBuddy(self._slider)
        layout.addWidget(title)
        for part in (self._slider, self._size, self._price, self._verdict, self._card, self._machine):
            layout.addWidget(part)
        layout.addWidget(self._precision, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._problem)
        for button in (self._free, self._keeping):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        self._connect()
        self.show_outlook(None, None)

    def show_outlook(self, outlook: MemoryOutlook | None, window_tokens: int | None) -> None:
        """Show what a look found and which window was chosen; None means the usual one. Emits nothing."""
        self._outlook = outlook
        self._problem.hide()
        self.setHidden(outlook is None or len(outlook.windows) < 2)
        if outlook is None or not outlook.windows:
            return
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, len(outlook.windows) - 1)
            self._slider.setValue(outlook.windows.index(outlook.at(window_tokens)))
        self._precision.setVisible(outlook.cache_precision is not None)
        if outlook.cache_precision is not None:
            self._precision.setText(precision_words(outlook.cache_precision))
            self._precision.setAccessibleName(self._precision.text())
        self._machine.set_value(_room_text(outlook.memory))
        self._card.set_value(_room_text(outlook.graphics))
        if self._free.hasFocus() and not outlook.can_free:
            self._slider.setFocus()  # A button that hides would hand the focus to who knows whom.
        self._free.setVisible(outlook.can_free)
        self._keeping.setVisible(outlook.model.engine == OLLAMA)
        self._show_window()

    def show_problem(self, sentence: str) -> None:
        """Say why the memory is still taken, until the next look."""
        self._problem.setText(sentence)
        self._problem.show()

    def _connect(self) -> None:
        self._slider.valueChanged.connect(self._on_slider_value_changed)
        self._slider.sliderReleased.connect(self._on_slider_released)
        self._free.clicked.connect(self._on_free_clicked)
        self._keeping.clicked.connect(self._on_keeping_clicked)

    def _window(self) -> WindowOutlook | None:
        return None if self._outlook is None else self._outlook.windows[self._slider.value()]

    def _show_window(self) -> None:
        outlook, window = self._outlook, self._window()
        if outlook is None or window is None:
            return
        self._size.set_value(CountedWords().tokens(window.window_tokens))
        self._price.set_value(_price_text(window, is_calibrated=outlook.is_calibrated))
        self._verdict.setText(verdict_text(window, outlook.times_slower))
        self._slider.setAccessibleName(
            self.tr("Window: {tokens}. Takes {price}. {verdict}").format(
                tokens=self._size.value, price=self._price.value, verdict=self._verdict.text()
            )
        )

    def _on_slider_value_changed(self, _value: int) -> None:
        self._show_window()
        if not self._slider.isSliderDown():
            self._on_slider_released()

    def _on_slider_released(self) -> None:
        window = self._window()
        if window is not None:
            self.window_chosen.emit(window.window_tokens)

    def _on_free_clicked(self) -> None:
        self.free_requested.emit()

    def _on_keeping_clicked(self) -> None:
        self.keeping_requested.emit()


class _StillSlider(QSlider):
    """Leaves the wheel to what it stands in: who scrolls past it chooses nothing."""

    @override
    def wheelEvent(self, event: QWheelEvent, /) -> None:
        event.ignore()


def precision_words(precision: CachePrecision) -> str:
    """Say how exactly the cache is kept, and what that means for its size."""
    words = {
        CachePrecision.F16: translate("WindowChooser", "Kept exactly (f16)"),
        CachePrecision.Q8_0: translate("WindowChooser", "Kept in half the room (q8_0)"),
        CachePrecision.Q4_0: translate("WindowChooser", "Kept in a quarter of the room, less exact (q4_0)"),
    }
    return words[precision]


def verdict_text(window: WindowOutlook, times_slower: float | None) -> str:
    """Say whether this window suits the computer. How much slower is said only where this computer has seen it."""
    verdict = window.verdict
    if verdict.fit is Fit.UNKNOWN:
        return translate("WindowChooser", "Whether it fits is unknown.")
    if verdict.fit is Fit.TOO_LARGE:
        return translate("WindowChooser", "This computer has too little memory for it.")
    if verdict.place is Place.PARTLY and times_slower is not None:
        text = translate("WindowChooser", "Spills from the graphics card to the processor: about {times} times slower.")
        return text.format(times=decimal_text(times_slower))
    if verdict.place is Place.PARTLY:
        return translate("WindowChooser", "Spills from the graphics card to the processor: slower.")
    if verdict.fit is Fit.TIGHT:
        return translate("WindowChooser", "Tight: it fits once other programs give memory back.")
    if verdict.place is Place.COMPUTER:
        return translate("WindowChooser", "Fits into the computer's memory.")
    return translate("WindowChooser", "Fits.")


def _price_text(window: WindowOutlook, *, is_calibrated: bool) -> str:
    if window.need_bytes is None:
        return translate("WindowChooser", "unknown")
    size = size_text(window.need_bytes)
    return size if is_calibrated else translate("WindowChooser", "about {size}").format(size=size)


def _room_text(room: Room | None) -> str:
    if room is None:
        return translate("WindowChooser", "unknown")
    text = translate("WindowChooser", "{free} of {total}", "memory")
    return text.format(free=size_text(room.free_bytes), total=size_text(room.total_bytes))


def _make_row(object_name: str, words: str) -> FactRow:
    row = FactRow(words)
    row.setObjectName(object_name)
    return row


def _make_note(object_name: str, *, tone: str) -> QLabel:
    note = LeadingLabel()
    note.setObjectName(object_name)
    note.setProperty("tone", tone)
    note.setWordWrap(True)
    return note
