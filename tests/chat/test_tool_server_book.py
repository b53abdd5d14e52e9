"""What stands in the environment of tool servers lies in the keyring, and nowhere readable."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from phidesk.chat.server_book import KeyPlace
from phidesk.chat.tool_server_book import ToolServerBook
from phidesk.core.errors import SecretsUnavailable, ToolServerKeysUnknown, ToolServerReason
from phidesk.core.tool_servers import ToolServer
from phidesk.storage.database import open_database
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.secrets import SERVICE, Secrets
from tests.fakes.keyrings import LockedKeyring, MemoryKeyring, memory_keyring
from tests.storage.saved_database import Clock, count_ids

KEY = "sk-made-up-and-long"
WEATHER = ToolServer("weather", ("npx", "weather"), (("TOWN", "Bern-Bümpliz"), ("KEY", KEY), ("EMPTY", "")))


@pytest.fixture
def safe() -> Iterator[MemoryKeyring]:
    """The keyring of this computer, which is left alone otherwise."""
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[McpServers]:
    with open_servers(tmp_path) as servers:
        yield servers


@contextmanager
def open_servers(folder: Path) -> Iterator[McpServers]:
    with ThreadPoolExecutor(1) as worker:
        database = open_database(folder / "phidesk.sqlite", worker)
        yield McpServers(database, Clock(), count_ids())
        database.close()


def test_values_lie_in_the_keyring_and_not_on_the_disk(safe: MemoryKeyring, tmp_path: Path) -> None:
    with open_servers(tmp_path) as servers:
        kept, place = ToolServerBook(servers, Secrets()).save(WEATHER)

        listed = ToolServerBook(servers, Secrets()).list()
        known = ToolServerBook(servers, Secrets()).with_values(listed[0])

    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert place is KeyPlace.KEYRING
    assert listed == [kept] == [replace(WEATHER, id="id-1", environment=(("TOWN", None), ("KEY", None), ("EMPTY", "")))]
    assert known == replace(WEATHER, id="id-1")
    assert safe.passwords == {(SERVICE, "mcp:id-1:TOWN"): "Bern-Bümpliz", (SERVICE, "mcp:id-1:KEY"): KEY}
    assert KEY.encode() not in on_disk
    assert b"mpliz" not in on_disk


def test_without_a_keyring_they_are_known_in_this_run_only(safe: MemoryKeyring, servers: McpServers) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    book = ToolServerBook(servers, Secrets())
    kept, place = book.save(WEATHER)
    in_this_run = book.with_values(kept).environment

    with pytest.raises(ToolServerKeysUnknown) as unknown:
        ToolServerBook(servers, Secrets()).with_values(kept)

    assert (place, in_this_run, book.has_keyring()) == (KeyPlace.THIS_RUN, WEATHER.environment, False)
    assert (unknown.value.server, unknown.value.detail, unknown.value.reason) == ("weather", "TOWN, KEY", "")


def test_a_keyring_that_does_not_open_is_told_apart_and_asked_again_when_wished(
    safe: MemoryKeyring, servers: McpServers
) -> None:
    kept, _ = ToolServerBook(servers, Secrets()).save(WEATHER)
    book = ToolServerBook(servers, Secrets())
    keyring.set_keyring(LockedKeyring())
    with pytest.raises(ToolServerKeysUnknown) as unknown:
        book.with_values(kept)
    keyring.set_keyring(safe)
    with pytest.raises(ToolServerKeysUnknown):
        book.with_values(kept)

    book.ask_again(kept)

    assert unknown.value.reason is ToolServerReason.LOCKED
    assert book.with_values(kept).environment == WEATHER.environment


def test_a_value_that_is_not_given_stays_and_one_whose_name_is_gone_is_forgotten(
    safe: MemoryKeyring, servers: McpServers
) -> None:
    book = ToolServerBook(servers, Secrets())
    kept, _ = book.save(WEATHER)

    changed, place = book.save(replace(kept, environment=(("KEY", None), ("MODE", "quick"))))

    assert place is KeyPlace.KEYRING
    assert book.with_values(changed).environment == (("KEY", KEY), ("MODE", "quick"))
    assert set(safe.passwords) == {(SERVICE, "mcp:id-1:KEY"), (SERVICE, "mcp:id-1:MODE")}


def test_a_removed_server_takes_its_values_along_and_brings_them_back(safe: MemoryKeyring, servers: McpServers) -> None:
    book = ToolServerBook(servers, Secrets())
    kept, _ = book.save(WEATHER)

    removed = book.remove(kept)
    left = dict(safe.passwords)
    back, _ = book.save(removed)

    assert (left, book.list()) == ({}, [kept])
    assert book.with_values(back).environment == WEATHER.environment


def test_a_server_whose_values_cannot_be_taken_out_of_the_keyring_is_gone_all_the_same(
    safe: MemoryKeyring, servers: McpServers
) -> None:
    kept, _ = ToolServerBook(servers, Secrets()).save(WEATHER)
    keyring.set_keyring(LockedKeyring())
    book = ToolServerBook(servers, Secrets())

    with pytest.raises(SecretsUnavailable):
        book.remove(kept)

    assert book.list() == []


@pytest.mark.parametrize("has_keyring", [True, False])
def test_what_an_earlier_version_left_readable_moves_as_soon_as_there_is_a_keyring(
    safe: MemoryKeyring, servers: McpServers, *, has_keyring: bool
) -> None:
    readable = servers.save(WEATHER).result()
    if not has_keyring:
        keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    book = ToolServerBook(servers, Secrets())

    (listed,) = book.list()

    assert dict(servers.list().result()[0].environment)["KEY"] == (None if has_keyring else KEY)
    assert book.with_values(listed) == readable


def test_what_moved_to_the_keyring_is_nowhere_left_on_the_disk(safe: MemoryKeyring, tmp_path: Path) -> None:
    with open_servers(tmp_path) as servers:
        servers.save(WEATHER).result()
    with open_servers(tmp_path) as servers:
        ToolServerBook(servers, Secrets()).list()

    assert KEY.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_what_lay_readable_is_not_lost_when_the_server_is_changed(safe: MemoryKeyring, servers: McpServers) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    readable = servers.save(WEATHER).result()
    book = ToolServerBook(servers, Secrets())

    hidden = replace(readable, is_enabled=True, environment=(("TOWN", None), ("KEY", None), ("EMPTY", "")))
    kept, place = book.save(hidden)

    assert place is KeyPlace.THIS_RUN
    assert servers.list().result() == [hidden]
    assert book.with_values(kept).environment == WEATHER.environment


def test_no_value_is_in_what_a_log_would_say_of_a_server() -> None:
    assert "weather" in repr(WEATHER)
    assert KEY not in repr(WEATHER)
