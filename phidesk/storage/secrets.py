"""Keys of servers, in the system's keyring and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phidesk.core.errors import SecretsUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "PhiDesk"
"""Under this name the keys stand in the keyring, the server's address being the user name."""

_NO_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or keep it readable for everybody."""


class Secrets:
    """Keeps one key per server. Where this computer has no keyring, for this run only.

    Every method may block while the system asks the person to unlock the keyring: never call it on the main thread.
    """

    def __init__(self) -> None:
        self._of_this_run: dict[str, str] = {}

    @property
    def keys_of_this_run(self) -> list[str]:
        """What was kept in this run, for making sure that something holds none of them."""
        return [key for key in self._of_this_run.values() if key]

    def keyring_name(self) -> str:
        """Name the system's keyring, for those who look after the computer; empty where there is none."""
        keyring = _find_keyring()
        return str(keyring.name) if keyring is not None else ""

    def key(self, address: str) -> str | None:
        """Find the key of a server; None where none was kept.

        Raises:
            SecretsUnavailable: the keyring exists but does not open.
        """
        if address in self._of_this_run:
            return self._of_this_run[address]
        keyring = _find_keyring()
        if keyring is None:
            return None
        with _keyring_faults_as_ours():
            return keyring.get_password(SERVICE, address)

    def keep(self, address: str, key: str) -> None:
        """Keep a key in place of an earlier one.

        Raises:
            SecretsUnavailable: it is known for this run only.
        """
        self._of_this_run[address] = key
        keyring = _find_keyring()
        if keyring is None:
            raise SecretsUnavailable
        with _keyring_faults_as_ours():
            keyring.set_password(SERVICE, address, key)

    def forget(self, address: str) -> None:
        """Remove a key; one that was never kept is no error.

        Raises:
            SecretsUnavailable: the keyring exists but does not open; the key is still in it.
        """
        self._of_this_run.pop(address, None)
        keyring = _find_keyring()
        if keyring is None:
            return
        with _keyring_faults_as_ours():
            if keyring.get_password(SERVICE, address) is not None:
                keyring.delete_password(SERVICE, address)


def _find_keyring() -> KeyringBackend | None:
    """Return the system's keyring; None where there is none worth the name.

    `keyring` falls back to keeping nothing, or (with keyrings.alt installed) to plain text, without a word. Several
    backends are chained; one that is readable for everybody spoils the chain.
    """
    import keyring  # noqa: PLC0415 - 51 ms that only servers with a key need

    backend = keyring.get_keyring()
    members = getattr(backend, "backends", [backend])
    is_safe = bool(members) and not any(type(member).__module__.startswith(_NO_KEYRINGS) for member in members)
    return backend if is_safe else None


@contextmanager
def _keyring_faults_as_ours() -> Iterator[None]:
    from keyring.errors import KeyringError  # noqa: PLC0415 - see _find_keyring

    try:
        yield
    except KeyringError as error:
        raise SecretsUnavailable(detail=f"{type(error).__name__}: {error}") from error
