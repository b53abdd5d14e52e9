"""The line under the composer that tells the truth: how full the conversation's memory is, where the model lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.chat.piece_colors import PIECE_COLORS
from phidesk.ui.figures import FIGURE_SEPARATOR, forecast_text, gauge_text, gauge_tip
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.focus_ring import paint_focus_ring
from phidesk.ui.widgets.gauge_bar import BAR_HEIGHT_PX, paint_bar
from phidesk.ui.widgets.text_line import line_width, paint_line

if TYPE_CHECKING:  # figures come with answers, and with what is typed
    from phidesk.chat.forecast import PromptForecast
    from phidesk.core.answers import Gauge
    from phidesk.core.breakdown import Breakdown

_GAP_PX = 12
_PADDING_PX = 4
_SHORTEST_BAR_PX = 96


class GaugeLine(QAbstractButton):
    """Bar and figures of the last answer. A button: `clicked` asks for everything about the conversation."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._gauge: Gauge | None = None
        self._is_last_known = False
        self._forecast: PromptForecast | None = None
        self._share: float | None = None
        self._pieces: tuple[tuple[str, float], ...] = ()
        self.setObjectName("gaugeLine")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_gauge(None)
        self._on_theme_changed()
        self._connect()

    def show_gauge(self, gauge: Gauge | None, *, last_known: bool = False) -> None:
        """Show these figures; None before the first answer. `last_known` marks figures of an earlier run."""
        self._gauge, self._is_last_known = gauge, last_known
        self._show()

    def show_forecast(self, forecast: PromptForecast | None) -> None:
        """Show what the question that is typed will take; None shows what the last answer left."""
        self._forecast = forecast
        self._show()

    def _show(self) -> None:
        gauge = self._gauge
        if self._forecast is not None:
            breakdown = None if self._forecast.excess_tokens else self._forecast.breakdown
            self._pieces = _first_pieces(breakdown, self._forecast.window_tokens)
            self._share = self._forecast.prompt_tokens / self._forecast.window_tokens
            self.setText(forecast_text(self._forecast))
        else:
            self._pieces = _first_pieces(gauge.pieces, gauge.window_tokens) if gauge is not None else ()
            self._share = gauge.fill if gauge is not None else None
            self.setText(gauge_text(gauge, last_known=self._is_last_known) if gauge is not None else "")
        tip = gauge_tip(gauge) if gauge is not None else ""
        self.setToolTip(tip)
        name = self.tr("Memory of the conversation")
        self.setAccessibleName(f"{name}: {self.text()}" if self.text() else name)
        self.setAccessibleDescription(tip)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        text_width = line_width(self.fontMetrics(), self.text())
        return QSize(text_width + _GAP_PX + _SHORTEST_BAR_PX, self._height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _SHORTEST_BAR_PX, self._height())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        side = 2 * _PADDING_PX if self.hasFocus() else 0  # flush with the composer; only the ring needs room
        inner = self.rect().adjusted(side, 0, -side, 0)
        room = inner.width() - _SHORTEST_BAR_PX - _GAP_PX
        text = self._text_within(room)
        text_width = self.fontMetrics().horizontalAdvance(text)
        painter.setPen(self._theme.color("text" if self.underMouse() else "muted"))
        paint_line(painter, inner, text, self.layoutDirection(), alignment=Qt.AlignmentFlag.AlignRight)
        bar = QRectF(inner)
        bar.setWidth(inner.width() - (text_width + _GAP_PX if text else 0))
        if self.isRightToLeft():
            bar.moveRight(inner.right() + 1)
        bar.setTop(inner.center().y() + 1 - BAR_HEIGHT_PX / 2)
        bar.setHeight(BAR_HEIGHT_PX)
        paint_bar(painter, bar, self._share, self._theme, is_mirrored=self.isRightToLeft(), first_pieces=self._pieces)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), self._theme)

    def _text_within(self, width_px: int) -> str:
        """Return the figures that have room, the first ones first; the first alone is cut where it has none."""
        metrics, text = self.fontMetrics(), self.text()
        while line_width(metrics, text) > width_px and FIGURE_SEPARATOR in text:
            text = text.rpartition(FIGURE_SEPARATOR)[0]
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width_px)

    def _height(self) -> int:
        return self.fontMetrics().height() + 2 * _PADDING_PX

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.small_font())
        self.updateGeometry()
        self.update()


def _first_pieces(breakdown: Breakdown | None, window_tokens: int | None) -> tuple[tuple[str, float], ...]:
    """Tell what stands before all that was said from it, in the colours of the panel; nothing where it is not known."""
    if breakdown is None or not window_tokens:
        return ()
    pieces = {"instructions": breakdown.instructions, "tools": breakdown.tools}
    return tuple((PIECE_COLORS[name], tokens / window_tokens) for name, tokens in pieces.items())
