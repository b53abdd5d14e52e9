"""The page Health: rows that stay, a switch that tells only the person's wish, lists that can be read meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QTreeView
from pytestqt.qtbot import QtBot

from phidesk.chat.diagnosis import FontFinding, NetworkFinding
from phidesk.chat.logs import LogLine
from phidesk.core.memory_fit import Room
from phidesk.engine.connection_log import ConnectionRecord
from phidesk.ui.health.connections_card import ConnectionsCard
from phidesk.ui.health.finding_row import FindingRow
from phidesk.ui.health.finding_words import Remedy
from phidesk.ui.health.health_page import HealthPage
from phidesk.ui.health.log_card import LogCard
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.state_line import StateLine, StateTone
from tests.ui.health.findings import GB, GOOD, HOME

pytestmark = pytest.mark.usefixtures("english")

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def record(number: int, host: str = "127.0.0.1", *, received: int = 0) -> ConnectionRecord:
    return ConnectionRecord(number, NOON, host, 11434, "answer", received_bytes=received)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> HealthPage:
    page = HealthPage(theme)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    qtbot.waitExposed(page)
    return page


def row(page: HealthPage, name: str) -> FindingRow:
    found = page.findChild(FindingRow, name)
    assert isinstance(found, FindingRow)
    return found


def button(page: HealthPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def shown(page: HealthPage) -> list[list[str]]:
    """The list of connections as it is to be read."""
    view = page.findChild(QTreeView, "connectionList")
    assert isinstance(view, QTreeView)
    model = view.model()
    return [
        [str(model.index(line, column).data()).strip("\u2068\u2069") for column in range(model.columnCount())]
        for line in range(model.rowCount())
    ]


def test_before_the_first_look_nothing_can_be_copied(page: HealthPage) -> None:
    assert not button(page, "copyFindings").isEnabled()
    assert not button(page, "writeBundle").isEnabled()
    assert page.findChildren(FindingRow) == []


def test_findings_are_shown_with_their_tone_and_are_heard(page: HealthPage) -> None:
    page.show_diagnosis(replace(GOOD, memory=Room(16 * GB, GB // 2)))
    page.set_looking(is_looking=False)

    assert row(page, "answering").tone is StateTone.READY
    assert row(page, "memory").tone is StateTone.PROBLEM
    assert row(page, "memory").accessibleName().startswith("Memory of the computer: Only 0.5 GB")
    assert button(page, "copyFindings").isEnabled()


def test_rows_stay_the_same_widgets_and_old_ones_go(page: HealthPage, qtbot: QtBot) -> None:
    page.show_diagnosis(GOOD)
    folder = row(page, "folder data")
    remedy = folder.findChild(QPushButton, "remedy")
    assert remedy is not None
    remedy.setFocus()

    page.show_diagnosis(replace(GOOD, graphics=(), fonts=FontFinding("Sans", ("Thai",))))

    assert row(page, "folder data") is folder
    assert remedy.hasFocus()
    qtbot.waitUntil(lambda: page.findChild(FindingRow, "graphics 0") is None)
    assert not row(page, "graphics").isHidden()


def test_the_button_of_a_finding_tells_what_mends_it(page: HealthPage, qtbot: QtBot) -> None:
    page.show_diagnosis(GOOD)
    remedy = row(page, "folder models").findChild(QPushButton, "remedy")
    assert remedy is not None

    with qtbot.waitSignal(page.remedy_requested) as asked:
        QTest.keyClick(remedy, Qt.Key.Key_Space)

    assert asked.args is not None
    assert (asked.args[0].remedy, asked.args[0].folder) == (Remedy.OPEN_FOLDER, HOME / "models")
    assert remedy.accessibleName() == "Folder of models: Open the folder"


def test_findings_can_be_copied_as_text(page: HealthPage) -> None:
    page.show_diagnosis(GOOD)
    page.set_looking(is_looking=False)

    button(page, "copyFindings").click()

    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "✓ Who answers: Ollama answers with Phi-4-mini."
    told = page.findChild(StateLine, "healthTold")
    assert told is not None
    assert told.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # a dialog without a screen
def test_the_place_of_the_bundle_is_asked_for(page: HealthPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.show_diagnosis(GOOD)
    page.set_looking(is_looking=False)

    button(page, "writeBundle").click()
    dialog = page.findChild(QFileDialog, "bundleDialog")
    assert isinstance(dialog, QFileDialog)
    with qtbot.waitSignal(page.bundle_chosen) as chosen:
        dialog.fileSelected.emit(str(tmp_path / "help.zip"))
    dialog.close()

    assert chosen.args == [tmp_path / "help.zip"]


def test_looking_does_not_take_the_focus_away(page: HealthPage) -> None:
    look = button(page, "lookAgain")
    look.setFocus()

    page.set_looking(is_looking=True)

    assert look.hasFocus()
    assert look.text() == "Looking…"


def test_the_switch_tells_what_the_person_does_and_nothing_else(page: HealthPage, qtbot: QtBot) -> None:
    switch = page.findChild(CheckLine, "offlineSwitch")
    assert isinstance(switch, CheckLine)
    told: list[bool] = []
    page.offline_changed.connect(told.append)

    page.show_diagnosis(replace(GOOD, network=NetworkFinding(is_offline=True, outside_connections=0)))
    assert (switch.isChecked(), told) == (True, [])
    QTest.keyClick(switch, Qt.Key.Key_Space)

    assert (switch.isChecked(), told) == (False, [False])


def test_connections_are_listed_newest_first_and_those_that_left_can_be_picked(page: HealthPage) -> None:
    page.show_connections([record(1), record(2, "models.example", received=2_500_000), record(3)])

    assert [line[1] for line in shown(page)] == ["this computer", "models.example:11434", "this computer"]
    assert shown(page)[1][2:] == ["an answer", "0 bytes", "2.5 MB"]
    only = page.findChild(CheckLine, "onlyOutside")
    assert isinstance(only, CheckLine)
    only.click()
    assert [line[1] for line in shown(page)] == ["models.example:11434"]


def test_the_badge_says_whether_nothing_left(page: HealthPage) -> None:
    badge = page.findChild(StateLine, "nothingLeft")
    card = page.findChild(ConnectionsCard)
    assert isinstance(badge, StateLine)
    assert isinstance(card, ConnectionsCard)

    page.show_connections([record(1)])
    before = badge.tone
    page.show_connections([record(1), record(2, "models.example")])

    assert (before, badge.tone) == (StateTone.READY, StateTone.NEUTRAL)


def test_a_selected_connection_stays_selected_while_others_come_and_figures_change(page: HealthPage) -> None:
    view = page.findChild(QTreeView, "connectionList")
    assert isinstance(view, QTreeView)
    page.show_connections([record(1), record(2)])
    view.setCurrentIndex(view.model().index(1, 0))

    page.show_connections([record(1, received=7), record(2), record(3), record(4)])
    assert view.currentIndex().row() == 3
    page.show_connections([record(2), record(3), record(4), record(5)])

    assert len(shown(page)) == 4
    assert [line[4] for line in shown(page)] == ["0 bytes"] * 4


def test_the_log_is_searched_and_what_is_searched_stays(page: HealthPage) -> None:
    card, search = page.findChild(LogCard), page.findChild(QLineEdit, "logSearch")
    nothing = page.findChild(QLabel, "noLog")
    assert isinstance(card, LogCard)
    assert isinstance(search, QLineEdit)
    assert isinstance(nothing, QLabel)
    assert nothing.text() == "Nothing was written yet."

    page.show_log([LogLine("phidesk", "Started"), LogLine("builtin", "model LOADED")])
    assert card.shown_lines == ["PhiDesk: Started", "Built-in engine: model LOADED"]
    QTest.keyClicks(search, "loaded")
    page.show_log([LogLine("phidesk", "Started"), LogLine("builtin", "model LOADED"), LogLine("builtin", "loaded 2")])
    assert card.shown_lines == ["Built-in engine: model LOADED", "Built-in engine: loaded 2"]
    QTest.keyClicks(search, " never")

    assert card.shown_lines == []
    assert nothing.text() == "No line contains “loaded never”."


@pytest.mark.parametrize("width", [420, 760, 1400])
@pytest.mark.parametrize("size", [12, 28])
def test_nothing_is_wider_than_the_page(page: HealthPage, theme: Theme, width: int, size: int) -> None:
    theme.set_text_size_px(size)
    page.show_diagnosis(GOOD)
    page.resize(width, 700)

    content = page.widget()

    assert content is not None
    assert content.minimumSizeHint().width() <= page.viewport().width()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_box_to_tick_can_be_clicked_anywhere_and_grows_where_it_is_narrow(
    qtbot: QtBot, theme: Theme, direction: Qt.LayoutDirection
) -> None:
    line = CheckLine(theme, "Let nothing leave this computer, whatever it may be (offline)")
    qtbot.addWidget(line)
    line.setLayoutDirection(direction)
    line.resize(150, line.heightForWidth(150))
    line.show()

    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())

    assert line.isChecked()
    assert line.heightForWidth(150) > line.heightForWidth(900)
    assert not line.grab().toImage().isNull()
