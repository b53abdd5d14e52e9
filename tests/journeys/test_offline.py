"""Proof that nothing leaves this computer: without any network, watched by an audit hook, watched by the system."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from phidesk.engine.connection_log import is_loopback

AUDITED = Path(__file__).parent / "audited"
SELF_TEST = ("-m", "phidesk", "self-test")
ASK = ("-m", "phidesk", "ask", "--engine", "builtin", "--max-tokens", "8", "Say hello.")
DOCTOR = ("-m", "phidesk", "doctor")
JOURNEYS = [SELF_TEST, ASK, DOCTOR]
"""The window with a question and its answer, the same without a window, and everything that looks."""
NAMES = ["window", "ask", "doctor"]
ELSEWHERE = "192.0.2.1"
"""An address of documentation."""
CALL_ELSEWHERE = f"import socket; socket.create_connection(({ELSEWHERE!r}, 9), timeout=0.1)"
PATIENCE_S = 240


def run(*command: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a home of its own."""
    own = {"PHIDESK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    own |= {"PHIDESK_OLLAMA": "none", **environment}
    everything = {name: value for name, value in os.environ.items() if name != "OLLAMA_HOST"} | own
    return subprocess.run(
        command, env=everything, capture_output=True, encoding="utf-8", timeout=PATIENCE_S, check=False
    )


def wishes(home: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[tuple[str, str]]]:
    """Run Python and its children with the audit hook; return event and host of every wish for a connection."""
    notes = home / "audit"
    notes.touch()
    ended = run(sys.executable, *arguments, home=home, PYTHONPATH=str(AUDITED), PHIDESK_AUDIT=str(notes))
    return ended, [(event, host) for event, host, _ in map(json.loads, notes.read_text().splitlines())]


def lonely(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a network namespace of its own; skip the test where the system does not allow that."""
    enter = ["unshare", "-rn"]
    if shutil.which("unshare") is None or subprocess.run([*enter, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespaces here (Linux, and allowed to this user)")
    return run(*enter, sys.executable, "-m", "tests.journeys.lonely_process", sys.executable, *arguments, home=home)


def test_a_namespace_really_has_no_way_out(tmp_path: Path) -> None:
    ended = lonely(tmp_path, "-c", CALL_ELSEWHERE)

    assert "Network is unreachable" in ended.stderr


@pytest.mark.parametrize("arguments", JOURNEYS, ids=NAMES)
def test_everything_works_where_no_network_is(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = lonely(tmp_path, *arguments)

    assert (ended.returncode, "✗" in ended.stdout) == (0, False)
    assert ended.stdout.strip()


@pytest.mark.parametrize("arguments", JOURNEYS, ids=NAMES)
def test_nothing_but_loopback_is_even_tried(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended, tried = wishes(tmp_path, *arguments)

    assert ended.returncode == 0
    assert tried, "the hook saw nothing at all, not even loopback"
    assert [host for _, host in tried if not is_loopback(host)] == []


def test_the_hook_sees_a_planted_call(tmp_path: Path) -> None:
    ended, tried = wishes(tmp_path, "-c", CALL_ELSEWHERE)

    assert ended.returncode != 0
    assert ("socket.connect", ELSEWHERE) in tried
    assert ("socket.getaddrinfo", ELSEWHERE) in tried


def test_the_hook_sees_a_planted_call_of_a_child(tmp_path: Path) -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CALL_ELSEWHERE!r}])"

    _, tried = wishes(tmp_path, "-c", child)

    assert ("socket.connect", ELSEWHERE) in tried


def test_the_gate_stops_a_planted_call_before_the_hook_sees_it(tmp_path: Path) -> None:
    planted = f"""
from datetime import UTC, datetime
from phidesk.core.errors import BlockedByOfflineRule
from phidesk.engine.network import Gate
gate = Gate(lambda: datetime.now(UTC))
try:
    gate.client("http://{ELSEWHERE}:9", purpose="planted").get("/")
except BlockedByOfflineRule as error:
    print("blocked", error.host)
"""

    ended, tried = wishes(tmp_path, "-c", planted)

    assert (ended.stdout, ended.stderr) == (f"blocked {ELSEWHERE}\n", "")
    assert tried == []


@pytest.mark.endure  # tracing takes a minute
def test_the_system_sees_no_connection_but_to_loopback(tmp_path: Path) -> None:
    """Unlike the hook, the system also sees what is no Python: Qt, llama.cpp."""
    if shutil.which("strace") is None:
        pytest.skip("no strace here")
    calls = tmp_path / "calls"

    ended = run(
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-e",
        "trace=connect,sendto",
        "-o",
        str(calls),
        sys.executable,
        *SELF_TEST,
        home=tmp_path,
    )

    if "ptrace" in ended.stderr:
        pytest.skip("strace is not allowed here")
    addresses = re.findall(r'inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"', calls.read_text())
    assert ended.returncode == 0
    assert addresses
    assert [address for address in addresses if not is_loopback(address)] == []
