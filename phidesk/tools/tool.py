"""What every tool can do, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, ToolDefinition

Arguments = Mapping[str, Any]
"""Of one call: values of JSON that fit the schema of its tool."""


class CallFault(Exception):
    """Why a call has no result. Its text is for the model, in English, and says what to do instead."""


class Tool(Protocol):
    """Something that a model may use. Methods block and are called from the thread of an answer."""

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told; the same as long as the tool lives."""

    def intent(self, arguments: Arguments) -> Intent:
        """Say what a call with these arguments will do, without doing any of it.

        Raises:
            CallFault: these arguments cannot be used.
        """

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Do it with the arguments that the intent settled, and return the result, JSON or other text, for the model.

        Raises:
            CallFault: it did not work.
            Cancelled: `cancel` was used.
        """


def run_as_asked(tool: Tool, arguments: Arguments, asked: Intent, cancel: Cancellation) -> str:
    """Run what the person was asked about, and nothing else: since then a link may lead elsewhere.

    Raises:
        CallFault: it would do something else by now, or it did not work.
        Cancelled: `cancel` was used.
    """
    if tool.intent(arguments) != asked:
        raise CallFault("Nothing was done: since the user was asked, this call has come to mean something else.")
    return tool.run(arguments if asked.settled is None else asked.settled, cancel)
