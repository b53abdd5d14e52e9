"""The list of servers of tools on disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phidesk.core.permissions import Allowance
from phidesk.core.tool_servers import ToolServer
from phidesk.storage.database import Database
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.tool_records import ToolRecords
from tests.storage.saved_database import Clock, count_ids

FILES = ToolServer("files", ("npx", "-y", "server files"), (("KEY", "a=b"), ("EMPTY", "")))
CLOCK = ToolServer("clock", ("clock",))


@pytest.fixture
def servers(database: Database) -> McpServers:
    return McpServers(database, Clock(), count_ids())


def test_servers_stand_in_the_order_of_adding_and_are_off(servers: McpServers) -> None:
    servers.save(FILES).result()
    servers.save(CLOCK).result()

    assert servers.list().result() == [replace(FILES, id="id-1"), replace(CLOCK, id="id-2")]
    assert [it.is_enabled for it in servers.list().result()] == [False, False]


def test_one_that_is_saved_again_is_changed_and_keeps_its_place(servers: McpServers) -> None:
    files = servers.save(FILES).result()
    clock = servers.save(CLOCK).result()

    changed = servers.save(replace(files, command=("other",), is_enabled=True)).result()

    assert servers.list().result() == [changed, clock]
    assert (changed.command, changed.is_enabled) == (("other",), True)


def test_a_name_that_is_taken_gets_a_number(servers: McpServers) -> None:
    names = [servers.save(FILES).result().name for _ in range(3)]

    assert names == ["files", "files 2", "files 3"]


def test_a_removed_server_is_gone_also_the_second_time_and_can_come_back(servers: McpServers) -> None:
    server = servers.save(FILES).result()

    servers.remove(server.id).result()
    servers.remove(server.id).result()

    assert servers.list().result() == []
    assert servers.save(server).result() == server
    assert servers.list().result() == [server]


def test_what_a_removed_server_was_allowed_is_forgotten_and_what_was_forbidden_stays(
    servers: McpServers, database: Database
) -> None:
    server = servers.save(FILES).result()
    records = ToolRecords(database, Clock(), count_ids())
    records.remember("read", server.name, Allowance.ALWAYS).result()
    records.remember("write", server.name, Allowance.NEVER).result()
    records.remember("read_file", "/home/ada", Allowance.ALWAYS).result()

    servers.remove(server.id).result()

    left = {(it.tool, it.allowance) for it in records.permissions().result()}
    assert left == {("write", Allowance.NEVER), ("read_file", Allowance.ALWAYS)}
