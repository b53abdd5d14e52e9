"""Parameters under Advanced: what is typed is told or refused in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import ConversationSettings
from phidesk.core.generation import STANDARD_PARAMETERS, GenerationChange, Parameter, ParameterValue
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


def schema_field(section: GenerationSection) -> QPlainTextEdit:
    found = section.findChild(QPlainTextEdit, "parameter_answer_schema")
    assert found is not None
    return found


def told_by(section: GenerationSection) -> list[dict[Parameter, ParameterValue]]:
    """Return a list that grows with what the section tells."""
    told: list[dict[Parameter, ParameterValue]] = []
    section.changed.connect(lambda change: told.append(dict(change.values)))
    return told


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("top_p", "0.9", 0.9),
        ("seed", "7", 7),
        ("stop_strings", "END | Stop", ("END", "Stop")),
        ("stop_strings", "\\n\\n | Q:", ("\n\n", "Q:")),
    ],
)
def test_what_can_be_sent_is_told(section: GenerationSection, name: str, text: str, value: ParameterValue) -> None:
    told = told_by(section)

    QTest.keyClicks(field(section, name), text)

    assert told[-1] == {Parameter(name): value}


@pytest.mark.parametrize(("name", "text"), [("top_p", "7"), ("top_k", "abc"), ("stop_strings", "a|b|c|d|e")])
def test_what_cannot_be_sent_is_refused_beside_its_field(section: GenerationSection, name: str, text: str) -> None:
    fault = section.findChild(QLabel, f"fault_{name}")
    told = told_by(section)

    QTest.keyClicks(field(section, name), text)

    assert fault is not None
    assert fault.isVisible()
    assert fault.text() == field(section, name).accessibleDescription() != ""
    assert all(change[Parameter(name)] not in (7.0, text) for change in told)


def test_a_schema_has_lines_and_is_told_as_far_as_it_is_typed(section: GenerationSection) -> None:
    fault = section.findChild(QLabel, "fault_answer_schema")
    told = told_by(section)

    QTest.keyClicks(schema_field(section), "{")
    QTest.keyClick(schema_field(section), Qt.Key.Key_Return)
    half = dict(told[-1])
    assert fault is not None
    refused = fault.text()
    QTest.keyClicks(schema_field(section), "}")

    assert half == {Parameter.ANSWER_SCHEMA: "{\n"}
    assert refused == "This is not valid JSON yet. Until it is whole it is kept, and answers are free."
    assert told[-1] == {Parameter.ANSWER_SCHEMA: "{\n}"}
    assert fault.isHidden()


def test_half_a_schema_is_there_again_with_what_is_wrong_about_it(section: GenerationSection) -> None:
    fault = section.findChild(QLabel, "fault_answer_schema")
    told = told_by(section)

    section.show_settings(ConversationSettings(answer_schema='{"type":'))

    assert schema_field(section).toPlainText() == '{"type":'
    assert fault is not None
    assert fault.isVisible()
    assert told == []


def test_showing_tells_nothing_and_the_models_own_resets(section: GenerationSection) -> None:
    told = told_by(section)

    section.show_settings(ConversationSettings(top_p=0.5, seed=3))
    told_by_showing = list(told)
    button(section, "preset_own").click()

    assert told_by_showing == []
    assert field(section, "top_p").text() == "0.5"
    assert told[-1][Parameter.TOP_P] is None
    assert Parameter.SEED not in told[-1]


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


def test_reset_forgets_everything_also_what_was_refused(section: GenerationSection) -> None:
    settings = ConversationSettings(
        "Be kind.", temperature=0.5, seed=7, stop_strings=("END",), answer_schema="{}", answer_limit_tokens=9
    )
    section.show_settings(settings)
    section.changed.connect(lambda change: section.show_settings(change.applied_to(settings)))
    told = told_by(section)
    QTest.keyClicks(field(section, "top_k"), "many")

    QTest.mouseClick(button(section, "resetParameters"), Qt.MouseButton.LeftButton)

    assert set(told[-1]) == set(Parameter)
    assert GenerationChange(tuple(told[-1].items())).applied_to(settings) == ConversationSettings("Be kind.")
    assert not schema_field(section).toPlainText()
    assert not any(field(section, it.value).text() for it in Parameter if it is not Parameter.ANSWER_SCHEMA)
