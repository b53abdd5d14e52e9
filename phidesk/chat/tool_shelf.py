"""All tools that conversations may use: those that come with the program, the person's own, and those of servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phidesk.chat.tool_loop import OfferedTools
from phidesk.chat.tool_server_shelf import ToolServerShelf
from phidesk.core.conversation import Conversation
from phidesk.core.tasks import Cancellation
from phidesk.core.tool_servers import AbsentServer
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


@dataclass(frozen=True)
class ToolChoice:
    """What can be chosen now, and the servers that have nothing to offer yet, or failed."""

    tools: tuple[ShelvedTool, ...] = ()
    absent: tuple[AbsentServer, ...] = ()


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

    def choice(self) -> ToolChoice:
        """Return what can be chosen: what comes with the program, the person's that are switched on, those of servers.

        Raises:
            StorageError: the person's tools or servers cannot be read.
        """
        builtin = [ShelvedTool(it.definition.name, it.definition, is_builtin=True) for it in self._builtin()]
        own = [ShelvedTool(spec.id, spec.definition) for spec in self._tools.list().result() if spec.is_enabled]
        ours = [*builtin, *own]
        served = self._servers.tools(it.definition.name for it in ours)
        of_servers = (ShelvedTool(id_, tool.definition, server=tool.server_name) for id_, tool in served.tools)
        return ToolChoice((*ours, *of_servers), served.absent)

    def tools_of(self, conversation: Conversation, ask: AskPerson, cancel: Cancellation) -> OfferedTools:
        """Make the tools that a conversation may use, always in the same order.

        What is not there any more, or switched off, is left out.

        Raises:
            Cancelled: `cancel` was used while servers started.
            StorageError: the person's tools cannot be read.
        """
        wanted = conversation.settings.tools
        if not wanted:
            return OfferedTools()
        builtin = {tool.definition.name: tool for tool in self._builtin()}
        tools = [tool for name, tool in builtin.items() if name in wanted]
        enabled = [spec for spec in self._tools.list().result() if spec.is_enabled]
        own = [spec for spec in enabled if spec.id in wanted]
        if own:
            from phidesk.tools.toolbox import make_tool  # noqa: PLC0415 - the start need not wait for what few have

            means = self._means(ask)
            tools += [make_tool(spec, means) for spec in own]
        taken = {*builtin, *(spec.definition.name for spec in enabled)}
        served = self._servers.tools(taken, wanted, cancel=cancel)
        tools += [tool for _, tool in served.tools]
        return OfferedTools({tool.definition.name: tool for tool in tools}, served.absent)
