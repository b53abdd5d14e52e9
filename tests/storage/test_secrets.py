"""Keys go to the system's keyring, or nowhere but into this run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as ForgetfulKeyring

from phidesk.core.errors import SecretsUnavailable
from phidesk.storage.secrets import SERVICE, Secrets
from tests.fakes.keyrings import LockedKeyring, MemoryKeyring

ADDRESS = "https://models.example:8000"
KEY = "sk-made-up"


class PlainTextKeyring(MemoryKeyring):
    """Stands where keyrings.alt has its backends."""


PlainTextKeyring.__module__ = "keyrings.alt.file"


class MixedChain(ChainerBackend):
    """Both at once, as `keyring` chains whatever is installed."""

    backends = (MemoryKeyring(), PlainTextKeyring())


@pytest.fixture(autouse=True)
def keep_the_computers_keyring() -> Iterator[None]:
    """Leave the keyring of whoever runs the tests alone."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory() -> MemoryKeyring:
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    return memory


def test_a_key_is_kept_in_the_keyring_for_later_runs(memory: MemoryKeyring) -> None:
    Secrets().keep(ADDRESS, KEY)

    assert Secrets().key(ADDRESS) == KEY
    assert memory.passwords == {(SERVICE, ADDRESS): KEY}


def test_a_server_without_a_key_has_none(memory: MemoryKeyring) -> None:
    assert Secrets().key(ADDRESS) is None


def test_a_forgotten_key_is_gone_now_and_later(memory: MemoryKeyring) -> None:
    secrets = Secrets()
    secrets.keep(ADDRESS, KEY)

    secrets.forget(ADDRESS)
    secrets.forget(ADDRESS)

    assert secrets.key(ADDRESS) is None
    assert memory.passwords == {}


@pytest.mark.parametrize("backend", [NoKeyring, ForgetfulKeyring, PlainTextKeyring, MixedChain])
def test_without_a_keyring_a_key_lives_for_this_run_and_that_is_told(backend: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    secrets = Secrets()

    with pytest.raises(SecretsUnavailable):
        secrets.keep(ADDRESS, KEY)

    assert secrets.key(ADDRESS) == KEY
    assert Secrets().key(ADDRESS) is None
    secrets.forget(ADDRESS)
    assert secrets.key(ADDRESS) is None


def test_a_keyring_that_stays_locked_is_told() -> None:
    keyring.set_keyring(LockedKeyring())

    with pytest.raises(SecretsUnavailable, match="KeyringLocked"):
        Secrets().key(ADDRESS)
    with pytest.raises(SecretsUnavailable, match="KeyringLocked"):
        Secrets().forget(ADDRESS)


def test_a_key_for_a_locked_keyring_lives_for_this_run() -> None:
    keyring.set_keyring(LockedKeyring())
    secrets = Secrets()

    with pytest.raises(SecretsUnavailable, match="KeyringLocked"):
        secrets.keep(ADDRESS, KEY)

    assert secrets.key(ADDRESS) == KEY


def test_a_key_is_read_once(memory: MemoryKeyring) -> None:
    memory.passwords[SERVICE, ADDRESS] = KEY
    secrets = Secrets()
    assert secrets.key(ADDRESS) == KEY

    keyring.set_keyring(LockedKeyring())

    assert secrets.key(ADDRESS) == KEY


def test_a_keyring_that_was_not_unlocked_is_asked_again_only_on_wish(memory: MemoryKeyring) -> None:
    memory.passwords[SERVICE, ADDRESS] = KEY
    keyring.set_keyring(LockedKeyring())
    secrets = Secrets()
    with pytest.raises(SecretsUnavailable):
        secrets.key(ADDRESS)
    keyring.set_keyring(memory)

    with pytest.raises(SecretsUnavailable, match="KeyringLocked"):
        secrets.key(ADDRESS)
    secrets.ask_again(ADDRESS)

    assert secrets.key(ADDRESS) == KEY
