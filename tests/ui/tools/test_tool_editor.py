"""The form of a tool: it and its JSON follow each other, mistakes are told at the right place."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from phidesk.core.json_text import JsonFault, JsonMistake, TextFault, TextPlace
from phidesk.core.tool_draft import draft_of, new_draft
from phidesk.core.tool_schema import FieldKind, NameMistake, SchemaFault, SchemaField, SchemaMistake
from phidesk.core.tool_spec import (
    ActionMistake,
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    ToolNameMistake,
    ToolSpec,
)
from phidesk.core.tools import ToolDefinition
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools import tool_words
from phidesk.ui.tools.tool_editor import ToolEditor
from phidesk.ui.widgets.check_line import CheckLine
from tests.ui.tabbing import focused_widget
from tests.ui.tools.parts import child, choose, type_over

pytestmark = pytest.mark.usefixtures("english")
PUBLIC_TOOLS = json.loads((Path(__file__).parents[2] / "data/tools/public_tools.json").read_text(encoding="utf-8"))
SCHEMA = {"type": "object", "properties": {"town": {"type": "string", "pattern": "^[A-Z]"}}, "required": ["town"]}
SPEC = ToolSpec("id", "weather", "Tells.", TemplateAction("Sun in {town}"), json.dumps(SCHEMA, indent=2))

BUILTIN = (
    ToolDefinition("calculator", "", '{"type": "object", "properties": {"sum": {"type": "string"}}}'),
    ToolDefinition("dates", "", '{"type": "object", "properties": {"day": {"type": "string"}}}'),
)


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> Iterator[ToolEditor]:
    page = QScrollArea()
    page.setWidgetResizable(True)
    editor = ToolEditor(theme, BUILTIN)
    page.setWidget(editor)
    qtbot.addWidget(page)
    page.resize(1000, 900)
    editor.show_draft(draft_of(SPEC), is_changed=False)
    with qtbot.waitExposed(page):
        page.show()
    yield editor
    page.hide()


def schema_in(editor: ToolEditor) -> Any:
    return json.loads(editor.draft.spec.parameters)


def add_input(editor: ToolEditor, number: int = 0) -> None:
    child(editor, QPushButton, "addInput", number).click()


def write_json(editor: ToolEditor, text: str) -> None:
    edit = child(editor, QPlainTextEdit, "toolJson")
    edit.selectAll()
    edit.insertPlainText(text)


def test_what_is_typed_in_the_form_stands_in_the_json(editor: ToolEditor) -> None:
    add_input(editor)
    type_over(child(editor, QLineEdit, "inputName", 1), "days")
    choose(child(editor, QToolButton, "inputKind", 1), "Whole number")
    child(editor, QPlainTextEdit, "inputDescription", 1).setPlainText("How many")
    type_over(child(editor, QLineEdit, "inputExample", 1), "3")
    child(editor, CheckLine, "inputRequired", 1).click()

    assert schema_in(editor) == {
        "type": "object",
        "properties": {
            "town": {"type": "string", "pattern": "^[A-Z]"},
            "days": {"type": "integer", "description": "How many", "examples": [3]},
        },
        "required": ["town", "days"],
    }
    assert child(editor, QPlainTextEdit, "toolJson").toPlainText() == editor.draft.spec.parameters


def test_lists_and_groups_hold_inputs_of_their_own(editor: ToolEditor) -> None:
    choose(child(editor, QToolButton, "inputKind"), "List")
    choose(child(editor, QToolButton, "inputKind", 1), "Group of inputs")
    add_input(editor, 1)
    choose(child(editor, QToolButton, "inputKind", 2), "One of several")
    child(editor, QPlainTextEdit, "inputChoices").setPlainText("sun\n\nrain\n")

    assert schema_in(editor)["properties"]["town"] == {
        "type": "array",
        "items": {"type": "object", "properties": {"input": {"type": "string", "enum": ["sun", "rain"]}}},
        "pattern": "^[A-Z]",
    }


def test_what_is_typed_in_the_json_stands_in_the_form(editor: ToolEditor) -> None:
    write_json(editor, '{"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"enum": ["x"]}}}')

    assert [child(editor, QLineEdit, "inputName", number).text() for number in (0, 1)] == ["a", "b"]
    assert child(editor, QToolButton, "inputKind").text() == "Yes or no"
    assert child(editor, QPlainTextEdit, "inputChoices").toPlainText() == "x"


def test_a_mistake_in_the_json_is_told_while_it_is_typed_and_the_form_waits(editor: ToolEditor) -> None:
    write_json(editor, '{"type": "object",\n "properties": {"a": {"type": "strnig"}}}')

    told = child(editor, QLabel, "toolJsonFault").text()
    assert told.startswith("Line 2, column")
    assert "strnig" in told
    assert child(editor, QLineEdit, "inputName").text() == "town"
    assert child(editor, QPlainTextEdit, "toolJson").accessibleDescription() == told


def test_the_cursor_goes_to_the_mistake(editor: ToolEditor) -> None:
    write_json(editor, '{"😀": {},\n "a" 1}')

    child(editor, QPushButton, "goToFault").click()

    cursor = child(editor, QPlainTextEdit, "toolJson").textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (1, 5)


def test_what_was_typed_as_json_can_be_brought_back_after_the_form_changed_it(editor: ToolEditor) -> None:
    write_json(editor, '{"properties": {"a": ')
    child(editor, QPlainTextEdit, "inputDescription").setPlainText("x")
    edit = child(editor, QPlainTextEdit, "toolJson")

    edit.undo()

    assert edit.toPlainText() == '{"properties": {"a": '


def test_two_inputs_of_one_name_are_marked_and_the_json_waits(editor: ToolEditor) -> None:
    before = editor.draft.spec.parameters
    add_input(editor)
    type_over(child(editor, QLineEdit, "inputName", 1), "town")

    assert child(editor, QLabel, "inputMistake").text() == "Another input has this name already."
    assert editor.draft.mistakes.has_input_mistakes
    assert json.loads(editor.draft.spec.parameters)["required"] == json.loads(before)["required"]


def test_an_example_of_another_kind_is_told(editor: ToolEditor) -> None:
    choose(child(editor, QToolButton, "inputKind"), "Number")
    type_over(child(editor, QLineEdit, "inputExample"), "warm")

    assert child(editor, QLabel, "inputMistake").text().startswith("The example is no number")


def test_inputs_are_moved_and_removed_by_the_keyboard(editor: ToolEditor) -> None:
    add_input(editor)
    name = child(editor, QLineEdit, "inputName", 1)

    QTest.keyClick(name, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)

    assert list(schema_in(editor)["properties"]) == ["input", "town"]
    assert focused_widget() is name
    remove = child(editor, QToolButton, "removeInput")
    remove.setFocus()
    QTest.keyClick(remove, Qt.Key.Key_Space)
    assert list(schema_in(editor)["properties"]) == ["input"]
    assert focused_widget() is name


def test_a_new_input_gets_a_free_name_and_the_keyboard(editor: ToolEditor) -> None:
    add_input(editor)
    add_input(editor)

    assert list(schema_in(editor)["properties"]) == ["town", "input", "input_2"]
    assert focused_widget() is child(editor, QLineEdit, "inputName", 2)


def test_controls_say_what_they_are_for(editor: ToolEditor) -> None:
    assert child(editor, QToolButton, "removeInput").accessibleName() == "Remove town"
    assert child(editor, QToolButton, "inputKind").accessibleName() == "Kind of town: Text"
    assert child(editor, QLabel, "inputRest").text() == "Also in the JSON: pattern"
    named = [*editor.findChildren(QLineEdit), *editor.findChildren(QPlainTextEdit), *editor.findChildren(QToolButton)]
    assert [it.objectName() for it in named if not it.isHidden() and not it.accessibleName()] == []


@pytest.mark.parametrize(
    "does",
    [
        TemplateAction("Text"),
        AskAction("What?"),
        ProgramAction(("/bin/wc", "-l"), "/home", 120.0, may_write=True),
        AddressAction("https://box.local/{town}", "POST", (("Accept", "text/plain"),)),
    ],
)
def test_what_a_tool_does_is_shown_and_kept(editor: ToolEditor, does: ToolAction) -> None:
    editor.show_draft(draft_of(replace(SPEC, does=does)), is_changed=False)

    type_over(child(editor, QLineEdit, "toolName"), "other")

    assert editor.draft.spec == replace(SPEC, name="other", does=does)


def test_each_kind_of_action_keeps_what_was_typed(editor: ToolEditor) -> None:
    kind = child(editor, QToolButton, "actionKind")
    choose(kind, "Asks an address")
    type_over(child(editor, QLineEdit, "addressUrl"), "http://box.local")
    choose(child(editor, QToolButton, "addressMethod"), "PUT")
    child(editor, QPlainTextEdit, "addressHeaders").setPlainText("Accept: a/b")
    choose(kind, "Runs a program")
    child(editor, QPlainTextEdit, "programCommand").setPlainText("wc\n-l")
    choose(child(editor, QToolButton, "programTimeLimit"), "It may take 10 seconds")
    child(editor, CheckLine, "programMayWrite").click()
    program = editor.draft.spec.does

    choose(kind, "Asks an address")

    assert program == ProgramAction(("wc", "-l"), "", 10.0, may_write=True)
    assert editor.draft.spec.does == AddressAction("http://box.local", "PUT", (("Accept", "a/b"),))


def test_a_name_that_no_input_has_is_told(editor: ToolEditor) -> None:
    child(editor, QPlainTextEdit, "templateText").setPlainText('{town} {day} {"json": 1}')

    assert child(editor, QLabel, "unknownNames").text() == "No input has this name: day. It stays as it is."


def test_an_address_that_others_can_read_along_is_warned_of(editor: ToolEditor) -> None:
    choose(child(editor, QToolButton, "actionKind"), "Asks an address")
    type_over(child(editor, QLineEdit, "addressUrl"), "http://weather.example/{town}")

    assert "not encrypted" in child(editor, QLabel, "addressWarning").text()


@pytest.mark.parametrize(
    ("name", "text", "does", "focused"),
    [
        ("two words", SPEC.parameters, SPEC.does, "toolName"),
        ("weather", "{", SPEC.does, "toolJson"),
        ("weather", SPEC.parameters, TemplateAction(""), "templateText"),
        ("weather", SPEC.parameters, AddressAction("box"), "addressUrl"),
        ("weather", SPEC.parameters, ProgramAction(()), "programCommand"),
    ],
)
def test_saving_with_a_mistake_goes_to_it(
    editor: ToolEditor, name: str, text: str, does: ToolAction, focused: str
) -> None:
    wishes: list[object] = []
    editor.save_requested.connect(wishes.append)
    editor.show_draft(draft_of(replace(SPEC, name=name, parameters=text, does=does)), is_changed=False)

    child(editor, QPushButton, "saveTool").click()

    assert focused_widget().objectName() == focused
    assert wishes == []
    assert not child(editor, QLabel, "toolMend").isHidden()


def test_showing_a_tool_tells_nobody(editor: ToolEditor) -> None:
    told: list[object] = []
    editor.draft_changed.connect(told.append)

    for tool in PUBLIC_TOOLS:
        spec = ToolSpec(tool["name"], tool["name"], tool["description"], AskAction(), json.dumps(tool["parameters"]))
        editor.show_draft(draft_of(spec), is_changed=False)
        assert editor.draft.spec == spec
        assert editor.inputs.fields == editor.draft.inputs.fields

    assert told == []


def test_form_and_json_stand_below_each_other_where_there_is_little_room(editor: ToolEditor, qtbot: QtBot) -> None:
    edit, name = child(editor, QPlainTextEdit, "toolJson"), child(editor, QLineEdit, "toolName")
    assert edit.x() >= 0
    assert edit.mapTo(editor, edit.rect().topLeft()).x() > name.mapTo(editor, name.rect().topRight()).x()

    editor.window().resize(500, 900)

    qtbot.waitUntil(lambda: edit.mapTo(editor, edit.rect().topLeft()).x() < 100)


def test_every_mistake_has_words() -> None:
    place = TextPlace(1, 2)
    faults: list[TextFault] = [JsonFault(mistake, place, "w") for mistake in JsonMistake]
    faults += [SchemaFault(mistake, place, "w") for mistake in SchemaMistake]
    words = [tool_words.fault_words(fault) for fault in faults]
    words += [tool_words.tool_name_words(mistake) for mistake in ToolNameMistake]
    words += [tool_words.input_name_words(mistake) for mistake in NameMistake]
    words += [tool_words.action_mistake_words(mistake) for mistake in ActionMistake]
    words += [tool_words.example_words(kind) for kind in (FieldKind.NUMBER, FieldKind.LIST, FieldKind.TEXT)]

    assert len(set(words)) == len(words)
    assert [
        it for it in words if "{word}" in it or "{count}" in it or not it.endswith((".", "}", "]", "5", "3", "value"))
    ] == []


def test_deep_inputs_are_left_to_the_json(editor: ToolEditor) -> None:
    deep = SchemaField("leaf")
    for number in range(8):
        deep = SchemaField(f"g{number}", FieldKind.OBJECT, fields=(deep,))
    draft = draft_of(SPEC)
    draft = draft.with_inputs(replace(draft.inputs, fields=(deep,)))

    editor.show_draft(draft, is_changed=False)
    edit = child(editor, QPlainTextEdit, "toolJson")
    edit.moveCursor(QTextCursor.MoveOperation.End)
    child(editor, QPlainTextEdit, "inputDescription").setPlainText("x")

    assert "nested so deep" in child(editor, QLabel, "inputRest").text()
    assert '"leaf"' in editor.draft.spec.parameters


def test_a_function_of_the_program_brings_its_inputs(editor: ToolEditor) -> None:
    choose(child(editor, QToolButton, "actionKind"), "A function of PhiDesk")
    first = child(editor, QLineEdit, "inputName").text()

    choose(child(editor, QToolButton, "builtinFunction"), "Dates and calendar")

    assert first == "sum"
    assert editor.draft.spec.does == BuiltinAction("dates")
    assert list(schema_in(editor)["properties"]) == ["day"]
    assert child(editor, QLineEdit, "inputName").text() == "day"


def test_a_name_that_cannot_be_is_mended_by_one_press(editor: ToolEditor) -> None:
    name = child(editor, QLineEdit, "toolName")
    type_over(name, "Get weather!")
    mend = child(editor, QPushButton, "mendToolName")
    assert mend.text() == "Use “Get_weather”"

    mend.click()

    assert name.text() == editor.draft.spec.name == "Get_weather"
    assert mend.isHidden()
    assert editor.draft.mistakes.name is None


@pytest.mark.parametrize(
    ("does", "field", "after"),
    [
        (TemplateAction(""), "templateText", TemplateAction("{town}")),
        (AskAction(""), "askQuestion", AskAction("{town}")),
        (AddressAction("https://box.local/"), "addressUrl", AddressAction("https://box.local/{town}")),
    ],
)
def test_a_button_puts_the_name_of_an_input_into_the_text(
    editor: ToolEditor, does: ToolAction, field: str, after: ToolAction
) -> None:
    editor.show_draft(draft_of(replace(SPEC, does=does)), is_changed=False)
    button = next(it for it in editor.findChildren(QPushButton, "insertInput") if it.isVisible())
    assert button.text() == "Insert {town}"

    button.click()

    assert editor.draft.spec.does == after
    assert focused_widget().objectName() == field


def test_names_to_insert_are_those_of_the_inputs(editor: ToolEditor) -> None:
    add_input(editor)
    type_over(child(editor, QLineEdit, "inputName", 1), "days")

    def offered() -> list[str]:
        return [it.text() for it in editor.findChildren(QPushButton, "insertInput") if it.isVisible()]

    assert offered() == ["Insert {town}", "Insert {days}"]
    child(editor, QToolButton, "removeInput").click()
    assert offered() == ["Insert {days}"]


def test_only_what_is_saved_and_on_can_be_talked_with(editor: ToolEditor) -> None:
    use = child(editor, QPushButton, "useTool")
    wanted = QSignalSpy(editor.use_requested)

    use.click()
    assert wanted.at(0) == ["id"]

    type_over(child(editor, QLineEdit, "toolName"), "other")
    assert use.isHidden()
    editor.show_draft(draft_of(replace(SPEC, is_enabled=False)), is_changed=False)
    assert use.isHidden()
    editor.show_draft(new_draft("new"), is_changed=False)
    assert use.isHidden()


@pytest.mark.skipif(sys.platform == "win32", reason="there every file may be started")
def test_a_script_that_does_not_run_by_itself_is_told(editor: ToolEditor, tmp_path: Path) -> None:
    script = tmp_path / "weather.py"
    script.write_text("print(21)")
    warning = editor.findChild(QLabel, "programWarning")
    assert warning is not None

    editor.show_draft(draft_of(replace(SPEC, does=ProgramAction((str(script),)))), is_changed=False)
    assert warning.isVisible()
    child(editor, QPlainTextEdit, "programCommand").setPlainText(f"python3\n{script}")
    assert warning.isHidden()
