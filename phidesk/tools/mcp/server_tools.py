"""The tools of a server, each as a tool of ours with a permission of its own.

The server is a program of the person's with the person's rights, in no sandbox. What it says of its tools is taken as
said by that program: one that says that it only reads is asked about once, every other one each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phidesk.core.errors import (
    ToolServerEnded,
    ToolServerError,
    ToolServerForeign,
    ToolServerKeysUnknown,
    ToolServerMissing,
    ToolServerRefused,
    ToolServerSilent,
)
from phidesk.core.tasks import Cancellation
from phidesk.core.tool_exchange import free_name
from phidesk.core.tool_spec import possible_tool_name
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.tools.mcp.link import ServerLink, ServerTool
from phidesk.tools.tool import Arguments, CallFault

LONGEST_DESCRIPTION = 1_000
"""Characters. The model reads it in every question; some servers write pages."""
_REASONS = {
    ToolServerEnded: "its program ended",
    ToolServerForeign: "its program does not speak the protocol",
    ToolServerKeysUnknown: "a key that it needs is not known",
    ToolServerMissing: "its program is not on this computer",
    ToolServerSilent: "its program did not answer in time",
}


class McpTool:
    """One tool of a server, under the name that the model is told."""

    def __init__(self, name: str, tool: ServerTool, link: ServerLink) -> None:
        self._tool = tool
        self._link = link
        self._definition = ToolDefinition(
            name, tool.description[:LONGEST_DESCRIPTION], json.dumps(tool.schema, ensure_ascii=False)
        )

    @property
    def own_name(self) -> str:
        """Its name at its server."""
        return self._tool.name

    @property
    def server_name(self) -> str:
        """How the person called its server."""
        return self._link.server.name

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, arguments: Arguments) -> Intent:
        """Say which tool of which server is called with what."""
        facts = (
            ("server", self.server_name),
            ("tool", self._tool.name),
            ("arguments", json.dumps(arguments, ensure_ascii=False)),
        )
        risk = Risk.READING if self._tool.only_reads else Risk.CHANGING
        return Intent(risk, place=self.server_name, facts=facts, fingerprint=self._fingerprint())

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Let the server do it and return its result as text."""
        try:
            result = self._link.call(self._tool.name, arguments, cancel)
        except ToolServerRefused as refused:
            raise CallFault(f"The tool refused the call: {refused.detail}") from refused
        except ToolServerError as error:
            reason = _REASONS[type(error)]
            raise CallFault(f"The tool has no result: {reason}. Do not repeat the call; tell the user.") from error
        text = result_text(result)
        if result.get("isError") is True:
            raise CallFault(text or "The tool failed and did not say why.")
        return text or "The tool ended well and gave nothing."

    def _fingerprint(self) -> str:
        """Tell whether it is the same tool of the same program: a server may describe a new one by an allowed name."""
        server, tool = self._link.server, self._tool
        told = (server.id, server.command, tool.name, tool.description, tool.schema, tool.only_reads)
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def make_server_tools(link: ServerLink, cancel: Cancellation, *, taken: Iterable[str] = ()) -> list[McpTool]:
    """Return the tools of a server as `name_server_tools` does. Starts the server if it does not run.

    Raises:
        Cancelled: `cancel` was used.
        ToolServerError: it could not be asked.
    """
    return name_server_tools(link, link.tools(cancel), taken=taken)


def name_server_tools(link: ServerLink, tools: Iterable[ServerTool], *, taken: Iterable[str]) -> list[McpTool]:
    """Return what a server offers under names that no other tool has; a taken one gets the server's name in front."""
    others = set(taken)
    names = set(others)
    made = []
    for tool in tools:
        wanted = possible_tool_name(tool.name)
        if wanted in others:
            wanted = possible_tool_name(f"{link.server.name}_{tool.name}")
        if wanted:
            name = free_name(wanted, names)
            names.add(name)
            made.append(McpTool(name, tool, link))
    return made


def result_text(result: Mapping[str, Any]) -> str:
    """Return a result (`CallToolResult`) as a model can read it: texts as they are, everything else by its name.

    What is structured counts where there is no text: servers should give both (specification, "Structured Content").
    """
    content = result.get("content")
    texts = list(_texts(content if isinstance(content, list) else []))
    if not texts and result.get("structuredContent") is not None:
        return json.dumps(result["structuredContent"], ensure_ascii=False)
    return "\n".join(texts)


def _texts(content: list[Any]) -> Iterator[str]:
    for block in content:
        match block:
            case {"type": "text", "text": str(text)}:
                yield text
            case {"type": "resource", "resource": {"text": str(text)}}:
                yield text
            case {"type": "resource_link", "uri": str(uri)} | {"type": "resource", "resource": {"uri": str(uri)}}:
                yield f"[{uri}]"
            case {"type": str(kind), **rest}:
                media_type = rest.get("mimeType")
                yield f"[{kind}{f', {media_type}' if isinstance(media_type, str) else ''}: not shown]"
