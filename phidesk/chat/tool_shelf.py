"""All tools that conversations may use: those that come with the program, the person's own, and those of servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phidesk.chat.tool_server_shelf import ToolServerShelf
from phidesk.core.conversation import Conversation
from phidesk.core.tools import ToolDefinition
from phidesk.storage.tools import Tools

if TYPE_CHECKING:
    from phidesk.tools.ask_person import AskPerson
    from phidesk.tools.tool import Tool
    from phidesk.tools.toolbox import Means


@dataclass(frozen=True)
class ShelvedTool:
    """A tool as it can be chosen for a conversation. Those that come with the program have their name as id.

    Those of servers have `mcp:<id of the server>:<name at the server>`.
    """

    id: str
    definition: ToolDefinition
    is_builtin: bool = False
    server: str = ""
    """The name of the server that it is of; empty for all other tools."""


class ToolShelf:
    """Knows the tools and makes them. Methods block while the database is read and servers start.

    Safe from every thread.
    """

    def __init__(
        self,
        tools: Tools,
        builtin: Callable[[], Sequence[Tool]],
        means: Callable[[AskPerson], Means],
        servers: ToolServerShelf,
    ) -> None:
        """`builtin` and `means` are called when tools are wanted, never before."""
        self._tools = tools
        self._builtin = builtin
        self._means = means
        self._servers = servers

    def choice(self) -> list[ShelvedTool]:
        """Return what can be chosen: what comes with the program, the person's that are switched on, those of servers.

        Raises:
            StorageError: the person's tools or servers cannot be read.
        """
        builtin = [ShelvedTool(it.definition.name, it.definition, is_builtin=True) for it in self._builtin()]
        own = [ShelvedTool(spec.id, spec.definition) for spec in self._tools.list().result() if spec.is_enabled]
        ours = [*builtin, *own]
        served = self._servers.tools(it.definition.name for it in ours)
        return [*ours, *(ShelvedTool(id_, tool.definition, server=tool.server_name) for id_, tool in served)]

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
        enabled = [spec for spec in self._tools.list().result() if spec.is_enabled]
        own = [spec for spec in enabled if spec.id in wanted]
        if own:
            from phidesk.tools.toolbox import make_tool  # noqa: PLC0415 - the start need not wait for what few have

            means = self._means(ask)
            tools += [make_tool(spec, means) for spec in own]
        taken = {*builtin, *(spec.definition.name for spec in enabled)}
        tools += [tool for _, tool in self._servers.tools(taken, wanted)]
        return {tool.definition.name: tool for tool in tools}
