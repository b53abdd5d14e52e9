"""The person's data, and what works with it: who answers, which tools and instructions there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.prompt_library import PromptLibrary
from phidesk.chat.server_book import ServerBook
from phidesk.chat.service import ChatService
from phidesk.chat.tool_desk import ToolDesk
from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.chat.tool_server_shelf import ToolServerShelf
from phidesk.chat.tool_shelf import ToolShelf
from phidesk.core.changes import ToolServerAnswered
from phidesk.core.hub import Hub
from phidesk.core.tasks import StartLoop
from phidesk.engine.hardware import computer_memory_bytes
from phidesk.engine.network import Gate
from phidesk.storage.conversations import Conversations
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.program_state import ProgramState
from phidesk.storage.prompts import Prompts
from phidesk.storage.records import Records
from phidesk.storage.secrets import Secrets
from phidesk.storage.servers import Servers
from phidesk.storage.tool_records import ToolRecords
from phidesk.storage.tools import Tools
from phidesk.tools.ask_person import AskPerson
from phidesk.tools.tool import Tool
from phidesk.tools.toolbox import Means


@dataclass(frozen=True)
class Profile:
    """The person's data, and what works with it."""

    conversations: Conversations
    state: ProgramState
    chat: ChatService
    servers: ServerBook
    tools: Tools
    tool_records: ToolRecords
    tool_shelf: ToolShelf
    tool_server_book: ToolServerBook
    tool_servers: ToolServerShelf
    prompts: PromptLibrary


def make_profile(
    records: Records,
    *,
    directory: EngineDirectory,
    hub: Hub,
    gate: Gate,
    secrets: Secrets,
    builtin_tools: Callable[[], Sequence[Tool]],
    tool_means: Callable[[AskPerson], Means],
    start_loop: StartLoop,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    closing: ExitStack,
) -> Profile:
    """Make it for records that are open. What must be closed before them is given to `closing`.

    Raises:
        StorageError: the database cannot be read or written.
    """
    database = records.database
    with ExitStack() as opening:  # Gives back what was taken, if something after it fails.
        conversations = Conversations(database, now, new_id)
        conversations.end_unfinished_answers().result()
        conversations.branches.erase_deleted().result()
        tools, tool_records = Tools(database, now, new_id), ToolRecords(database, now, new_id)
        tools.erase_deleted().result()
        tool_server_book = ToolServerBook(McpServers(database, now, new_id), secrets)
        tool_servers = ToolServerShelf(tool_server_book, start_loop, lambda: hub.publish(ToolServerAnswered()))
        opening.callback(tool_servers.close)
        tool_shelf = ToolShelf(tools, builtin_tools, tool_means, tool_servers)
        chat = ChatService(
            directory=directory,
            conversations=conversations,
            database=database,
            hub=hub,
            start_loop=start_loop,
            computer_memory_bytes=computer_memory_bytes,
            desk=ToolDesk(tool_shelf.tools_of, tool_records, now),
        )
        opening.callback(chat.stop_all)
        servers = ServerBook(Servers(database, now, new_id), secrets=secrets, directory=directory, gate=gate, hub=hub)
        servers.open()
        opening.callback(servers.close)
        closing.push(opening.pop_all())
    return Profile(
        conversations=conversations,
        state=records.state,
        chat=chat,
        servers=servers,
        tools=tools,
        tool_records=tool_records,
        tool_shelf=tool_shelf,
        tool_server_book=tool_server_book,
        tool_servers=tool_servers,
        prompts=PromptLibrary(Prompts(database, now, new_id), hub),
    )
