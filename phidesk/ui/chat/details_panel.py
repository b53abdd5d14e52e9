"""The panel beside a conversation: how it is answered, what it takes, by which model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.chat.forecast import PromptForecast
from phidesk.core.answers import Gauge
from phidesk.core.conversation import ConversationSettings
from phidesk.core.model_info import ModelInfo
from phidesk.ui.chat.generation_section import GenerationSection
from phidesk.ui.chat.instructions_section import InstructionsSection
from phidesk.ui.chat.memory_breakdown import MemoryBreakdown
from phidesk.ui.chat.memory_facts import MemoryFacts
from phidesk.ui.chat.memory_history import MemoryHistory
from phidesk.ui.chat.model_facts import ModelFacts
from phidesk.ui.chat.overflow_chooser import OverflowChooser
from phidesk.ui.chat.slowness_section import SlownessSection
from phidesk.ui.chat.tools_section import ToolsSection
from phidesk.ui.chat.window_chooser import WindowChooser
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.key_tip import key_tip

WIDTH_PX = 320
"""At usual text sizes."""

_WIDTH_EMS = 17
"""Larger text widens the panel to this many times its size."""
_MARGIN_PX = 16
_SECTION_GAP_PX = 24
_CROSS_INSET_PX = 6
"""Between the edge of the button and its cross, which ends with the lines below."""
_RING_PX = 2
"""Kept free around what scrolls, for the ring when it has the focus."""


class DetailsPanel(QWidget):
    """Knows values only; hidden until somebody shows it. It scrolls where it is too low."""

    close_requested = Signal()
    """The person no longer wants to see the panel."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, generation: GenerationSection | None = None
    ) -> None:
        """`generation` is the largest part, if somebody made it before: all together keep the window busy for long."""
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("detailsPanel")
        self._title = ElidedLabel()
        self._title.setText(self.tr("This conversation"))
        self._close = IconButton(theme, "x", self.tr("Close"))
        self._close.setObjectName("closePanel")
        self._close.setToolTip(key_tip(self.tr("Close"), Shortcut.PANEL))
        self.instructions = InstructionsSection(theme)
        self.tools = ToolsSection(theme)
        self._memory = MemoryFacts(theme)
        self._breakdown = MemoryBreakdown(theme)
        self.window_chooser = WindowChooser(theme)
        self.overflow_chooser = OverflowChooser(theme)
        self.slowness = SlownessSection()
        self._history = MemoryHistory(theme)
        self._model = ModelFacts()
        self.generation = generation or GenerationSection()
        self._scroller = QScrollArea()
        self._scroller.setObjectName("detailsScroller")
        self._scroller.setAccessibleName(self.tr("This conversation"))
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.setWidgetResizable(True)
        self._scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self._on_theme_changed()
        self._connect()
        self.hide()

    def show_settings(self, settings: ConversationSettings) -> None:
        """Show these settings; call `flush` before those of another conversation. Emits nothing."""
        self.instructions.editor.show_instructions(settings.instructions)
        self.generation.show_settings(settings)
        self.overflow_chooser.show_choice(settings.overflow)

    def show_gauge(self, gauge: Gauge | None, past: Sequence[Gauge] = (), *, is_last_known: bool = False) -> None:
        """Show these figures; None before the first answer. `is_last_known` marks figures of an earlier run.

        `past` are those of the newest answers, the oldest first.
        """
        self._memory.show_gauge(gauge, is_last_known=is_last_known)
        self._history.show_gauges(past)

    def show_forecast(self, forecast: PromptForecast | None) -> None:
        """Show what the next question will take; None while nobody counts it."""
        self._breakdown.show_forecast(forecast)

    def show_model(self, model: ModelInfo | None, *, advice: str = "") -> None:
        """Show who answers, None while nobody would; `advice` says why the preferred engine does not."""
        self._model.show_model(model, advice=advice)

    def flush(self) -> None:
        """Tell at once of instructions and values that were typed and not told yet."""
        self.instructions.flush()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def _lay_out(self) -> None:
        """From the outside in: Qt dresses all that is in a widget again whenever that comes into another."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(_MARGIN_PX - _CROSS_INSET_PX, 10, _MARGIN_PX - _CROSS_INSET_PX, 10)
        top.setSpacing(0)
        top.addSpacing(_CROSS_INSET_PX)
        layout.addLayout(top)
        top.addWidget(self._title, 1)
        top.addWidget(self._close)
        layout.addWidget(self._scroller, 1)
        content = QWidget()
        sections = QVBoxLayout(content)
        side = _MARGIN_PX - _RING_PX
        sections.setContentsMargins(side, 0, side, _MARGIN_PX)
        sections.setSpacing(_SECTION_GAP_PX)
        self._scroller.setWidget(content)
        sections.addWidget(self.instructions)
        sections.addWidget(self.tools)
        sections.addWidget(self._memory)
        sections.addWidget(self._breakdown)
        sections.addWidget(self.window_chooser)
        sections.addWidget(self.overflow_chooser)
        sections.addWidget(self.slowness)
        sections.addWidget(self._history)
        sections.addWidget(self._model)
        sections.addWidget(self.generation)
        sections.addStretch(1)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._close.clicked.connect(self._on_close_clicked)
        self._scroller.verticalScrollBar().rangeChanged.connect(self._on_scroll_range_changed)

    def _on_theme_changed(self) -> None:
        font = self._theme.text_font()
        font.setWeight(font.Weight.DemiBold)
        self._title.setFont(font)
        self.setMinimumWidth(max(WIDTH_PX, _WIDTH_EMS * self._theme.font_sizes.small))
        self.updateGeometry()

    def _on_close_clicked(self) -> None:
        self.close_requested.emit()

    def _on_scroll_range_changed(self, lowest: int, highest: int) -> None:
        """Let keys scroll where there is something to scroll."""
        can_scroll = highest > lowest
        self._scroller.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_scroll else Qt.FocusPolicy.NoFocus)
