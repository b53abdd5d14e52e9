"""Landlock: files outside the allowed folders cannot be opened, whoever the process is (Linux 5.13 and later).

The numbers are those of linux/landlock.h; what each version of the kernel's interface (ABI) added is in
https://docs.kernel.org/userspace-api/landlock.html. Not covered by it: looking at a file's size and times, changing
them or its rights.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix/store", "/gnu/store")
"""Programs, libraries and their settings. Nobody keeps letters there, and little runs without them."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
KEEPS_SIGNALS_ABI = 6
KEEPS_TRUNCATE_ABI = 3

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every processor
_RULE_PATH_BENEATH = 1
_ASK_VERSION = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_CHAR, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
_MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM = 1 << 9, 1 << 10, 1 << 11, 1 << 12
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15  # since ABI 2, 3 and 5
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_FIFO | _MAKE_SYM | _REFER
_NEVER = _MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK | _IOCTL_DEV
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 0b11  # bind and connect, since ABI 4
_SCOPES = 0b11  # abstract sockets and signals, since ABI 6


class _Ruleset(ctypes.Structure):
    _fields_ = [
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def landlock_abi() -> int:
    """Return the version of the kernel's interface; 0 where it has none, or has it switched off."""
    libc = ctypes.CDLL(None, use_errno=True)
    version: int = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    return max(0, version)


def restrict_to_folders(*, readable: Iterable[str], writable: Iterable[str], abi: int) -> None:
    """Take from this process, and all it will start, every file that is not in one of these folders.

    A folder that does not exist is left out. The process must have given up new rights (`PR_SET_NO_NEW_PRIVS`).

    Raises:
        OSError: the kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    handled = _handled_files(abi)
    attributes = _Ruleset(handled, _TCP if abi >= 4 else 0, _SCOPES if abi >= KEEPS_SIGNALS_ABI else 0)
    size = 24 if abi >= KEEPS_SIGNALS_ABI else 16 if abi >= 4 else 8  # An older kernel refuses a longer structure.
    ruleset = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), 0))
    try:
        for folder in (*SYSTEM_FOLDERS, *readable):
            _allow(libc, ruleset, folder, _READ & handled)
        for device in DEVICES:
            _allow(libc, ruleset, device, (_READ_FILE | _WRITE_FILE) & handled)
        for folder in writable:
            _allow(libc, ruleset, folder, (_READ | _WRITE) & handled)
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _handled_files(abi: int) -> int:
    handled = _READ | _WRITE | _NEVER
    for right, since in ((_REFER, 2), (_TRUNCATE, KEEPS_TRUNCATE_ABI), (_IOCTL_DEV, 5)):
        if abi < since:
            handled &= ~right
    return handled


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        rule = _PathBeneath(rights, descriptor)
        _checked(libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
