"""The panel's figures of what is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.forecast import PromptForecast
from phidesk.core.breakdown import Breakdown
from phidesk.ui.chat.memory_breakdown import MemoryBreakdown
from phidesk.ui.widgets.fact_row import FactRow

BREAKDOWN = Breakdown(instructions=200, earlier=2300, message=100, answer=1025, free=4567)


def _rows(section: MemoryBreakdown) -> dict[str, str]:
    return {row.objectName(): row.value for row in section.findChildren(FactRow) if not row.isHidden()}


def test_each_piece_that_takes_something_has_a_figure(english: None, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    section = MemoryBreakdown(page)

    section.show_forecast(PromptForecast(2600, 8192, is_exact=True, breakdown=BREAKDOWN))

    assert _rows(section) == {
        "instructionsTokens": "200 tokens",
        "earlierTokens": "2,300 tokens",
        "messageTokens": "100 tokens",
        "answerTokens": "1,025 tokens",
        "freeTokens": "4,567 tokens",
    }


def test_estimates_are_called_so_but_not_what_is_kept_and_nothing_typed_hides_all(english: None, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    section = MemoryBreakdown(page)

    section.show_forecast(PromptForecast(2600, 8192, is_exact=False, breakdown=BREAKDOWN))
    assert _rows(section)["messageTokens"] == "about 100 tokens"
    assert _rows(section)["answerTokens"] == "1,025 tokens"
    section.show_forecast(None)

    assert section.isHidden()
