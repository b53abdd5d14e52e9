"""Keyrings that live as long as a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from typing_extensions import override

NEVER_BY_ITSELF = -1
"""A priority with which `keyring` does not choose one of these anywhere else."""


class MemoryKeyring(KeyringBackend):
    """A real backend that lives as long as the test."""

    priority = NEVER_BY_ITSELF

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords: dict[tuple[str, str], str] = {}

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.passwords:
            raise PasswordDeleteError
        del self.passwords[service, username]


@contextmanager
def memory_keyring() -> Iterator[MemoryKeyring]:
    """Keep passwords in an own backend; the computer's is as before afterwards."""
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


class LockedKeyring(KeyringBackend):
    """The person does not unlock it."""

    priority = NEVER_BY_ITSELF

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    @override
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("dismissed")

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("dismissed")

    @override
    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("dismissed")


class EnvironmentKeyring(MemoryKeyring):
    """For a program that runs as a child: PHIDESK_TEST_KEY is the key of every server."""

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return os.environ["PHIDESK_TEST_KEY"]
