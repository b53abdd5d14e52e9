"""What the page Tools has done by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.chat.tool_server_shelf import ToolServerShelf
from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import ToolSpec
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import TokenCount
from phidesk.storage.tool_records import ToolRecords
from phidesk.storage.tools import Tools
from phidesk.tools.ask_person import AskPerson


@dataclass(frozen=True)
class ToolWork:
    """Functions block, and run in the pool."""

    tools: Tools
    records: ToolRecords
    """What tools may do without asking, and what they did."""
    builtin: tuple[ToolDefinition, ...]
    """What comes with the program; nobody else's tool may have these names."""
    try_tool: Callable[[ToolSpec, str, AskPerson, Cancellation], str]
    """Calls a tool with the text of a JSON object, and returns its result; raises as `toolbox.call_tool`."""
    cost: Callable[[ToolDefinition], TokenCount]
    """What a tool takes of the window, with who would answer now."""
    servers: ToolServerBook
    server_shelf: ToolServerShelf
