"""Tools that do nothing but give their result: a definition and a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, ToolDefinition
from phidesk.tools.tool import Arguments

Work = Callable[[Arguments], Mapping[str, object]]
"""Gives the values of the result. Raises CallFault. Takes milliseconds, so it is not cancelled."""


class HarmlessTool:
    """Runs a function whose result is a small object of JSON."""

    def __init__(self, definition: ToolDefinition, work: Work) -> None:
        self._definition = definition
        self._work = work

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, arguments: Arguments) -> Intent:  # noqa: ARG002 - whatever they are
        """Nothing happens to the computer."""
        return Intent()

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Return the result."""
        cancel.check()
        return json.dumps(self._work(arguments), ensure_ascii=False)
