"""Instructions in the whole program: from the library into a conversation, and there again after a restart."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.ui.widgets.choice_button import ChoiceButton
from tests.journeys.program import Program, open_program

PARTNER = "Language partner"


def uses(program: Program, name: str) -> None:
    """Begin a conversation with an entry of the page Instructions."""
    program.child(QPushButton, "promptsPageButton").click()
    label = f"New conversation with “{name}”"

    def button() -> QAbstractButton | None:
        buttons = program.window.findChildren(QAbstractButton, "usePrompt")
        return next((it for it in buttons if it.accessibleName() == label), None)

    program.wait(lambda: button() is not None)
    found = button()
    assert found is not None
    found.click()


def test_chosen_instructions_are_sent_kept_and_changed(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        uses(program, PARTNER)
        program.wait(lambda: program.child(ChoiceButton, "promptChooser").text() == PARTNER)
        field = program.child(QLineEdit, "variable_language to learn")
        program.wait(field.isVisible)
        QTest.keyClicks(field, "Finnish")

    with open_program(qtbot, qapp, tmp_path) as program:
        program.wait(lambda: program.child(ChoiceButton, "promptChooser").text() == PARTNER)
        assert program.child(QLineEdit, "variable_language to learn").text() == "Finnish"
        program.send("Moi!")
        program.wait_for_text(longer_than=5)
        program.press(Qt.Key.Key_Escape)
        program.wait_for_end()

        conversation_id = program.page.current_id
        assert conversation_id is not None
        stored = program.profile.conversations.get(conversation_id).result()
        assert stored.settings.prompt is not None
        assert dict(stored.settings.variables)["language to learn"] == "Finnish"
        editor = program.child(QPlainTextEdit, "instructionsEditor")
        editor.setPlainText("Speak Swedish.")
        program.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        program.wait(lambda: program.child(ChoiceButton, "promptChooser").text() == "No instructions")

    with open_program(qtbot, qapp, tmp_path) as program:
        program.wait(lambda: program.window.findChild(QAbstractButton, "tool_calculator") is not None)
        detached = program.profile.conversations.get(conversation_id).result().settings
        assert detached.instructions == "Speak Swedish."
        assert detached.prompt is not None
        assert detached.prompt.is_detached
