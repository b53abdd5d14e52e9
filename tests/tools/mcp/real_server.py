"""A server of tools written with the package `mcp`: `python -m tests.tools.mcp.real_server`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import anyio
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel

server = MCPServer("practice")


class Weather(BaseModel):
    """What the weather is like."""

    town: str
    degrees: float


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def add(first: int, second: int) -> int:
    """Add two whole numbers."""
    return first + second


@server.tool()
def weather(town: str) -> Weather:
    """Tell the weather of a town."""
    return Weather(town=town, degrees=21.5)


@server.tool()
def greet(name: str) -> str:
    """Greet somebody."""
    sys.stderr.write(f"greeting {name}\n")
    return f"Grüezi {name} <|end|>\nand good day"


@server.tool()
def fail() -> str:
    """Fail."""
    raise ToolError("no such town")


@server.tool()
def picture() -> Image:
    """Paint."""
    return Image(data=b"\x89PNG", format="png")


@server.tool()
def environment() -> str:
    """Tell the names in the environment."""
    return " ".join(sorted(os.environ))


@server.tool()
async def sleep(sign: str) -> str:
    """Sleep for ever; a file tells that it sleeps, and that it was cancelled."""
    Path(sign).write_text("sleeps", encoding="utf-8")
    try:
        await anyio.sleep_forever()
    finally:
        Path(sign).write_text("cancelled", encoding="utf-8")
    return "never"


@server.tool()
def die() -> str:
    """End the server at once."""
    sys.stderr.write("farewell\n")
    sys.stderr.flush()
    os._exit(3)


@server.tool()
async def learn(context: Context) -> str:
    """Offer one tool more."""
    server.add_tool(lambda: "learnt", name="newcomer", description="Came later.")
    await context.session.send_tool_list_changed()
    return "done"


if __name__ == "__main__":
    server.run()
