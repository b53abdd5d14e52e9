"""The page Health of the running program: what it shows is so, and what it offers happens."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import ConversationSettings
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.health.finding_row import FindingRow
from phidesk.ui.health.health_page import HealthPage
from phidesk.ui.health.log_card import LogCard
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine, StateTone
from tests.journeys.program import Program, open_program

BUILTIN_MODEL = ConversationSettings(
    engine=BUILTIN, model=PRACTICE_MODEL_FILE.removesuffix(".gguf"), answer_limit_tokens=8
)


def open_health(program: Program) -> HealthPage:
    """Go there as a person does, and wait until everything was looked at."""
    program.child(QPushButton, "healthPageButton").click()
    page = program.child(HealthPage)
    program.wait(lambda: page.diagnosis is not None and bool(page.findChildren(FindingRow)))
    return page


def test_it_tells_what_answers_and_that_nothing_left(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        page = open_health(program)

        assert page.diagnosis is not None
        assert page.diagnosis.choice.engine_name == BUILTIN
        assert program.child(FindingRow, "answering").tone is StateTone.READY
        assert program.child(FindingRow, "database").tone is StateTone.READY
        assert program.child(StateLine, "nothingLeft").tone is StateTone.READY


def test_an_answer_is_in_the_list_of_connections_and_in_the_log(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.page.change_settings(BUILTIN_MODEL)
        program.send("Say hello.")
        program.wait_for_end()

        open_health(program)
        program.wait(lambda: any("llama" in line for line in program.child(LogCard).shown_lines))

        answer = next(record for record in program.services.gate.connections if record.purpose == "answer")
        assert answer.stays_here
        assert (answer.sent_bytes or 0) > len("Say hello.")
        assert (answer.received_bytes or 0) > 100
        assert not any("Say hello" in line for line in program.child(LogCard).shown_lines)


def test_the_offline_switch_works_at_once_and_is_remembered(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        open_health(program)
        assert not program.services.gate.is_offline
        program.child(CheckLine, "offlineSwitch").click()
        assert program.services.gate.is_offline

    with open_program(qtbot, qapp, tmp_path) as program:
        open_health(program)

        assert program.services.gate.is_offline
        assert program.child(CheckLine, "offlineSwitch").isChecked()


def test_the_bundle_is_written_where_the_person_wants_it(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path / "home") as program:
        page = open_health(program)
        page.bundle_chosen.emit(tmp_path / "help.zip")
        program.wait(program.child(StateLine, "healthTold").isVisible)

    assert zipfile.is_zipfile(tmp_path / "help.zip")


def test_what_could_not_be_written_is_told_in_a_card(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path / "home") as program:
        page = open_health(program)
        page.bundle_chosen.emit(tmp_path / "no folder" / "help.zip")
        card = page.findChild(NoticeCard)
        assert isinstance(card, NoticeCard)
        program.wait(card.isVisible)

        assert card.notice is not None
        assert "StorageUnwritable" in card.notice.details


def test_a_folder_is_opened_in_the_file_manager(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)  # the system's, not ours

    with open_program(qtbot, qapp, tmp_path) as program:
        open_health(program)
        program.child(FindingRow, "folder data").findChildren(QPushButton)[0].click()

    assert [Path(url.toLocalFile()) for url in opened] == [tmp_path / "data"]
