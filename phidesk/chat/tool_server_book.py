"""The servers of tools that the person added: a list in the database, and their keys in the keyring."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from phidesk.chat.server_book import KeyPlace
from phidesk.core.errors import SecretsUnavailable, ToolServerKeysUnknown, ToolServerReason
from phidesk.core.tool_servers import ToolServer
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.secrets import Secrets


class ToolServerBook:
    """Joins the list on disk with the keyring. Methods block, perhaps on the person; safe from every thread.

    Whatever stands in an environment may be a key: names are kept in the list, values in the keyring alone. Without a
    keyring they are known in this run only.
    """

    def __init__(self, servers: McpServers, secrets: Secrets) -> None:
        self._servers = servers
        self._secrets = secrets
        self._has_moved = False

    def has_keyring(self) -> bool:
        """Whether values last longer than this run."""
        return bool(self._secrets.keyring_name())

    def list(self) -> list[ToolServer]:
        """Read all servers without their values, the oldest first.

        Raises:
            StorageError: the list cannot be read.
        """
        servers = self._servers.list().result()
        if not self._has_moved:
            self._has_moved = True
            return [self._moved(server) for server in servers]
        return servers

    def with_values(self, server: ToolServer) -> ToolServer:
        """Return a server with what stands in its environment, for who starts or exports it.

        Raises:
            ToolServerKeysUnknown: a value is not in the keyring, or that does not open.
        """
        environment = tuple((name, self._value(server, name, value)) for name, value in server.environment)
        unknown = [name for name, value in environment if value is None]
        if unknown:
            raise ToolServerKeysUnknown(server.name, ", ".join(unknown))
        return replace(server, environment=environment)

    def save(self, server: ToolServer) -> tuple[ToolServer, KeyPlace]:
        """Keep a server as it is now; a value that is None stays what it was.

        Raises:
            StorageError: it is as it was.
        """
        before = dict(next((it.environment for it in self._servers.list().result() if it.id == server.id), ()))
        kept = self._servers.save(_without_values(server)).result()
        with suppress(SecretsUnavailable):  # A value that nobody asks for any more.
            for name in before.keys() - dict(kept.environment).keys():
                self._secrets.forget(_place(kept, name))
        # What an earlier version left readable is not in the keyring yet.
        given = tuple((name, before.get(name) if value is None else value) for name, value in server.environment)
        return kept, self._keep_values(replace(kept, environment=given))

    def remove(self, server: ToolServer) -> ToolServer:
        """Forget a server, what it was allowed, and its values. Return it with those, for who takes that back.

        Raises:
            StorageError: it is still there.
            SecretsUnavailable: it is gone, but its values are still in the keyring.
        """
        with suppress(ToolServerKeysUnknown):
            server = self.with_values(server)
        self._servers.remove(server.id).result()
        for name, _ in server.environment:
            self._secrets.forget(_place(server, name))
        return server

    def ask_again(self, server: ToolServer) -> None:
        """Let the next start ask a keyring that did not open."""
        for name, _ in server.environment:
            self._secrets.ask_again(_place(server, name))

    def _value(self, server: ToolServer, name: str, value: str | None) -> str | None:
        if value is not None:
            return value
        try:
            return self._secrets.key(_place(server, name))
        except SecretsUnavailable as locked:
            raise ToolServerKeysUnknown(server.name, locked.detail, reason=ToolServerReason.LOCKED) from locked

    def _keep_values(self, server: ToolServer) -> KeyPlace:
        place = KeyPlace.NOWHERE
        for name, value in server.environment:
            if value:
                try:
                    self._secrets.keep(_place(server, name), value)
                    place = place if place is KeyPlace.THIS_RUN else KeyPlace.KEYRING
                except SecretsUnavailable:
                    place = KeyPlace.THIS_RUN
        return place

    def _moved(self, server: ToolServer) -> ToolServer:
        """Take what a version before the keyring left readable out of the list; without a keyring it stays there."""
        hidden = _without_values(server)
        if hidden == server or not self.has_keyring() or self._keep_values(server) is not KeyPlace.KEYRING:
            return server
        return self._servers.save(hidden).result()


def _without_values(server: ToolServer) -> ToolServer:
    """Return a server with None for each value; an empty one is no secret, and there where nobody keeps it."""
    return replace(server, environment=tuple((name, "" if value == "" else None) for name, value in server.environment))


def _place(server: ToolServer, name: str) -> str:
    """Return under which name a value stands in the keyring."""
    return f"mcp:{server.id}:{name}"
