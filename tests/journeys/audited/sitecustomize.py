"""Imported by every Python that finds this folder in PYTHONPATH: notes each wish for a connection of the internet.

One JSON array (event, host, port) a line, into the file that PHIDESK_AUDIT names. An audit hook is told before the
system is asked, also of calls that fail, and cannot be removed.
"""
# ruff: noqa: INP001 - stands in PYTHONPATH, not in a package

from __future__ import annotations

import json
import os
import socket
import sys

INTERNET = {socket.AF_INET, socket.AF_INET6}


def _note(event: str, host: object, port: object) -> None:
    line = json.dumps([event, str(host), str(port)]) + "\n"
    with open(os.environ["PHIDESK_AUDIT"], "a", encoding="utf-8") as notes:  # noqa: PTH123 - early in the start
        notes.write(line)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        own, address = arguments[0], arguments[1]
        if isinstance(own, socket.socket) and own.family in INTERNET and isinstance(address, tuple):
            _note(event, address[0], address[1])
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        _note(event, arguments[0], arguments[1] if len(arguments) > 1 else None)


if "PHIDESK_AUDIT" in os.environ:
    sys.addaudithook(_watch)
