"""Runs a command where no network is but loopback: `unshare -rn python -m` this module COMMAND ARGUMENT..."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

SET_FLAGS = 0x8914
"""SIOCSIFFLAGS of Linux."""
IS_UP = 1


def main(command: list[str]) -> None:
    """Switch loopback on, which a new network namespace has switched off, and become the command."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", IS_UP))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
