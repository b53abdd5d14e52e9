"""The list of servers on disk."""

from __future__ import annotations

import pytest

from phidesk.core.servers import Server
from phidesk.storage.database import Database
from phidesk.storage.servers import Servers
from tests.storage.conftest import Reader
from tests.storage.saved_database import Clock, count_ids

BOX = "http://192.168.1.5:8000"
CLOUD = "https://models.example"


@pytest.fixture
def servers(database: Database) -> Servers:
    return Servers(database, Clock(), count_ids())


def test_servers_stand_in_the_order_of_adding(servers: Servers) -> None:
    servers.add(CLOUD).result()
    servers.add(BOX, name="Box").result()

    assert servers.list().result() == [Server("id-1", CLOUD), Server("id-2", BOX, "Box")]


def test_an_address_is_there_once(servers: Servers) -> None:
    first = servers.add(BOX, name="Box").result()

    again = servers.add(BOX).result()

    assert again == first
    assert servers.list().result() == [first]


def test_a_server_is_renamed(servers: Servers) -> None:
    server = servers.add(BOX).result()

    servers.rename(server.id, "Attic \ud83d").result()

    assert servers.list().result() == [Server(server.id, BOX, "Attic \ufffd")]


def test_a_removed_server_is_gone_also_the_second_time(servers: Servers, read: Reader) -> None:
    server = servers.add(BOX).result()

    servers.remove(server.id).result()
    servers.remove(server.id).result()

    assert servers.list().result() == []
    assert read("SELECT count(*) FROM servers") == 0


def test_there_is_no_place_for_a_key(servers: Servers, read: Reader) -> None:
    servers.add(BOX).result()

    assert read("SELECT group_concat(name) FROM pragma_table_info('servers')") == "id,address,name,added_at_us"
