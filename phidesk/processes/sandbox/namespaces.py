"""Namespaces: a program sees no other process, no network, and ends with the first process of its own small world.

Made without any right through a user namespace. Some systems refuse it (Ubuntu from 23.10 on, most containers), and
some only half-way: therefore it is tried in a process that is thrown away.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_MOUNT_PRIVATE = 0x4000 | 1 << 18  # recursively
_MOUNT_HARMLESS = 2 | 4 | 8  # no setuid, no devices, no programs
_MOUNT_TEMPORARY = 2 | 4
_MOUNT_BIND = 0x1000 | 0x4000  # with what is mounted inside
_MOUNT_SETATTR, _HERE, _RECURSIVE, _READ_ONLY = 442, -100, 0x8000, 1


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


def make_read_only(*, except_folders: Iterable[str], scratch: str, scratch_bytes: int) -> bool:
    """Let nothing in the file system be changed but these folders; return whether that is so (since Linux 5.12).

    What Landlock does not know of, such as the rights and times of files, is kept in too. `scratch` becomes a folder in
    memory that takes so many bytes and vanishes with the world.
    """
    options = f"size={scratch_bytes},mode=700".encode()
    is_done = _libc().mount(b"scratch", os.fsencode(scratch), b"tmpfs", _MOUNT_TEMPORARY, options) == 0
    own = [os.fsencode(folder) for folder in except_folders]
    for folder in own:  # Each becomes a mount of its own, which can be told apart.
        is_done = is_done and _libc().mount(folder, folder, None, _MOUNT_BIND, None) == 0
    is_done = is_done and _set_read_only(b"/", is_read_only=True)
    return is_done and all(_set_read_only(folder, is_read_only=False) for folder in [*own, os.fsencode(scratch)])


def _set_read_only(path: bytes, *, is_read_only: bool) -> bool:
    change = (_READ_ONLY, 0) if is_read_only else (0, _READ_ONLY)
    attributes = struct.pack("QQQQ", *change, 0, 0)  # struct mount_attr
    result: int = _libc().syscall(_MOUNT_SETATTR, _HERE, path, _RECURSIVE, attributes, ctypes.c_size_t(len(attributes)))
    return result == 0


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
