"""`kill -9` while an answer streams: what was said up to half a second before is still there.

The daemon writes numbered pieces and notes when; the moment of the kill is drawn from a seeded generator. The next
process is started while one is being killed, which saves most of the time.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import overload

import apsw
import psutil
import pytest
from typing_extensions import override

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Message
from phidesk.core.paths import find_paths
from phidesk.services import Services
from tests.cli.program import Program
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import Script, phi4_mini
from tests.processes.test_child import has_ended

LOST_AT_MOST_S = 0.5
PIECES_PER_S = 500.0
LATEST_KILL_PIECE = 450
SEED = 3
START_S = 30.0
KILLS = [pytest.param(20, id="20"), pytest.param(200, id="200", marks=pytest.mark.endure)]
ASK = ("phidesk", "ask", "--conversation", "new", "-")
WINDOW = ("tests.journeys.window_process",)


class NumberedPieces(Sequence[str]):
    """w0 w1 w2 …, and when each piece of the newest answer was about to be sent (monotonic seconds)."""

    def __init__(self) -> None:
        self.times: list[float] = []

    @override
    def __iter__(self) -> Iterator[str]:
        self.times = times = []
        for number in range(len(self)):
            times.append(time.monotonic())
            yield self[number]

    @override
    def __len__(self) -> int:
        return 100_000

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    @override
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return f"w{index} " if isinstance(index, int) else [self[number] for number in range(len(self))[index]]

    def text(self, count: int) -> str:
        """The first pieces, joined."""
        return "".join(self[:count])


@pytest.fixture
def pieces() -> NumberedPieces:
    return NumberedPieces()


@pytest.fixture
def daemon(pieces: NumberedPieces) -> Iterator[OllamaDaemon]:
    """An Ollama that writes the numbered pieces."""
    with OllamaDaemon([replace(phi4_mini(), scripts=(Script(pieces),))], pieces_per_s=PIECES_PER_S) as daemon:
        yield daemon


Start = Callable[[Path], subprocess.Popen[bytes]]


@pytest.fixture
def start(daemon: OllamaDaemon, module: Sequence[str]) -> Iterator[Start]:
    """Start a process that asks whatever it reads, with this folder."""
    with ExitStack() as started:

        def start(home: Path) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", *module]
            environment = Program(home, daemon.url).environment
            process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


def ask(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"Count.\n")
    process.stdin.close()


def kill(process: subprocess.Popen[bytes]) -> float:
    """Kill without a warning; return when (monotonic seconds)."""
    moment = time.monotonic()
    process.kill()
    process.wait()
    return moment


def answer_after_restart(home: Path) -> Message:
    """Open the profile as the next start does, and return the newest answer."""
    environment = {"PHIDESK_HOME": str(home)}
    with Services(find_paths(environment), environment, post=lambda closure: closure()) as services:
        conversations = services.open_profile().conversations
        newest = conversations.list().result()[0]
        return conversations.get(newest.id).result().messages[-1]


def integrity(home: Path) -> object:
    with closing(apsw.Connection(str(find_paths({"PHIDESK_HOME": str(home)}).database))) as connection:
        return connection.pragma("integrity_check")


@pytest.mark.parametrize("kills", KILLS)
@pytest.mark.parametrize("module", [ASK, WINDOW], ids=["ask", "window"])
def test_a_killed_program_keeps_what_was_said(
    tmp_path: Path, daemon: OllamaDaemon, pieces: NumberedPieces, start: Start, kills: int
) -> None:
    chance = random.Random(SEED)
    following = start(tmp_path / "0")
    for number in range(kills):
        home, process = tmp_path / str(number), following
        following = start(tmp_path / str(number + 1))
        kill_piece = chance.randint(1, LATEST_KILL_PIECE)
        pieces.times = []

        ask(process)
        daemon.wait_until(lambda piece=kill_piece: len(pieces.times) >= piece, timeout_s=START_S)  # type: ignore[misc]
        killed_s = kill(process)
        answer = answer_after_restart(home)

        must_be_there = sum(sent_s <= killed_s - LOST_AT_MOST_S for sent_s in pieces.times)
        count = answer.text.count(" ")
        assert answer.text == pieces.text(count)
        assert count >= must_be_there, f"kill {number}: {count} of {must_be_there} pieces"
        assert answer.outcome is not None
        assert answer.outcome.finish is FinishReason.ENDED_EARLY
        assert integrity(home) == "ok"
        daemon.wait_until(lambda: not daemon.is_generating)


@pytest.mark.parametrize("module", [ASK], ids=["ask"])
def test_one_profile_survives_kill_after_kill(
    tmp_path: Path, daemon: OllamaDaemon, pieces: NumberedPieces, start: Start
) -> None:
    kills, piece = 3, 100
    for _ in range(kills):
        process = start(tmp_path)
        pieces.times = []
        ask(process)
        daemon.wait_until(lambda: len(pieces.times) >= piece, timeout_s=START_S)
        kill(process)

    answer = answer_after_restart(tmp_path)

    listed = Program(tmp_path, daemon.url).run("conversations", "--json")
    assert len(listed.document["conversations"]) == kills
    assert answer.text == pieces.text(answer.text.count(" "))
    assert integrity(tmp_path) == "ok"


def test_the_built_in_engine_is_gone_with_the_killed_program(tmp_path: Path) -> None:
    program = Program(tmp_path)
    words = ["ask", "--engine", "builtin", "--conversation", "new", "Write a long story."]
    with program.start(*words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(20)
        children = psutil.Process(process.pid).children(recursive=True)

        kill(process)

        assert children
        assert all(has_ended(child.pid) for child in children)
    answer = answer_after_restart(tmp_path)
    assert answer.outcome is not None
    assert (answer.outcome.finish, answer.engine) == (FinishReason.ENDED_EARLY, "builtin")
