"""What is said about tools, their inputs, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from phidesk.core.json_text import JsonMistake, TextFault, write_json
from phidesk.core.tool_schema import FieldKind, NameMistake, SchemaField, SchemaMistake
from phidesk.core.tool_spec import (
    LONGEST_NAME,
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
from phidesk.engine.protocol import TokenCount
from phidesk.ui.figures import number_text
from phidesk.ui.tool_titles import TOOL_ICON, tool_title
from phidesk.ui.widgets.icon_choice import icon_words, known_icon

translate = QCoreApplication.translate


class CountedToolWords(QObject):
    """Texts with plural forms; see `figures.CountedWords`."""

    def inputs(self, count: int) -> str:
        """Say how many inputs a tool has."""
        return self.tr("{count} inputs", "", count).format(count=number_text(count))

    def taken(self, count: int) -> str:
        """Say how many tools came from a file."""
        return self.tr("{count} tools were taken from the file.", "", count).format(count=number_text(count))

    def offered(self, count: int) -> str:
        """Say how many tools a server has."""
        if count == 1:
            return self.tr("On: 1 tool")
        return self.tr("On: {count} tools", "", count).format(count=number_text(count))


def kind_text(kind: FieldKind) -> str:
    """Name a kind of input."""
    texts = {
        FieldKind.TEXT: translate("Tools", "Text"),
        FieldKind.NUMBER: translate("Tools", "Number"),
        FieldKind.WHOLE_NUMBER: translate("Tools", "Whole number"),
        FieldKind.YES_NO: translate("Tools", "Yes or no"),
        FieldKind.CHOICE: translate("Tools", "One of several"),
        FieldKind.LIST: translate("Tools", "List"),
        FieldKind.OBJECT: translate("Tools", "Group of inputs"),
        FieldKind.OTHER: translate("Tools", "Anything (see JSON)"),
    }
    return texts[kind]


def action_text(kind: type[ToolAction]) -> str:
    """Name a kind of action."""
    texts: dict[type[ToolAction], str] = {
        TemplateAction: translate("Tools", "Fills a text"),
        AskAction: translate("Tools", "Asks me"),
        ProgramAction: translate("Tools", "Runs a program"),
        AddressAction: translate("Tools", "Asks an address"),
        BuiltinAction: translate("Tools", "A function of PhiDesk"),
    }
    return texts[kind]


def tool_lines(spec: ToolSpec) -> str:
    """Write everything that a tool is, to be compared line by line."""
    lines = [translate("Tools", "Name: {name}").format(name=spec.name)]
    lines.append(translate("Tools", "Icon: {icon}").format(icon=icon_words()[known_icon(spec.icon, TOOL_ICON)]))
    lines += [spec.description, write_json(json.loads(spec.parameters))]
    lines.append(translate("Tools", "What happens: {action}").format(action=action_text(type(spec.does))))
    return "\n".join((*lines, *_action_lines(spec.does)))


def cost_text(count: TokenCount) -> str:
    """Say what a tool takes of the memory of each conversation that uses it."""
    text = translate("Tools", "{count} tokens") if count.is_exact else translate("Tools", "about {count} tokens")
    return text.format(count=number_text(count.tokens))


def tool_name_words(mistake: ToolNameMistake) -> str:
    """Say what is wrong with the name of a tool."""
    texts = {
        ToolNameMistake.EMPTY: translate("Tools", "The tool needs a name."),
        ToolNameMistake.TOO_LONG: translate("Tools", "A name has at most {count} letters."),
        ToolNameMistake.CHARACTER_FORBIDDEN: translate(
            "Tools", "A name has the letters a to z, digits, _ and - only; no spaces."
        ),
    }
    return texts[mistake].format(count=number_text(LONGEST_NAME))


def input_name_words(mistake: NameMistake) -> str:
    """Say what is wrong with the name of an input."""
    texts = {
        NameMistake.EMPTY: translate("Tools", "The input needs a name."),
        NameMistake.TWICE: translate("Tools", "Another input has this name already."),
    }
    return texts[mistake]


def example_words(kind: FieldKind) -> str:
    """Say what an example of this kind looks like, where the one that was typed is of another kind."""
    texts = {
        FieldKind.NUMBER: translate("Tools", "The example is no number. For example: 2.5"),
        FieldKind.WHOLE_NUMBER: translate("Tools", "The example is no whole number. For example: 3"),
        FieldKind.YES_NO: translate("Tools", "The example is neither true nor false."),
        FieldKind.LIST: translate("Tools", 'The example is no list. For example: ["a", "b"]'),
        FieldKind.OBJECT: translate("Tools", 'The example is no group. For example: {"a": 1}'),
    }
    return texts.get(kind, translate("Tools", "The example is no text."))


def action_mistake_words(mistake: ActionMistake) -> str:
    """Say why a tool cannot do what it should."""
    texts = {
        ActionMistake.TEXT_MISSING: translate("Tools", "The text is missing."),
        ActionMistake.PROGRAM_MISSING: translate("Tools", "The program is missing."),
        ActionMistake.ADDRESS_MISSING: translate("Tools", "The address is missing."),
        ActionMistake.ADDRESS_UNUSABLE: translate(
            "Tools", "This is no address. It begins with http:// or https:// and a host; inputs may stand behind it."
        ),
        ActionMistake.ADDRESS_HAS_PASSWORD: translate(
            "Tools", "The address holds a name or password. Tools send none: they would lie readable on the disk."
        ),
        ActionMistake.HEADER_UNUSABLE: translate("Tools", "One of the header lines cannot be sent. Write: Name: value"),
        ActionMistake.HEADER_IS_SECRET: translate(
            "Tools", "One of the header lines is a key. Tools send none: it would lie readable on the disk."
        ),
    }
    return texts[mistake]


def fault_words(fault: TextFault) -> str:
    """Say what is wrong with the JSON beside the form, and where."""
    place = translate("Tools", "Line {line}, column {column}: {mistake}")
    mistake = _mistake_words(fault).format(word=fault.word)
    return place.format(line=number_text(fault.place.line), column=number_text(fault.place.column), mistake=mistake)


def example_text(shown: SchemaField) -> str:
    """Return an example as it is typed."""
    if shown.example is None:
        return ""
    return shown.example if isinstance(shown.example, str) else json.dumps(shown.example, ensure_ascii=False)


def read_example(kind: FieldKind, text: str) -> Any:
    """Return what was typed as a value of JSON: of this kind if it can be, else the text; None where there is none."""
    if not text.strip():
        return None
    if kind in (FieldKind.TEXT, FieldKind.CHOICE):
        return text
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text


def _action_lines(does: ToolAction) -> tuple[str, ...]:
    match does:
        case TemplateAction(text):
            return (text,)
        case AskAction(question):
            return (question,)
        case BuiltinAction(name):
            return (tool_title(name),)
        case AddressAction(url, method, headers):
            return (f"{method} {url}", *(f"{name}: {value}" for name, value in headers))
        case ProgramAction(command, folder, limit_s, may_write):
            lines = [*command, translate("Tools", "It may take {count} seconds").format(count=round(limit_s))]
            if folder:
                lines.append(translate("Tools", "It runs in {folder}").format(folder=folder))
            if may_write:
                lines.append(translate("Tools", "It may change files in its folder"))
            return tuple(lines)


def _mistake_words(fault: TextFault) -> str:
    if isinstance(fault.mistake, JsonMistake):
        return _json_words(fault.mistake)
    texts: dict[SchemaMistake, str] = {
        SchemaMistake.NOT_AN_OBJECT: translate("Tools", "the whole must stand in curly brackets."),
        SchemaMistake.NOT_INPUTS: translate(
            "Tools", "the “type” of all inputs together must be “object”, not “{word}”."
        ),
        SchemaMistake.KIND_UNKNOWN: translate(
            "Tools", "“{word}” is no kind. Kinds are string, number, integer, boolean, array and object."
        ),
        SchemaMistake.INPUTS_NOT_NAMED: translate(
            "Tools", "“properties” must hold the inputs by name, in curly brackets."
        ),
        SchemaMistake.INPUT_UNDESCRIBED: translate("Tools", "the input “{word}” must be described in curly brackets."),
        SchemaMistake.REQUIRED_NOT_NAMES: translate("Tools", "“required” must be a list of names, in square brackets."),
        SchemaMistake.CHOICES_NOT_LISTED: translate("Tools", "“enum” must be a list of choices, in square brackets."),
    }
    return texts[SchemaMistake(fault.mistake)]


def _json_words(mistake: JsonMistake) -> str:
    texts = {
        JsonMistake.NOTHING: translate("Tools", "there is no text."),
        JsonMistake.VALUE_EXPECTED: translate(
            "Tools", "a value is missing here: a text in quotes, a number, true, false, null, a list or a group."
        ),
        JsonMistake.NAME_EXPECTED: translate("Tools", "a name in double quotes is missing here."),
        JsonMistake.SINGLE_QUOTE: translate("Tools", "texts stand in double quotes, not in single ones."),
        JsonMistake.COLON_EXPECTED: translate("Tools", "a colon is missing after the name."),
        JsonMistake.COMMA_EXPECTED: translate("Tools", "a comma is missing here."),
        JsonMistake.COMMA_TOO_MANY: translate("Tools", "this comma is too many: nothing follows it."),
        JsonMistake.TEXT_OPEN: translate("Tools", "the text that begins here lacks its closing quote."),
        JsonMistake.CHARACTER_FORBIDDEN: translate(
            "Tools", "a text must not go on in another line, nor hold a tab. Write \\n or \\t."
        ),
        JsonMistake.ESCAPE_UNKNOWN: translate("Tools", "after \\ only one of “ \\ / b f n r t u may stand."),
        JsonMistake.BRACKET_OPEN: translate("Tools", "the end is missing: a bracket is not closed."),
        JsonMistake.MORE_AFTER_END: translate("Tools", "something follows after the end."),
        JsonMistake.NAME_TWICE: translate("Tools", "the name “{word}” is there twice."),
        JsonMistake.NUMBER_UNUSABLE: translate("Tools", "“{word}” is no number that can be used."),
        JsonMistake.TOO_DEEP: translate("Tools", "the brackets are nested too deep."),
    }
    return texts[mistake]
