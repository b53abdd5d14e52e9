"""The panel's figures of what is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.forecast import PromptForecast
from phidesk.core.breakdown import Breakdown
from phidesk.ui.chat.memory_breakdown import MemoryBreakdown
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.pieces_bar import PiecesBar

BREAKDOWN = Breakdown(instructions=200, earlier=2300, message=100, answer=1025, free=4567)


def _rows(section: MemoryBreakdown) -> dict[str, str]:
    return {row.objectName(): row.value for row in section.findChildren(FactRow) if row.isVisibleTo(section)}


def test_each_piece_that_takes_something_has_a_figure(english: None, theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    section = MemoryBreakdown(theme, page)

    section.show_forecast(PromptForecast(2600, 8192, is_exact=True, breakdown=BREAKDOWN))

    assert _rows(section) == {
        "instructionsTokens": "200 tokens",
        "earlierTokens": "2,300 tokens",
        "messageTokens": "100 tokens",
        "answerTokens": "1,025 tokens",
        "freeTokens": "4,567 tokens",
    }


def test_what_finds_no_room_has_a_figure_and_its_place_in_the_bar(english: None, theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    section = MemoryBreakdown(theme, page)
    too_much = Breakdown(earlier=2000, message=3000, answer=1000)

    section.show_forecast(PromptForecast(5000, 4096, is_exact=True, excess_tokens=1904, breakdown=too_much))

    assert _rows(section) == {
        "earlierTokens": "2,000 tokens",
        "messageTokens": "3,000 tokens",
        "answerTokens": "1,000 tokens",
        "excessTokens": "1,904 tokens",
    }
    bar = section.findChild(PiecesBar)
    assert bar is not None
    picture = bar.grab().toImage()
    low = round(0.8 * picture.height())
    is_marked = [
        picture.pixelColor(round(share * picture.width()), low) == theme.color("danger")
        for share in (0.2, 0.5, 0.65, 0.71, 0.95)
    ]
    assert is_marked == [False, False, False, True, True]


def test_estimates_are_called_so_but_not_what_is_kept_and_nothing_typed_hides_all(
    english: None, theme: Theme, qtbot: QtBot
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    section = MemoryBreakdown(theme, page)

    section.show_forecast(PromptForecast(2600, 8192, is_exact=False, breakdown=BREAKDOWN))
    assert _rows(section)["messageTokens"] == "about 100 tokens"
    assert _rows(section)["answerTokens"] == "1,025 tokens"
    section.show_forecast(None)

    assert section.isHidden()


def test_the_bar_says_its_pieces_to_screen_readers(english: None, theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    section = MemoryBreakdown(theme, page)

    section.show_forecast(PromptForecast(2600, 8192, is_exact=True, breakdown=BREAKDOWN))

    bar = section.findChild(PiecesBar)
    assert bar is not None
    assert bar.accessibleDescription().splitlines()[:2] == [
        "Instructions: 200 tokens",
        "Earlier messages: 2,300 tokens",
    ]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_pieces_begin_where_reading_begins(theme: Theme, qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    bar = PiecesBar(theme)
    qtbot.addWidget(bar)
    bar.setLayoutDirection(direction)
    bar.resize(400, 12)

    bar.show_pieces([("accent", 0.25), ("muted", 0.25)])

    picture = bar.grab().toImage()
    colors = [picture.pixelColor(x, picture.height() // 2).name() for x in (50, 150, 250, 350)]
    if direction is Qt.LayoutDirection.RightToLeft:
        colors.reverse()
    assert colors[:2] == [theme.color("accent").name(), theme.color("muted").name()]
    assert colors[2] == colors[3]
    assert colors[3] not in colors[:2]
