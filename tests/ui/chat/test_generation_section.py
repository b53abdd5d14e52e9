"""Parameters under Advanced: what is typed is told or refused in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import ConversationSettings
from phidesk.core.generation import STANDARD_PARAMETERS
from phidesk.ui.chat.generation_section import GenerationSection


@pytest.fixture
def section(theme: object, english: None, qtbot: QtBot) -> Iterator[GenerationSection]:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(320, 900)
    section = GenerationSection(host)
    section.resize(320, 900)
    host.show()
    button(section, "advancedFold").click()
    yield section
    host.close()


def button(section: GenerationSection, name: str) -> QPushButton:
    found = section.findChild(QPushButton, name)
    assert found is not None
    return found


def field(section: GenerationSection, name: str) -> QLineEdit:
    found = section.findChild(QLineEdit, f"parameter_{name}")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("top_p", "0.9", 0.9),
        ("seed", "7", 7),
        ("stop_strings", "END | Stop", ("END", "Stop")),
        ("answer_schema", "{}", "{}"),
    ],
)
def test_what_can_be_sent_is_told(section: GenerationSection, name: str, text: str, value: object) -> None:
    told: list[dict[str, object]] = []
    section.values_changed.connect(told.append)

    QTest.keyClicks(field(section, name), text)

    assert told[-1] == {name: value}


@pytest.mark.parametrize(
    ("name", "text"), [("top_p", "7"), ("top_k", "abc"), ("answer_schema", "{"), ("stop_strings", "a|b|c|d|e")]
)
def test_what_cannot_be_sent_is_refused_beside_its_field(section: GenerationSection, name: str, text: str) -> None:
    told: list[dict[str, object]] = []
    fault = section.findChild(QLabel, f"fault_{name}")
    section.values_changed.connect(told.append)

    QTest.keyClicks(field(section, name), text)

    assert fault is not None
    assert fault.isVisible()
    assert fault.text() == field(section, name).accessibleDescription() != ""
    assert all(change.get(name) not in (7.0, text) for change in told)


def test_showing_tells_nothing_and_the_models_own_resets(section: GenerationSection) -> None:
    told: list[dict[str, object]] = []
    section.values_changed.connect(told.append)

    section.show_settings(ConversationSettings(top_p=0.5, seed=3))
    told_by_showing = list(told)
    button(section, "preset_own").click()

    assert told_by_showing == []
    assert field(section, "top_p").text() == "0.5"
    assert told[-1]["top_p"] is None
    assert "seed" not in told[-1]


def test_what_the_engine_does_not_know_is_not_offered(section: GenerationSection) -> None:
    section.offer(STANDARD_PARAMETERS)

    assert field(section, "top_p").isVisible()
    assert not field(section, "top_k").isVisible()


def test_what_was_refused_does_not_stay_for_another_conversation(section: GenerationSection) -> None:
    QTest.keyClicks(field(section, "top_p"), "7")
    button(section, "advancedFold").setFocus()

    section.show_settings(ConversationSettings())

    assert field(section, "top_p").text() == ""
    assert field(section, "top_p").accessibleDescription() == ""
