"""Servers are kept, connected to and forgotten as a whole; a key appears nowhere but in the keyring."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from phidesk.chat.server_book import KeyPlace
from phidesk.core.changes import ServersChanged
from phidesk.core.conversation import ConversationSettings, Role
from phidesk.core.errors import (
    AddressUnusable,
    BlockedByOfflineRule,
    KeyRequired,
    KeyUnusable,
    PhiDeskError,
    SecretsUnavailable,
    ServerNotAdded,
)
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import TextPart
from phidesk.core.paths import find_paths
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.protocol import AnswerRequest, PromptMessage
from phidesk.profile import Profile
from phidesk.services import Services
from phidesk.storage.secrets import SERVICE
from tests.fakes.keyrings import LockedKeyring, MemoryKeyring
from tests.fakes.openai_dialects import KEY, MODEL, VLLM, DialectServer, dialect_server
from tests.fakes.openai_server import Reply, scripted_server

PATIENCE_S = 10.0
WRONG_KEY = "wrong-key-of-the-tests"
ELSEWHERE = "http://models.invalid:8000"


@pytest.fixture(autouse=True)
def keep_the_computers_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory() -> MemoryKeyring:
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    return memory


@pytest.fixture
def server() -> Iterator[DialectServer]:
    with dialect_server(VLLM, key=KEY) as server:
        yield server


def open_services(home: Path) -> Services:
    environment = {"PHIDESK_HOME": str(home), "OLLAMA_HOST": "http://127.0.0.1:1", "PHIDESK_OLLAMA": "none"}
    return Services(find_paths(environment), environment, post=lambda closure: closure())


@pytest.fixture
def services(tmp_path: Path, memory: MemoryKeyring) -> Iterator[Services]:
    with open_services(tmp_path) as services:
        yield services


@pytest.fixture
def profile(services: Services) -> Profile:
    return services.open_profile()


def test_an_added_server_can_be_chosen_by_its_address(
    services: Services, profile: Profile, server: DialectServer
) -> None:
    changes: list[ServersChanged] = []
    services.hub.subscribe(ServersChanged, changes.append)

    added, place = profile.servers.add(f" {server.address}/v1/ ", key=f"{KEY}\n")

    assert added.address == server.address
    assert place is KeyPlace.KEYRING
    assert len(changes) == 1
    choice = services.directory.choose(f"{server.address}/v1", MODEL)
    assert (choice.engine.name, choice.model.name) == (server.address, MODEL)
    assert MODEL in {model.name for model in services.directory.server_chat_models()}


def test_servers_are_known_in_later_runs(tmp_path: Path, memory: MemoryKeyring, server: DialectServer) -> None:
    with open_services(tmp_path) as services:
        services.open_profile().servers.add(server.address, key=KEY)

    with open_services(tmp_path) as services:
        services.open_profile()
        assert services.directory.choose(server.address).model.name == MODEL


def test_nobody_talks_with_a_server_unasked(services: Services, profile: Profile, server: DialectServer) -> None:
    profile.servers.add(server.address, key=KEY)

    with pytest.raises(PhiDeskError):
        services.directory.choose(None, MODEL)


def test_a_test_says_what_the_server_is(profile: Profile, server: DialectServer) -> None:
    added, _ = profile.servers.add(server.address, key=KEY)

    facts = profile.servers.test(added)

    assert (facts.models, facts.window_tokens, facts.needs_key) == ((MODEL,), 2048, True)


def test_a_new_key_takes_the_place_of_a_wrong_one(profile: Profile, server: DialectServer) -> None:
    added, _ = profile.servers.add(server.address, key=WRONG_KEY)
    with pytest.raises(KeyRequired):
        profile.servers.test(added)

    assert profile.servers.set_key(added, KEY) is KeyPlace.KEYRING

    assert profile.servers.test(added).needs_key
    assert profile.servers.set_key(added, "") is KeyPlace.NOWHERE
    with pytest.raises(KeyRequired):
        profile.servers.test(added)


def test_adding_again_changes_the_key_of_the_same_server(profile: Profile, server: DialectServer) -> None:
    first, _ = profile.servers.add(server.address)
    profile.servers.rename(first, "  The  attic ")

    again, _ = profile.servers.add(server.address, key=KEY)

    assert (again.id, again.name) == (first.id, "The attic")
    assert profile.servers.test(again).needs_key


@pytest.mark.parametrize(("address", "key"), [("ftp://box", ""), ("http://me:secret@box", ""), ("box", "two\nlines")])
def test_what_cannot_be_is_refused_and_nothing_is_kept(profile: Profile, address: str, key: str) -> None:
    with pytest.raises((AddressUnusable, KeyUnusable)):
        profile.servers.add(address, key=key)

    assert profile.servers.list() == []


def test_a_removed_server_is_gone_with_key_and_permission(
    services: Services, profile: Profile, memory: MemoryKeyring
) -> None:
    added, _ = profile.servers.add(ELSEWHERE, key=KEY)
    engine = services.directory.engine(ELSEWHERE)
    assert memory.passwords == {(SERVICE, ELSEWHERE): KEY}

    profile.servers.remove(added)

    assert profile.servers.list() == []
    assert memory.passwords == {}
    with pytest.raises(ServerNotAdded):
        services.directory.choose(ELSEWHERE, MODEL)
    with (
        pytest.raises(BlockedByOfflineRule),
        services.gate.stream(ELSEWHERE, "/", json=None, purpose="test", cancel=Cancellation()),
    ):
        pytest.fail("it was let through")
    with pytest.raises(PhiDeskError):
        engine.models()
    profile.servers.remove(added)


def test_testing_leaves_no_permission_behind(services: Services, profile: Profile) -> None:
    added, _ = profile.servers.add(ELSEWHERE)
    with pytest.raises(PhiDeskError):
        profile.servers.test(added)

    with (
        pytest.raises(BlockedByOfflineRule),
        services.gate.stream(ELSEWHERE, "/", json=None, purpose="test", cancel=Cancellation()),
    ):
        pytest.fail("it was let through")


def test_a_test_that_gets_no_answer_ends_with_the_program(profile: Profile) -> None:
    with scripted_server() as silent, ThreadPoolExecutor(1) as pool:
        silent.replies["/v1/models"] = Reply([None])
        added, _ = profile.servers.add(silent.address)
        test = pool.submit(profile.servers.test, added)
        silent.waiting.wait(PATIENCE_S)

        profile.servers.close()

        with pytest.raises(Cancelled):
            test.result(PATIENCE_S)


def test_without_a_keyring_a_key_is_known_for_this_run(tmp_path: Path, server: DialectServer) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with open_services(tmp_path) as services:
        book = services.open_profile().servers

        added, place = book.add(server.address, key=KEY)

        assert place is KeyPlace.THIS_RUN
        assert book.test(added).needs_key
    with open_services(tmp_path) as services, pytest.raises(KeyRequired):
        services.open_profile().servers.test(added)


def test_a_keyring_that_stays_closed_is_told(profile: Profile, server: DialectServer) -> None:
    added, _ = profile.servers.add(server.address)
    keyring.set_keyring(LockedKeyring())

    with pytest.raises(SecretsUnavailable):
        profile.servers.test(added)
    with pytest.raises(SecretsUnavailable):
        profile.servers.remove(added)

    assert profile.servers.list() == []


@pytest.mark.parametrize("key", [KEY, WRONG_KEY])
def test_a_key_appears_nowhere(tmp_path: Path, memory: MemoryKeyring, server: DialectServer, key: str) -> None:
    """Ask, also with a key that the server refuses and repeats, and look into everything that is left."""
    logs = tmp_path / "everything.log"
    handler = logging.FileHandler(logs)
    logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    said: list[object] = []
    try:
        with open_services(tmp_path) as services:
            profile = services.open_profile()
            profile.servers.add(server.address, key=key)
            said += [profile.servers.list(), services.gate.connections]
            settings = ConversationSettings(engine=server.address, model=MODEL)
            asked = profile.conversations.ask((TextPart("Hi"),), conversation_id=None, settings=settings).result()
            turn = profile.chat.resume(asked.conversation.id)
            while not turn.is_over:
                said += turn.take_events()
            engine = services.directory.engine(server.address)
            said += [engine.state(), vars(engine)]
            request = AnswerRequest(ModelInfo(MODEL, server.address), (PromptMessage(Role.PERSON, "Hi"),))
            try:
                said += list(engine.answer(request, Cancellation()))
            except PhiDeskError as error:
                said += [error, error.facts(), repr(error)]
            said.append(profile.conversations.get(asked.conversation.id).result())
    finally:
        logging.getLogger().setLevel(level)
        logging.getLogger().removeHandler(handler)
        handler.close()

    assert memory.passwords == {(SERVICE, server.address): key}
    assert server.keys_sent == {key}
    assert key not in repr(said)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite" for path in left)
    assert [path for path in left if key.encode() in path.read_bytes()] == []
