"""Calls of the kernel that a program does without: above all, those that make a socket.

A filter (seccomp) that refuses every socket closes the network, the abstract addresses and the sockets in the file
system (the session's bus, through which anything could be started) at once, on every Linux and without a right.
Pairs of sockets and pipes between its own processes stay possible.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping, Sequence

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CallTable = Mapping[str, tuple[int, ...]]
"""The numbers of some calls for each kind of processor."""
SOCKETS: CallTable = {
    "x86_64": (41, 425),  # socket, io_uring_setup (which can make sockets too)
    "aarch64": (198, 425),
}
SIGNALS: CallTable = {
    "x86_64": (62, 200, 234, 129, 297, 424),  # kill, tkill, tgkill, rt_(tg)sigqueueinfo, pidfd_send_signal
    "aarch64": (129, 130, 131, 138, 240, 424),
}
TRUNCATE: CallTable = {"x86_64": (76,), "aarch64": (45,)}
_X32_CALLS = 0x40000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EACCES, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4  # where they stand in struct seccomp_data


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def refuse_calls(*tables: CallTable) -> bool:
    """Make these calls fail with EACCES in this process and all it will start; return whether they do.

    The process must have given up new rights (`PR_SET_NO_NEW_PRIVS`). A program for another kind of processor (32 bit)
    is killed, because its calls have other numbers.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    refused = [number for table in tables for number in table[machine]]
    program = b"".join(struct.pack("HBBI", *line) for line in _instructions(_ARCHITECTURES[machine], refused))
    libc = ctypes.CDLL(None, use_errno=True)
    filtering = _Filter(len(program) // 8, program)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filtering), 0, 0) == 0)


def _instructions(architecture: int, refused: Sequence[int]) -> list[tuple[int, int, int, int]]:
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_AT_LEAST, len(refused) + 1, 0, _X32_CALLS),
    ]
    lines += [(_JUMP_IF_EQUAL, len(refused) - index, 0, number) for index, number in enumerate(refused)]
    return [*lines, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
