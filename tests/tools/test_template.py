"""Texts with the values of a call in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import TemplateAction
from phidesk.core.tools import Intent, ToolDefinition
from phidesk.tools.template import TemplateTool, fill_template, names_in_template

NAMES = ("name", "count", "tags", "full name")


@pytest.mark.parametrize(
    ("text", "arguments", "filled"),
    [
        ("Hello {name}!", {"name": "Ada"}, "Hello Ada!"),
        ("{name} {name}", {"name": "Ada"}, "Ada Ada"),
        ("{full name}", {"full name": "Ada L."}, "Ada L."),
        ("{count}", {"count": 2.5}, "2.5"),
        ("{count}", {"count": True}, "true"),
        ("{tags}", {"tags": ["a", 1, None]}, "a, 1, null"),
        ("{tags}", {"tags": [{"a": "ü"}]}, '[{"a": "ü"}]'),
        ("Hello {name}!", {}, "Hello !"),
        ("Hello {name|stranger}!", {}, "Hello stranger!"),
        ("Hello {name|stranger}!", {"name": None}, "Hello stranger!"),
        ("Hello {name|stranger}!", {"name": ""}, "Hello !"),
        ("{other} {} {{name}}", {"name": "Ada", "other": "x"}, "{other} {} {Ada}"),
        ('{"a": {"b": "{name}"}}', {"name": "Ada"}, '{"a": {"b": "Ada"}}'),
        ("{name}", {"name": "{count}", "count": 1}, "{count}"),
    ],
)
def test_values_take_the_places_of_their_names(text: str, arguments: dict[str, Any], filled: str) -> None:
    assert fill_template(text, arguments, NAMES) == filled


def test_names_are_found_in_order() -> None:
    assert names_in_template('{b} {a|x} {b} {"c": 1}') == ("b", "a", '"c": 1')


def test_the_tool_gives_its_text_and_does_nothing_else() -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    tool = TemplateTool(ToolDefinition("greet", "", json.dumps(schema)), TemplateAction("Hello {name}, {other}"))

    assert tool.intent({}) == Intent()
    assert tool.run({"name": "Ada", "other": "x"}, Cancellation()) == "Hello Ada, {other}"
