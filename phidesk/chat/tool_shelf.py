"""All tools that conversations may use: those that come with the program, and the person's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phidesk.core.conversation import Conversation
from phidesk.core.tools import ToolDefinition
from phidesk.storage.tools import Tools

if TYPE_CHECKING:
    from phidesk.tools.ask_person import AskPerson
    from phidesk.tools.tool import Tool
    from phidesk.tools.toolbox import Means


@dataclass(frozen=True)
class ShelvedTool:
    """A tool as it can be chosen for a conversation. Those that come with the program have their name as id."""

    id: str
    definition: ToolDefinition
    is_builtin: bool = False


class ToolShelf:
    """Knows the tools and makes them. Methods block while the database is read; safe from every thread."""

    def __init__(
        self, tools: Tools, builtin: Callable[[], Sequence[Tool]], means: Callable[[AskPerson], Means]
    ) -> None:
        """`builtin` and `means` are called when tools are wanted, never before."""
        self._tools = tools
        self._builtin = builtin
        self._means = means

    def choice(self) -> list[ShelvedTool]:
        """Return what can be chosen: what comes with the program first, then the person's that are switched on.

        Raises:
            StorageError: the person's tools cannot be read.
        """
        builtin = [ShelvedTool(it.definition.name, it.definition, is_builtin=True) for it in self._builtin()]
        own = (spec for spec in self._tools.list().result() if spec.is_enabled)
        return [*builtin, *(ShelvedTool(spec.id, spec.definition) for spec in own)]

    def tools_of(self, conversation: Conversation, ask: AskPerson) -> Mapping[str, Tool]:
        """Make the tools that a conversation may use, by name, always in the same order.

        What is not there any more, or switched off, is left out.

        Raises:
            StorageError: the person's tools cannot be read.
        """
        wanted = conversation.settings.tools
        if not wanted:
            return {}
        builtin = {tool.definition.name: tool for tool in self._builtin()}
        tools = [tool for name, tool in builtin.items() if name in wanted]
        own = [spec for spec in self._tools.list().result() if spec.is_enabled and spec.id in wanted]
        if own:
            from phidesk.tools.toolbox import make_tool  # noqa: PLC0415 - the start need not wait for what few have

            means = self._means(ask)
            tools += [make_tool(spec, means) for spec in own]
        return {tool.definition.name: tool for tool in tools}
