"""A folder of its own for each command line, and an Ollama daemon that says scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phidesk.cli.main import run_command
from tests.cli.program import NOBODY, Ended, Program
from tests.fakes.ollama_daemon import OllamaDaemon

Run = Callable[..., Ended]


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon() as daemon:
        yield daemon


@pytest.fixture
def program(tmp_path: Path, daemon: OllamaDaemon) -> Program:
    """The program with the daemon."""
    return Program(tmp_path, daemon.url)


@pytest.fixture
def lonely_program(tmp_path: Path) -> Program:
    """The program where no Ollama runs."""
    return Program(tmp_path, NOBODY)


@pytest.fixture
def run(program: Program, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, which saves starting one."""

    def run(*arguments: str) -> Ended:
        code = run_command(arguments, program.environment, self_test=lambda: 0)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run
