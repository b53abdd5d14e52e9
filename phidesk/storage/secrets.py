"""Keys of servers and of the environment of tool servers, in the system's keyring and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phidesk.core.errors import SecretsUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "PhiDesk"
"""Under this name the keys stand in the keyring; the user name says whose each is."""

_NO_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or keep it readable for everybody."""


class Secrets:
    """Keeps a key for each owner (the address of a server, say). Where this computer has no keyring, for this run only.

    Every method may block while the system asks the person to unlock the keyring: never call it on the main thread.
    Each key is read once, and a keyring that the person did not unlock is not asked again by itself: servers are looked
    at every few seconds. Safe from every thread.
    """

    def __init__(self) -> None:
        self._of_this_run: dict[str, str | None] = {}
        self._refusals: dict[str, SecretsUnavailable] = {}

    @property
    def keys_of_this_run(self) -> list[str]:
        """What was kept in this run, for making sure that something holds none of them."""
        return [key for key in self._of_this_run.values() if key]

    def keyring_name(self) -> str:
        """Name the system's keyring, for those who look after the computer; empty where there is none."""
        keyring = _find_keyring()
        return str(keyring.name) if keyring is not None else ""

    def key(self, owner: str) -> str | None:
        """Find the key of an owner; None where none was kept.

        Raises:
            SecretsUnavailable: the keyring exists but does not open, or did not until `ask_again`.
        """
        if owner in self._of_this_run:
            return self._of_this_run[owner]
        if owner in self._refusals:
            raise SecretsUnavailable(detail=self._refusals[owner].detail)
        keyring = _find_keyring()
        if keyring is None:
            return None
        try:
            with _keyring_faults_as_ours():
                key = keyring.get_password(SERVICE, owner)
        except SecretsUnavailable as refusal:
            self._refusals[owner] = refusal
            raise
        self._of_this_run[owner] = key
        return key

    def ask_again(self, owner: str) -> None:
        """Let the next `key` ask the keyring, because the person wants that."""
        self._refusals.pop(owner, None)
        if self._of_this_run.get(owner) is None:
            self._of_this_run.pop(owner, None)

    def keep(self, owner: str, key: str) -> None:
        """Keep a key in place of an earlier one.

        Raises:
            SecretsUnavailable: it is known for this run only.
        """
        self._of_this_run[owner] = key
        keyring = _find_keyring()
        if keyring is None:
            raise SecretsUnavailable
        with _keyring_faults_as_ours():
            keyring.set_password(SERVICE, owner, key)

    def forget(self, owner: str) -> None:
        """Remove a key; one that was never kept is no error.

        Raises:
            SecretsUnavailable: the keyring exists but does not open; the key is still in it.
        """
        self._of_this_run.pop(owner, None)
        keyring = _find_keyring()
        if keyring is None:
            return
        with _keyring_faults_as_ours():
            if keyring.get_password(SERVICE, owner) is not None:
                keyring.delete_password(SERVICE, owner)


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
