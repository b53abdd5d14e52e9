"""The slider over the windows of a conversation, with what each costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.memory_outlook import MemoryOutlook, WindowOutlook
from phidesk.core.memory_fit import Fit, FitVerdict, Place, Room
from phidesk.core.model_info import ModelInfo
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.chat.window_chooser import WindowChooser, verdict_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow

GB = 1_000_000_000
WINDOWS = (
    WindowOutlook(4096, FitVerdict(Fit.FITS, Place.GRAPHICS), 3 * GB),
    WindowOutlook(8192, FitVerdict(Fit.FITS, Place.PARTLY), 4 * GB),
    WindowOutlook(16384, FitVerdict(Fit.TOO_LARGE), 6 * GB),
)
OUTLOOK = MemoryOutlook(ModelInfo("phi4-mini:latest", OLLAMA), 4096, WINDOWS, memory=Room(8 * GB, 5 * GB))


@pytest.fixture
def chooser(theme: Theme, english: None, qtbot: QtBot) -> Iterator[WindowChooser]:
    host = QWidget()
    qtbot.addWidget(host)
    chooser = WindowChooser(theme, host)
    chooser.show_outlook(OUTLOOK, None)
    host.show()
    yield chooser
    host.hide()


def value(chooser: WindowChooser, name: str) -> str:
    row = chooser.findChild(FactRow, name)
    assert row is not None
    return row.value


def slider(chooser: WindowChooser) -> QSlider:
    slider = chooser.findChild(QSlider, "windowSlider")
    assert slider is not None
    return slider


def test_who_scrolls_past_it_chooses_nothing(chooser: WindowChooser) -> None:
    chosen = QSignalSpy(chooser.window_chosen)
    place = QPointF(slider(chooser).rect().center())
    none, down = QPoint(), QPoint(0, -120)
    wheel = QWheelEvent(
        place,
        QPointF(slider(chooser).mapToGlobal(place)),
        none,
        down,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )

    QApplication.sendEvent(slider(chooser), wheel)

    assert not wheel.isAccepted()
    assert chosen.count() == 0


@pytest.mark.parametrize("engine", [OLLAMA, BUILTIN])
def test_how_long_a_model_stays_is_chosen_where_its_memory_is_shown(chooser: WindowChooser, engine: str) -> None:
    button = chooser.findChild(QPushButton, "keepingMemory")
    assert button is not None
    wished = QSignalSpy(chooser.keeping_requested)

    chooser.show_outlook(replace(OUTLOOK, model=ModelInfo("phi4-mini:latest", engine)), None)
    button.click()

    assert button.isVisible() is (engine == OLLAMA)
    assert wished.count() == 1


def free_button(chooser: WindowChooser) -> QPushButton:
    button = chooser.findChild(QPushButton, "freeMemory")
    assert button is not None
    return button


def test_a_forecast_is_about_and_a_measured_price_is_not(chooser: WindowChooser) -> None:
    assert value(chooser, "windowPrice") == "about 3.0 GB"

    chooser.show_outlook(replace(OUTLOOK, is_calibrated=True), 8192)

    assert (value(chooser, "windowSize"), value(chooser, "windowPrice")) == ("8,192 tokens", "4.0 GB")


def test_what_nobody_tells_is_unknown(chooser: WindowChooser) -> None:
    assert (value(chooser, "memoryFree"), value(chooser, "graphicsFree")) == ("5.0 GB of 8.0 GB", "unknown")


def test_a_key_chooses_the_next_window_and_tells_what_it_costs(chooser: WindowChooser) -> None:
    chosen = QSignalSpy(chooser.window_chosen)

    QTest.keyClick(slider(chooser), Qt.Key.Key_Right)

    verdict = chooser.findChild(QLabel, "windowVerdict")
    assert verdict is not None
    assert [chosen.at(number) for number in range(chosen.count())] == [[8192]]
    assert value(chooser, "windowPrice") == "about 4.0 GB"
    assert verdict.text() in slider(chooser).accessibleName()


def test_showing_chooses_nothing(chooser: WindowChooser) -> None:
    chosen = QSignalSpy(chooser.window_chosen)

    chooser.show_outlook(OUTLOOK, 16384)

    assert (slider(chooser).value(), chosen.count()) == (2, 0)


@pytest.mark.parametrize("outlook", [None, replace(OUTLOOK, windows=WINDOWS[:1]), replace(OUTLOOK, windows=())])
def test_without_a_choice_nothing_is_shown(chooser: WindowChooser, outlook: MemoryOutlook | None) -> None:
    chooser.show_outlook(outlook, None)

    assert chooser.isHidden()


def test_memory_can_be_freed_only_while_the_model_is_in_it(chooser: WindowChooser) -> None:
    freed = QSignalSpy(chooser.free_requested)
    assert free_button(chooser).isHidden()

    chooser.show_outlook(replace(OUTLOOK, can_free=True), None)
    QTest.keyClick(free_button(chooser), Qt.Key.Key_Space)

    assert freed.count() == 1


def test_how_much_slower_is_said_only_where_it_was_seen(english: None) -> None:
    assert "times" not in verdict_text(WINDOWS[1], None)
    assert "about 5.0 times slower" in verdict_text(WINDOWS[1], 5.0)


def test_a_problem_is_told_until_the_next_look(chooser: WindowChooser) -> None:
    problem = chooser.findChild(QLabel, "memoryProblem")
    assert problem is not None

    chooser.show_problem("The built-in engine does not answer.")
    assert problem.isVisible()
    chooser.show_outlook(OUTLOOK, None)

    assert not problem.isVisible()
