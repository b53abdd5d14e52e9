"""A tool whose result the person types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import AskAction
from phidesk.core.tools import Intent, ToolDefinition
from phidesk.tools.template import fill_template, input_names
from phidesk.tools.tool import Arguments, CallFault


@dataclass(frozen=True)
class PersonQuestion:
    """What the person is asked: the question of the tool (empty for none), and what the model wants to know it with."""

    tool: str
    question: str
    arguments: Arguments


AskPerson = Callable[[PersonQuestion, Cancellation], str | None]
"""Shows a question and waits for what the person types; None: the person does not answer. Raises `Cancelled`."""


class AskTool:
    """Hands the call to the person."""

    def __init__(self, definition: ToolDefinition, action: AskAction, ask: AskPerson) -> None:
        self._definition = definition
        self._action = action
        self._ask = ask

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, _arguments: Arguments) -> Intent:
        """Nothing happens without the person."""
        return Intent()

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Wait for what the person types."""
        question = fill_template(self._action.question, arguments, input_names(self._definition))
        answer = self._ask(PersonQuestion(self._definition.name, question, arguments), cancel)
        if answer is None:
            raise CallFault("The user did not answer. Do not repeat the call; go on without it.")
        return answer
