"""Namespaces: a program sees no other process, no network, and ends with the first process of its own small world.

Made without any right through a user namespace. Some systems refuse it (Ubuntu from 23.10 on, most containers), and
some only half-way: therefore it is tried in a process that is thrown away.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_MOUNT_PRIVATE = 0x4000 | 1 << 18  # recursively
_MOUNT_HARMLESS = 2 | 4 | 8  # no setuid, no devices, no programs


def can_enter_namespaces() -> bool:
    """Whether `enter_namespaces` would succeed; about 5 ms."""
    process_id = os.fork()
    if process_id == 0:
        try:
            enter_namespaces()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(process_id, 0)[1] == 0


def enter_namespaces() -> None:
    """Leave the network and the other processes behind; the next child is the first process of a world of its own.

    The process must have one thread only. Nothing of it can be undone, also if it fails.

    Raises:
        OSError: the system does not permit it.
    """
    user_id, group_id = os.getuid(), os.getgid()
    _check(_libc().unshare(_NEW_USER | _NEW_PROCESSES | _NEW_NETWORK | _NEW_IPC | _NEW_MOUNTS))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user_id} {user_id} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group_id} {group_id} 1", encoding="ascii")
    _check(_libc().mount(b"none", b"/", None, _MOUNT_PRIVATE, None))


def mount_own_proc() -> bool:
    """Let /proc show the processes of this world only; return whether it does. For its first process."""
    return bool(_libc().mount(b"proc", b"/proc", b"proc", _MOUNT_HARMLESS, None) == 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
