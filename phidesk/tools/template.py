"""A tool that fills the values of a call into a text: `{name}`, or `{name|what stands there without a value}`.

Only names of inputs count; all other braces stay as they are, so that the text may be JSON or a program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any

from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import TemplateAction
from phidesk.core.tools import Intent, ToolDefinition
from phidesk.tools.tool import Arguments

_PLACE = re.compile(r"\{([^{}|\n]+)(?:\|([^{}]*))?\}")


class TemplateTool:
    """Gives back its text with the values of the call in it."""

    def __init__(self, definition: ToolDefinition, action: TemplateAction) -> None:
        self._definition = definition
        self._action = action

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, _arguments: Arguments) -> Intent:
        """Nothing but a text comes of it."""
        return Intent()

    def run(self, arguments: Arguments, _cancel: Cancellation) -> str:
        """Return the text."""
        return fill_template(self._action.text, arguments, input_names(self._definition))


def fill_template(
    text: str, arguments: Arguments, names: Collection[str], *, write: Callable[[Any], str] | None = None
) -> str:
    """Return the text with values in the places of these names; without a value stands what follows `|`, or nothing.

    `write` makes text of a value; what was filled in is not looked at again.
    """

    def fill(place: re.Match[str]) -> str:
        name, otherwise = place[1], place[2] or ""
        if name not in names:
            return place[0]
        value = arguments.get(name)
        return otherwise if value is None else (write or value_text)(value)

    return _PLACE.sub(fill, text)


def names_in_template(text: str) -> tuple[str, ...]:
    """Return what stands in single braces, each once, in order: names of inputs, and what only looks like one."""
    return tuple(dict.fromkeys(place[1] for place in _PLACE.finditer(text)))


def value_text(value: Any) -> str:
    """Write a value of JSON as people do: texts without quotes, lists of plain values with commas, all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(inner, list | dict) for inner in value):
        return ", ".join(map(value_text, value))
    return json.dumps(value, ensure_ascii=False)


def input_names(definition: ToolDefinition) -> frozenset[str]:
    """Return the names of a tool's inputs. Its parameters are the JSON Schema of inputs, checked before."""
    return frozenset(json.loads(definition.parameters).get("properties", {}))
