"""Names that tools can have."""

from __future__ import annotations

import pytest

from phidesk.core.tool_spec import LONGEST_NAME, TemplateAction, ToolNameMistake, ToolSpec, possible_tool_name
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

    assert spec.definition == ToolDefinition("greet", "Greets.", '{\n  "type": "object",\n  "properties": {}\n}')
