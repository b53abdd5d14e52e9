"""The line breaks answers where it is told to, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.faulty_line import Fault, FaultyLine
from tests.fakes.ollama_daemon import OllamaDaemon

QUESTION = {"model": "scripted", "messages": [{"role": "user", "content": "Hi"}]}
PATIENCE_S = 5.0


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon() as daemon:
        yield daemon


@pytest.fixture
def line(daemon: OllamaDaemon) -> Iterator[FaultyLine]:
    with FaultyLine(lambda: daemon.url) as line:
        yield line


def ask(line: FaultyLine, *, timeout_s: float = PATIENCE_S) -> tuple[bytes, Exception | None]:
    """Return what came of an answer's body, and why no more came."""
    received = b""
    try:
        with (
            httpx.Client(trust_env=False, timeout=timeout_s) as client,
            client.stream("POST", f"{line.url}/api/chat", json=QUESTION) as reply,
        ):
            for content in reply.iter_raw():
                received += content
    except httpx.HTTPError as error:
        return received, error
    return received, None


def test_without_a_fault_everything_passes(line: FaultyLine) -> None:
    received, error = ask(line)

    assert received.endswith(b"}\n")
    assert error is None
    assert len(line.passed) > len(received)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.RESET])
def test_one_answer_is_broken_off_after_so_many_bytes(line: FaultyLine, fault: Fault) -> None:
    whole, _ = ask(line)
    line.fail(fault, after_bytes=len(line.passed) - 20)

    received, error = ask(line)
    again, _ = ask(line)

    assert error is not None
    assert len(received) < len(whole)
    assert len(again) > len(received)


def test_an_answer_may_be_broken_inside_a_character(line: FaultyLine) -> None:
    line.fail(Fault.CUT, after_bytes=100, after="😀".encode()[:2])

    received, _ = ask(line)

    assert received.endswith("😀".encode()[:2])
    assert line.passed.endswith("😀".encode()[:2])


def test_a_broken_answer_may_have_nothing_at_all(line: FaultyLine) -> None:
    line.fail(Fault.CUT, after_bytes=0)

    received, error = ask(line)

    assert received == b""
    assert isinstance(error, httpx.RemoteProtocolError)


def test_a_stalled_answer_waits_until_the_other_side_leaves(line: FaultyLine, daemon: OllamaDaemon) -> None:
    line.fail(Fault.STALLED, after_bytes=300)

    _, error = ask(line, timeout_s=0.2)

    assert isinstance(error, httpx.ReadTimeout)
    assert line.has_failed.is_set()
    daemon.wait_until(lambda: not daemon.is_generating)


def test_nonsense_comes_instead_of_the_rest(line: FaultyLine) -> None:
    line.fail(Fault.NONSENSE, after_bytes=0, nonsense=b"SSH-2.0-OpenSSH\r\n\r\n")

    received, error = ask(line)

    assert received == b""
    assert error is not None
    assert "SSH" in str(error)


def test_an_engine_may_be_killed(line: FaultyLine, daemon: OllamaDaemon) -> None:
    line.fail(Fault.KILLED, after_bytes=300, kill=daemon.kill)

    ask(line)

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{daemon.url}/api/version", trust_env=False)
