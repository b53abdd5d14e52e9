"""Files of tool servers."""

from __future__ import annotations

import json

import pytest

from phidesk.core.json_text import JsonFault
from phidesk.core.tool_servers import ToolServer, ToolServersFault, read_tool_servers, write_tool_servers

FILES = {
    "command": "npx",
    "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/me"],
    "env": {"KEY": "k", "PORT": 80, "DEBUG": True},
}
SERVER = ToolServer(
    "files",
    ("npx", "-y", "@modelcontextprotocol/server-filesystem", "/home/me"),
    (("KEY", "k"), ("PORT", "80"), ("DEBUG", "true")),
)


@pytest.mark.parametrize("wrap", [{"mcpServers": {}}, {"servers": {}, "inputs": []}, {"mcp": {"servers": {}}}])
def test_the_common_shapes_are_read(wrap: dict[str, object]) -> None:
    text = json.dumps(wrap).replace("{}", json.dumps({"files": FILES}), 1)

    found = read_tool_servers(text)

    assert (found.servers, found.unusable) == ((SERVER,), ())


def test_servers_come_switched_off() -> None:
    assert not read_tool_servers(json.dumps({"mcpServers": {"files": FILES}})).servers[0].is_enabled


def test_arguments_and_environment_may_be_missing() -> None:
    found = read_tool_servers('{"mcpServers": {"clock": {"command": "clock"}}}')

    assert found.servers == (ToolServer("clock", ("clock",)),)


@pytest.mark.parametrize(
    "entry",
    [
        7,
        None,
        {},
        {"url": "https://x"},
        {"command": ""},
        {"command": ["a"]},
        {"command": "a", "args": "b"},
        {"command": "a", "args": [1]},
        {"command": "a", "env": ["A"]},
        {"command": "a", "env": {"A": None}},
    ],
)
def test_what_cannot_be_used_is_named(entry: object) -> None:
    found = read_tool_servers(json.dumps({"mcpServers": {"odd": entry, "files": FILES}}))

    assert (found.servers, found.unusable) == ((SERVER,), ("odd",))


@pytest.mark.parametrize("text", ["{}", "[]", "7", '{"mcpServers": []}', '{"mcp": 1}'])
def test_other_json_is_told_apart(text: str) -> None:
    with pytest.raises(ToolServersFault):
        read_tool_servers(text)


def test_what_is_no_json_is_told_with_its_place() -> None:
    with pytest.raises(JsonFault) as fault:
        read_tool_servers('{"mcpServers": {\n"files": }}')

    assert fault.value.place.line == 2


def test_what_is_written_is_read_back() -> None:
    servers = (SERVER, ToolServer("clock", ("clock",)))

    assert read_tool_servers(write_tool_servers(servers)).servers == servers
