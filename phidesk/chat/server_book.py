"""The servers that the person added: kept, connected to, with their keys, and forgotten again as a whole."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.core.changes import ServersChanged
from phidesk.core.errors import KeyUnusable, SecretsUnavailable
from phidesk.core.hub import Hub
from phidesk.core.servers import Server, is_sendable_key, normalised_address
from phidesk.core.tasks import Cancellation
from phidesk.engine.network import Gate
from phidesk.storage.secrets import Secrets
from phidesk.storage.servers import Servers

if TYPE_CHECKING:
    from phidesk.engine.openai.probe import ServerFacts


class KeyPlace(Enum):
    """Where a key is now."""

    NOWHERE = "nowhere"
    """There is none."""
    KEYRING = "keyring"
    """In the system's keyring, for later runs too."""
    THIS_RUN = "this_run"
    """In this program's memory only: the computer has no keyring, or it did not open."""


class ServerBook:
    """Joins the list on disk, the keyring, the gate and the engines. Methods block; safe from every thread."""

    def __init__(self, servers: Servers, *, secrets: Secrets, directory: EngineDirectory, gate: Gate, hub: Hub) -> None:
        self._servers = servers
        self._secrets = secrets
        self._directory = directory
        self._gate = gate
        self._hub = hub
        self._closing = Cancellation()

    def open(self) -> None:
        """Let conversations choose what was added in earlier runs. Asks no server and no keyring.

        Raises:
            StorageError: the list cannot be read.
        """
        for server in self.list():
            self._directory.add_server(server.address)

    def list(self) -> list[Server]:
        """Read the list, in the order of adding."""
        return self._servers.list().result()

    def add(self, address: str, *, key: str = "") -> tuple[Server, KeyPlace]:
        """Keep a server; one that is there already gets the key. Whether it answers, `test` tells.

        Raises:
            AddressUnusable, KeyUnusable: nothing was kept.
            StorageError: nothing was kept.
        """
        address, key = normalised_address(address), _sendable(key)
        server = self._servers.add(address).result()
        place = self._keep_key(address, key) if key else KeyPlace.NOWHERE
        self._directory.add_server(address)
        self._hub.publish(ServersChanged())
        return server, place

    def set_key(self, server: Server, key: str) -> KeyPlace:
        """Keep a key in place of an earlier one; empty takes that away.

        Raises:
            KeyUnusable: nothing was changed.
            SecretsUnavailable: the key to be taken away is still in the keyring.
        """
        key = _sendable(key)
        if key:
            return self._keep_key(server.address, key)
        self._secrets.forget(server.address)
        return KeyPlace.NOWHERE

    def rename(self, server: Server, name: str) -> None:
        """Give it the person's own name; empty takes it away.

        Raises:
            StorageError: it has the old one.
        """
        self._servers.rename(server.id, " ".join(name.split())).result()
        self._hub.publish(ServersChanged())

    def remove(self, server: Server) -> None:
        """Forget it and its key, and connect to it no more; what it is answering ends.

        Raises:
            StorageError: it is still there.
            SecretsUnavailable: it is gone, but its key is still in the keyring.
        """
        self._servers.remove(server.id).result()
        self._directory.remove_server(server.address)
        self._hub.publish(ServersChanged())
        self._secrets.forget(server.address)

    def test(self, server: Server) -> ServerFacts:
        """Ask it what it is, with its key.

        Raises:
            SecretsUnavailable: the keyring does not open.
            EngineError: see `probe_server`.
            Cancelled: it did not answer before `close`.
        """
        from phidesk.engine.openai.probe import probe_server  # noqa: PLC0415 - the first paint need not wait

        self._secrets.ask_again(server.address)
        key = self._secrets.key(server.address) or ""
        self._gate.allow(server.address)
        try:
            facts = probe_server(server.address, key, self._gate, self._closing)
        finally:
            self._gate.forbid(server.address)
        self._hub.publish(ServersChanged())
        return facts

    def close(self) -> None:
        """End tests that still run."""
        self._closing.cancel()

    def _keep_key(self, address: str, key: str) -> KeyPlace:
        try:
            self._secrets.keep(address, key)
        except SecretsUnavailable:
            return KeyPlace.THIS_RUN
        return KeyPlace.KEYRING


def _sendable(key: str) -> str:
    """Return the key without what copying brought along.

    Raises:
        KeyUnusable: it cannot be sent.
    """
    stripped = key.strip()
    if not is_sendable_key(stripped):
        raise KeyUnusable
    return stripped
