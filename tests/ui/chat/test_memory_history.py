"""The charts of a conversation's memory, answer by answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.answers import Gauge
from phidesk.ui.chat.memory_history import MemoryHistory
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.history_chart import NEWEST_COUNT, HistoryChart

GB = 1_000_000_000
ON_CARD = [Gauge(1000, 4096, 3 * GB, 3 * GB), Gauge(2500, 8192, 3 * GB, 4 * GB)]


@pytest.fixture
def history(theme: Theme, english: None, qtbot: QtBot) -> Iterator[MemoryHistory]:
    page = QWidget()
    qtbot.addWidget(page)
    yield MemoryHistory(theme, page)
    page.close()


def _chart(history: MemoryHistory, name: str) -> HistoryChart:
    chart = history.findChild(HistoryChart, name)
    assert chart is not None
    return chart


def _columns_of(chart: HistoryChart, colour: str, theme: Theme) -> list[int]:
    """Return in which columns this colour was painted."""
    image = QImage(chart.size(), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    chart.render(image)
    wanted = theme.color(colour).rgba()
    return [x for x in range(image.width()) if any(image.pixel(x, y) == wanted for y in range(image.height() - 2))]


def test_one_answer_is_no_history(history: MemoryHistory) -> None:
    history.show_gauges(ON_CARD[:1])

    assert history.isHidden()


def test_each_answer_has_its_bar_and_its_words(history: MemoryHistory) -> None:
    history.show_gauges(ON_CARD)

    tokens, sizes = _chart(history, "tokensHistory"), _chart(history, "bytesHistory")
    assert tokens.bars == ((1000, 4096), (2500, 8192))
    assert tokens.accessibleDescription() == "From 1,000 tokens to 2,500 tokens. Pale is what was left of the window."
    assert sizes.bars == ((3 * GB, 3 * GB), (3 * GB, 4 * GB))
    assert sizes.accessibleDescription() == "From 3.0 GB to 4.0 GB. Pale is what was not on the graphics card."
    assert [row.value for row in history.findChildren(FactRow)] == ["2,500 tokens", "4.0 GB"]


def test_what_no_engine_told_is_a_gap_and_not_a_zero(history: MemoryHistory) -> None:
    history.show_gauges([Gauge(10, 4096), Gauge(), Gauge(30, 4096)])

    assert _chart(history, "tokensHistory").bars == ((10, 4096), (None, None), (30, 4096))
    assert _chart(history, "bytesHistory").isHidden()


def test_memory_without_a_card_is_not_said_to_be_beside_it(history: MemoryHistory) -> None:
    history.show_gauges([Gauge(10, 4096, None, GB), Gauge(20, 4096, 0, GB)])

    assert _chart(history, "bytesHistory").bars == ((GB, GB), (GB, GB))
    assert _chart(history, "bytesHistory").accessibleDescription() == "From 1.0 GB to 1.0 GB."


def test_only_the_newest_bars_are_kept(history: MemoryHistory) -> None:
    history.show_gauges([Gauge(count, 10_000) for count in range(1, 200)])

    bars = _chart(history, "tokensHistory").bars
    assert len(bars) == NEWEST_COUNT
    assert bars[-1] == (199, 10_000)


def test_bars_begin_where_reading_begins(history: MemoryHistory, theme: Theme) -> None:
    history.show_gauges(ON_CARD)
    chart = _chart(history, "tokensHistory")
    chart.resize(200, 48)

    left_to_right = _columns_of(chart, "accent", theme)
    chart.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    right_to_left = _columns_of(chart, "accent", theme)

    assert max(left_to_right) < 100 < min(right_to_left)
