"""Names that tools can have."""

from __future__ import annotations

import pytest

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
    action_mistake,
    possible_tool_name,
)
from phidesk.core.tool_spec import tool_name_mistake as mistake_of
from phidesk.core.tools import ToolDefinition


@pytest.mark.parametrize("name", ["a", "get_weather", "Wetter-2", "x" * LONGEST_NAME])
def test_a_name_that_servers_take_is_good(name: str) -> None:
    assert mistake_of(name) is None


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("", ToolNameMistake.EMPTY),
        ("two words", ToolNameMistake.CHARACTER_FORBIDDEN),
        ("größe", ToolNameMistake.CHARACTER_FORBIDDEN),
        ("line\n", ToolNameMistake.CHARACTER_FORBIDDEN),
        ("x" * (LONGEST_NAME + 1), ToolNameMistake.TOO_LONG),
    ],
)
def test_a_name_that_servers_refuse_is_told(name: str, mistake: ToolNameMistake) -> None:
    assert mistake_of(name) is mistake


@pytest.mark.parametrize(
    ("text", "name"), [("My tool!", "My_tool"), ("ok", "ok"), ("!?", ""), ("x " * 60, ("x_" * 32))]
)
def test_the_nearest_good_name_is_offered(text: str, name: str) -> None:
    assert possible_tool_name(text) == name


def test_the_model_is_told_name_description_and_inputs() -> None:
    spec = ToolSpec("1", "greet", "Greets.", TemplateAction("Hello {name}"))

    assert spec.definition == ToolDefinition("greet", "Greets.", '{"type": "object", "properties": {}}')


@pytest.mark.parametrize(
    ("does", "mistake"),
    [
        (BuiltinAction("calculator"), None),
        (AskAction(), None),
        (TemplateAction("Hello"), None),
        (TemplateAction(" "), ActionMistake.TEXT_MISSING),
        (ProgramAction(("wc",)), None),
        (ProgramAction(()), ActionMistake.PROGRAM_MISSING),
        (ProgramAction(("", "-l")), ActionMistake.PROGRAM_MISSING),
        (AddressAction("https://box.local:8443/{town}?d={days|7}"), None),
        (AddressAction("http://[::1]/", headers=(("Accept", "text/plain"),)), None),
        (AddressAction(""), ActionMistake.ADDRESS_MISSING),
        (AddressAction("box.local"), ActionMistake.ADDRESS_UNUSABLE),
        (AddressAction("ftp://box.local"), ActionMistake.ADDRESS_UNUSABLE),
        (AddressAction("https://{town}.example/"), ActionMistake.ADDRESS_UNUSABLE),
        (AddressAction("https://box.local:port/"), ActionMistake.ADDRESS_UNUSABLE),
        (AddressAction("https://box.local/\n"), ActionMistake.ADDRESS_UNUSABLE),
        (AddressAction("https://me:secret@box.local/"), ActionMistake.ADDRESS_HAS_PASSWORD),
        (AddressAction("https://box.local", headers=(("authorization", "x"),)), ActionMistake.HEADER_IS_SECRET),
        (AddressAction("https://box.local", headers=(("A b", "x"),)), ActionMistake.HEADER_UNUSABLE),
        (AddressAction("https://box.local", headers=(("A", "ü"),)), ActionMistake.HEADER_UNUSABLE),
    ],
)
def test_what_cannot_be_done_is_told(does: ToolAction, mistake: ActionMistake | None) -> None:
    assert action_mistake(does) is mistake
