"""Tools made of what the person defined."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.core.tool_spec import AddressAction, AskAction, BuiltinAction, ProgramAction, TemplateAction, ToolSpec
from phidesk.core.tools import Intent, ToolCall, ToolDefinition
from phidesk.processes.sandbox.limits import Enforced
from phidesk.tools.address import AddressTool, Fetch
from phidesk.tools.arguments import read_arguments
from phidesk.tools.ask_person import AskPerson, AskTool
from phidesk.tools.program import ProgramTool
from phidesk.tools.template import TemplateTool
from phidesk.tools.tool import Arguments, CallFault, Tool, run_as_asked


@dataclass(frozen=True)
class Means:
    """What the tools of the person work with. `builtin` holds the tools that come with the program, by name."""

    fetch: Fetch
    ask: AskPerson
    start_loop: StartLoop
    enforced: Enforced
    builtin: Mapping[str, Tool] = field(default_factory=dict)


def make_tool(spec: ToolSpec, means: Means) -> Tool:
    """Return what a definition describes, ready to be called."""
    match spec.does:
        case TemplateAction() as does:
            return TemplateTool(spec.definition, does)
        case AskAction() as does:
            return AskTool(spec.definition, does, means.ask)
        case AddressAction() as does:
            return AddressTool(spec.definition, does, means.fetch)
        case ProgramAction() as does:
            return ProgramTool(spec.definition, does, enforced=means.enforced, start_loop=means.start_loop)
        case BuiltinAction(name):
            return BorrowedTool(spec.definition, means.builtin.get(name))


def call_tool(tool: Tool, arguments: str, cancel: Cancellation) -> str:
    """Call a tool with the text of a JSON object, as a model writes it, and return the result. Blocks.

    Raises:
        CallFault: the arguments do not fit, or it did not work.
        Cancelled: `cancel` was used.
    """
    read = read_arguments(ToolCall(tool.definition.name, arguments), tool.definition)
    return run_as_asked(tool, read, tool.intent(read), cancel)


class BorrowedTool:
    """A tool that comes with the program, under the name and with the words that the person gave it.

    `tool` is None where this version of the program does not have it.
    """

    def __init__(self, definition: ToolDefinition, tool: Tool | None) -> None:
        self._definition = definition
        self._tool = tool

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, arguments: Arguments) -> Intent:
        """Say what the tool behind it says."""
        tool = self._found()
        return tool.intent(_fit(arguments, tool))

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Do what the tool behind it does."""
        tool = self._found()
        return tool.run(_fit(arguments, tool), cancel)

    def _found(self) -> Tool:
        if self._tool is None:
            raise CallFault("The tool is not part of this program. Do not repeat the call; go on without it.")
        return self._tool


def _fit(arguments: Arguments, tool: Tool) -> Arguments:
    """Return the arguments as the tool behind it wants them: the person may have described its inputs otherwise."""
    return read_arguments(ToolCall(tool.definition.name, json.dumps(arguments)), tool.definition)
