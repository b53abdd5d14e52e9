"""The offline switch and cloud models, end to end: what the program obeys without a window too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from phidesk.core.paths import find_paths
from phidesk.storage.database import open_database
from phidesk.storage.program_state import OFF, OFFLINE, ON, ProgramState
from tests.cli.conftest import Run
from tests.cli.program import Program
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import cloud_model, phi4_mini

ELSEWHERE = "http://192.0.2.1:8000"
"""An address of documentation: nobody has it, and nothing is sent there before a refusal."""


def leave_switch(program: Program, value: str) -> Path:
    """Do as the page Health does."""
    path = find_paths(program.environment).database
    with ThreadPoolExecutor(1) as worker:
        database = open_database(path, worker)
        ProgramState(database).set(OFFLINE, value).result()
        database.close()
    return path


def test_a_server_elsewhere_is_not_asked_while_the_switch_says_so(run: Run, program: Program) -> None:
    leave_switch(program, ON)

    ended = run("ask", "--json", "--engine", ELSEWHERE, "hello")

    assert ended.code == 1
    assert (ended.document["error"], ended.document["facts"]["host"]) == ("SwitchedOffline", "192.0.2.1")


def test_this_computer_is_asked_all_the_same(run: Run, program: Program, daemon: OllamaDaemon) -> None:
    leave_switch(program, ON)

    assert run("ask", "hello").code == 0
    assert any(request.path in ("/api/chat", "/api/generate") for request in daemon.requests)


@pytest.mark.parametrize("value", [OFF, None])
def test_without_the_switch_a_server_elsewhere_may_be_asked(program: Program, value: str | None) -> None:
    if value is not None:
        leave_switch(program, value)
    # 0.0.0.0 is no loopback address for the gate, and leads nowhere: allowed, and refused by the system at once.
    ended = program.run("ask", "--json", "--engine", "http://0.0.0.0:1", "hello")

    assert ended.document["error"] == "EngineUnreachable"


def test_a_cloud_model_is_never_shown_and_never_asked(run: Run, daemon: OllamaDaemon) -> None:
    daemon.is_cloud_disabled = False
    daemon.models[:] = [cloud_model(), phi4_mini()]
    cloud = daemon.models[0].name

    chosen = run("ask", "--json", "hello")
    refused = run("ask", "--json", "--model", cloud, "a secret thing")
    listed = run("doctor")

    assert chosen.document["model"] == "phi4-mini:latest"
    assert (refused.code, refused.document["error"]) == (1, "ModelElsewhere")
    assert cloud not in listed.output
    assert not any("secret" in str(request.body) for request in daemon.requests)


def test_where_only_cloud_models_are_there_is_no_model(run: Run, daemon: OllamaDaemon) -> None:
    daemon.is_cloud_disabled = False
    daemon.models[:] = [cloud_model()]

    ended = run("ask", "--json", "--engine", "ollama", "a secret thing")

    assert (ended.code, ended.document["error"]) == (1, "NoModel")
    assert not any("secret" in str(request.body) for request in daemon.requests)
