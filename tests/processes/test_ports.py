"""Ports: who holds one, and which is free."""

from __future__ import annotations

import socket
import sys

import psutil
import pytest

from phidesk.processes.ports import free_port, port_holder


def test_a_free_port_can_be_taken() -> None:
    port = free_port()

    with socket.create_server(("127.0.0.1", port)):
        assert port != free_port()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS tells only administrators")
def test_the_holder_of_a_port_has_a_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        assert port_holder(port) == psutil.Process().name()

    assert port_holder(port) == ""
