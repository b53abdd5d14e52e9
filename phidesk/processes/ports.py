"""Ports of this computer: a free one, and who holds one."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port of the loopback address that nobody holds at this moment."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def port_holder(port: int) -> str:
    """Return the name of the program that listens at this port; empty where the system does not tell us."""
    import psutil  # noqa: PLC0415 - 17 ms that the first paint need not wait for

    try:
        listeners = [it for it in psutil.net_connections("tcp") if it.status == psutil.CONN_LISTEN]
        process_id = next((it.pid for it in listeners if it.pid and it.laddr[1:] == (port,)), None)
        return psutil.Process(process_id).name() if process_id is not None else ""
    except psutil.Error:
        return ""
