"""Ollama found, started, watched and stopped: with real processes, none of which may be left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from phidesk.core.errors import EngineMissing, EngineNotStarted, EngineStarting, EngineTooOld, EngineUnreachable
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.daemon import DaemonPhase, OllamaDaemon
from phidesk.engine.ollama.probe import probe
from phidesk.engine.protocol import EngineStatus
from phidesk.processes.ports import free_port
from tests.engine.test_conformance import becomes_true
from tests.fakes.ollama_daemon import OllamaDaemon as FakeDaemon
from tests.fakes.ollama_executable import InstalledOllama, Settings, install_ollama
from tests.fakes.openai_server import Reply, scripted_server
from tests.processes.test_child import has_ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the executable is a script with a first line")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[InstalledOllama]:
    """An installed Ollama that is not running."""
    installed = install_ollama(tmp_path / "bin")
    yield installed
    installed.end_all()


Make = Callable[..., OllamaDaemon]


@pytest.fixture
def make(gate: Gate, start_loop: StartLoop, port: int) -> Iterator[Make]:
    """Make whoever looks after Ollama, and close it in the end; nothing it started may be left then."""
    with ExitStack() as made:

        def make(path: Path, address: str = f"http://127.0.0.1:{port}", **limits: float) -> OllamaDaemon:
            daemon = OllamaDaemon(
                address,
                environment={"PATH": str(path), "HOME": str(path)},
                start_loop=start_loop,
                look=lambda address, cancel: probe(address, gate, cancel),
                **limits,
            )
            made.callback(daemon.close)
            return daemon

        yield make
    me = psutil.Process()
    assert [child for child in me.children(recursive=True) if "ollama" in " ".join(child.cmdline())] == []


@pytest.fixture
def daemon(make: Make, ollama: InstalledOllama) -> OllamaDaemon:
    return make(ollama.folder)


@pytest.fixture
def engine(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    engine = OllamaEngine(daemon.address, gate, daemon=daemon)
    yield engine
    engine.close()


def becomes(daemon: OllamaDaemon, phase: DaemonPhase) -> bool:
    return becomes_true(lambda: daemon.state.phase is phase)


def process_id(daemon: OllamaDaemon) -> int:
    assert daemon.process_id is not None
    return daemon.process_id


# Start and stop


def test_nothing_is_started_before_it_is_wanted(daemon: OllamaDaemon, ollama: InstalledOllama) -> None:
    assert daemon.state.phase is DaemonPhase.IDLE
    assert daemon.error() is None
    assert daemon.is_installed

    daemon.close()
    daemon.prepare()

    assert ollama.starts == []
    assert daemon.state.phase is DaemonPhase.IDLE


def test_what_it_wrote_can_be_read_from_the_engine(daemon: OllamaDaemon, engine: OllamaEngine) -> None:
    assert engine.log_lines == []

    daemon.prepare()

    assert becomes_true(lambda: any("Listening on" in line for line in engine.log_lines))


def test_an_installed_ollama_is_started_for_this_computer_alone(
    daemon: OllamaDaemon, ollama: InstalledOllama, port: int
) -> None:
    daemon.prepare()

    assert becomes(daemon, DaemonPhase.RUNNING)
    (start,) = ollama.starts
    assert start.process_id == process_id(daemon) or sys.platform == "darwin"
    assert start.environment == {
        "OLLAMA_HOST": f"127.0.0.1:{port}",
        "OLLAMA_NO_CLOUD": "1",
        "OLLAMA_NOPRUNE": "1",
    }
    assert daemon.state.port_holder == ""


def test_closing_ends_it_and_its_runner(daemon: OllamaDaemon, ollama: InstalledOllama) -> None:
    daemon.prepare()
    assert becomes(daemon, DaemonPhase.RUNNING)
    (start,) = ollama.starts

    daemon.close()
    daemon.close()

    assert has_ended(start.process_id)
    assert has_ended(start.runner_id)
    assert daemon.process_id is None


def test_who_does_not_end_when_asked_is_killed_with_its_runner(
    daemon: OllamaDaemon, ollama: InstalledOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phidesk.engine.ollama.daemon.END_S", 0.1)
    ollama.behave(Settings(ignores_term=True))
    daemon.prepare()
    assert becomes(daemon, DaemonPhase.RUNNING)
    (start,) = ollama.starts

    daemon.close()

    assert has_ended(start.process_id)
    assert has_ended(start.runner_id)


def test_closing_while_it_starts_leaves_nothing(daemon: OllamaDaemon, ollama: InstalledOllama) -> None:
    ollama.behave(Settings(silent_s=None))
    daemon.prepare()
    assert becomes_true(lambda: bool(ollama.starts))

    daemon.close()

    assert has_ended(ollama.starts[0].process_id)
    assert has_ended(ollama.starts[0].runner_id)


def test_both_its_outputs_are_kept_as_log(daemon: OllamaDaemon) -> None:
    daemon.prepare()
    assert becomes(daemon, DaemonPhase.RUNNING)

    assert becomes_true(lambda: any("Listening on" in line for line in daemon.log_lines))
    assert any("Generating new private key" in line for line in daemon.log_lines)


PROGRAM = """
import os, sys, threading
from datetime import UTC, datetime
from phidesk.engine.network import Gate
from phidesk.engine.ollama.daemon import OllamaDaemon
from phidesk.engine.ollama.probe import probe
def start_loop(name, function):
    thread = threading.Thread(target=function); thread.start(); return thread
gate = Gate(lambda: datetime.now(UTC))
daemon = OllamaDaemon(sys.argv[1], environment=os.environ, start_loop=start_loop,
                      look=lambda address, cancel: probe(address, gate, cancel))
daemon.prepare()
sys.stdin.read()
"""


def test_a_killed_program_leaves_neither_daemon_nor_runner(ollama: InstalledOllama, port: int) -> None:
    environment = {**os.environ, "PHIDESK_OLLAMA": str(ollama.path)}
    command = [sys.executable, "-c", PROGRAM, f"http://127.0.0.1:{port}"]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as program:
        assert becomes_true(lambda: bool(ollama.starts))
        (start,) = ollama.starts

        program.kill()

        assert has_ended(start.process_id)
        assert has_ended(start.runner_id)


def test_a_foreign_one_that_stays_silent_cannot_be_reached(
    make: Make, gate: Gate, tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phidesk.engine.ollama.probe.PROBE_PATIENCE_S", 0.1)
    monkeypatch.setattr("phidesk.engine.ollama.client.SHORT_PATIENCE_S", 0.1)
    daemon = make(tmp_path / "nothing installed", silence_limit_s=0.3)
    engine = OllamaEngine(daemon.address, gate, daemon=daemon)
    with FakeDaemon(port=port) as foreign:
        foreign.is_frozen = True
        engine.prepare()
        assert becomes(daemon, DaemonPhase.SILENT)
        assert engine.state().status is EngineStatus.UNREACHABLE
        with pytest.raises(EngineUnreachable):
            engine.models()

        foreign.is_frozen = False

        assert engine.models()
        engine.prepare()
        assert becomes(daemon, DaemonPhase.FOREIGN)
    engine.close()


# Asked while it starts


def test_questions_hear_that_it_starts_until_it_answers(
    engine: OllamaEngine, daemon: OllamaDaemon, ollama: InstalledOllama
) -> None:
    ollama.behave(Settings(silent_s=0.3))
    engine.prepare()

    with pytest.raises(EngineStarting):
        engine.models()
    assert engine.state().status is EngineStatus.STARTING
    assert becomes(daemon, DaemonPhase.RUNNING)

    assert [model.name for model in engine.models()]
    state = engine.state()
    assert (state.status, state.is_ours, state.address) == (EngineStatus.READY, True, daemon.address)


def test_a_start_that_takes_too_long_has_failed(make: Make, ollama: InstalledOllama) -> None:
    ollama.behave(Settings(silent_s=None))
    daemon = make(ollama.folder, ready_limit_s=0.3)

    daemon.prepare()

    assert becomes(daemon, DaemonPhase.FAILED)
    assert becomes_true(lambda: bool(ollama.starts) and has_ended(ollama.starts[0].process_id))


def test_waiting_for_the_first_look_can_be_stopped(start_loop: StartLoop, port: int) -> None:
    def look_for_ever(_address: str, cancel: Cancellation) -> None:
        cancel.wait(60)
        cancel.check()

    daemon = OllamaDaemon(
        f"http://127.0.0.1:{port}",
        environment={},
        start_loop=start_loop,
        look=look_for_ever,  # type: ignore[arg-type]
    )
    daemon.prepare()
    cancel = Cancellation()
    cancel.cancel()

    with pytest.raises(Cancelled):
        daemon.error(cancel)

    daemon.close()


# Not there, or not able


def test_without_an_installed_one_it_is_missing_until_somebody_installs_it(
    make: Make, gate: Gate, tmp_path: Path
) -> None:
    daemon = make(tmp_path / "bin")
    engine = OllamaEngine(daemon.address, gate, daemon=daemon)
    engine.prepare()
    with pytest.raises(EngineMissing):
        engine.models()
    assert engine.state().status is EngineStatus.ABSENT

    install_ollama(tmp_path / "bin")
    engine.prepare()

    assert becomes(daemon, DaemonPhase.RUNNING)
    assert engine.models()


def test_a_failed_start_tells_the_last_words_and_is_tried_again_when_wanted(
    engine: OllamaEngine, daemon: OllamaDaemon, ollama: InstalledOllama
) -> None:
    ollama.behave(Settings(refusal="could not create directory mkdir /home/somebody/.ollama: permission denied"))
    engine.prepare()
    assert becomes(daemon, DaemonPhase.FAILED)
    with pytest.raises(EngineNotStarted) as raised:
        engine.models()
    assert "permission denied" in raised.value.detail
    assert "exit code 1" in raised.value.detail
    assert "permission denied" in engine.state().detail

    ollama.behave(Settings())
    engine.prepare()

    assert becomes(daemon, DaemonPhase.RUNNING)
    assert engine.models()


def test_a_try_that_nobody_asked_for_becomes_a_start_when_somebody_does(
    daemon: OllamaDaemon, ollama: InstalledOllama
) -> None:
    ollama.behave(Settings(refusal="no"))
    daemon.prepare()
    assert becomes(daemon, DaemonPhase.FAILED)
    ollama.behave(Settings(silent_s=1.0))
    assert becomes_true(lambda: bool(ollama.starts))
    assert daemon.state.phase is DaemonPhase.FAILED

    daemon.prepare()

    assert isinstance(daemon.error(), EngineStarting)
    assert becomes(daemon, DaemonPhase.RUNNING)
    assert len(ollama.starts) == 1


def test_an_executable_that_cannot_run_has_failed(make: Make, tmp_path: Path) -> None:
    (tmp_path / "ollama").write_text("not a program")
    (tmp_path / "ollama").chmod(0o755)
    daemon = make(tmp_path)

    daemon.prepare()

    assert becomes(daemon, DaemonPhase.FAILED)
    assert "ollama" in daemon.state.detail


def test_one_that_is_too_old_says_so(engine: OllamaEngine, daemon: OllamaDaemon, ollama: InstalledOllama) -> None:
    ollama.behave(Settings(version="0.11.9"))
    engine.prepare()
    assert becomes(daemon, DaemonPhase.RUNNING)

    with pytest.raises(EngineTooOld) as raised:
        engine.models()

    assert (raised.value.version, raised.value.needed) == ("0.11.9", "0.12.4")


# It dies


def test_one_that_dies_is_started_again_and_its_runner_is_not_left(
    daemon: OllamaDaemon, ollama: InstalledOllama
) -> None:
    daemon.prepare()
    assert becomes(daemon, DaemonPhase.RUNNING)
    (first,) = ollama.starts

    os.kill(first.process_id, signal.SIGKILL)

    assert has_ended(first.runner_id)
    assert becomes_true(lambda: len(ollama.starts) == 2)
    assert becomes(daemon, DaemonPhase.RUNNING)
    assert ollama.starts[1].process_id != first.process_id


def test_one_that_dies_again_and_again_has_failed(daemon: OllamaDaemon, ollama: InstalledOllama) -> None:
    ollama.behave(Settings(lives_s=0.3))

    daemon.prepare()

    assert becomes(daemon, DaemonPhase.FAILED)
    assert len(ollama.starts) == 3
    assert "exit code 2" in daemon.state.detail
    assert isinstance(daemon.error(), EngineNotStarted)


# Somebody else is there


def test_a_running_one_is_used_and_left_alone(engine: OllamaEngine, daemon: OllamaDaemon, port: int) -> None:
    with FakeDaemon(port=port) as foreign:
        engine.prepare()
        assert engine.models()
        assert daemon.state.phase is DaemonPhase.FOREIGN
        assert not engine.state().is_ours

        engine.close()

        assert probe(foreign.url, Gate(lambda: None)).is_ready  # type: ignore[arg-type, return-value]
    assert daemon.process_id is None


def test_one_that_is_gone_is_given_time_to_come_back(
    engine: OllamaEngine, daemon: OllamaDaemon, ollama: InstalledOllama, port: int
) -> None:
    with FakeDaemon(port=port) as foreign:
        engine.prepare()
        assert engine.models()
        foreign.kill()
        with pytest.raises(EngineUnreachable):
            engine.models()
        assert daemon.state.phase is DaemonPhase.FOREIGN

        foreign.start()

        assert engine.models()
        engine.prepare()
        assert becomes(daemon, DaemonPhase.FOREIGN)
    assert ollama.starts == []


def test_ours_takes_over_where_somebody_elses_is_gone_and_wanted(
    engine: OllamaEngine, daemon: OllamaDaemon, port: int
) -> None:
    with FakeDaemon(port=port) as foreign:
        engine.prepare()
        assert engine.models()
        foreign.kill()
        with pytest.raises(EngineUnreachable):
            engine.models()

    engine.prepare()

    assert becomes(daemon, DaemonPhase.RUNNING)
    assert engine.models()


def test_ours_takes_over_by_itself_after_a_while(make: Make, ollama: InstalledOllama, gate: Gate, port: int) -> None:
    daemon = make(ollama.folder, grace_s=0.1)
    engine = OllamaEngine(daemon.address, gate, daemon=daemon)
    with FakeDaemon(port=port) as foreign:
        engine.prepare()
        assert engine.models()
        foreign.kill()

    with pytest.raises((EngineUnreachable, EngineStarting)):
        engine.models()

    assert becomes(daemon, DaemonPhase.RUNNING)


def test_a_foreign_one_that_starts_is_waited_for(
    engine: OllamaEngine, daemon: OllamaDaemon, ollama: InstalledOllama, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phidesk.engine.ollama.probe.PROBE_PATIENCE_S", 0.1)
    monkeypatch.setattr("phidesk.engine.ollama.daemon.port_holder", lambda _port: "ollama")
    with FakeDaemon(port=port) as foreign:
        foreign.is_frozen = True
        engine.prepare()
        assert becomes(daemon, DaemonPhase.STARTING)
        with pytest.raises(EngineStarting):
            engine.models()

        foreign.is_frozen = False

        assert becomes(daemon, DaemonPhase.FOREIGN)
    assert ollama.starts == []


@pytest.mark.parametrize(
    "reply", [Reply([b"<html>Hello</html>"], kind="text/html"), Reply([b"{}"]), Reply([b"no such page"], status=404)]
)
def test_a_port_that_something_else_serves_is_left_to_it(
    make: Make, ollama: InstalledOllama, gate: Gate, reply: Reply
) -> None:
    with scripted_server() as stranger:
        stranger.replies["/api/version"] = reply
        daemon = make(ollama.folder, stranger.address)
        engine = OllamaEngine(stranger.address, gate, daemon=daemon)

        engine.prepare()

        assert becomes(daemon, DaemonPhase.RUNNING)
        assert daemon.address == f"http://{ollama.starts[0].environment['OLLAMA_HOST']}"
        assert daemon.address != stranger.address
        assert engine.models()
        state = engine.state()
        assert (state.address, state.is_ours, state.port_holder) == (daemon.address, True, psutil.Process().name())


def test_where_something_else_serves_the_port_a_failed_start_is_told_and_not_the_stranger(
    make: Make, ollama: InstalledOllama, gate: Gate
) -> None:
    ollama.behave(Settings(refusal="no"))
    with scripted_server() as stranger:
        daemon = make(ollama.folder, stranger.address)
        engine = OllamaEngine(stranger.address, gate, daemon=daemon)
        engine.prepare()
        assert becomes(daemon, DaemonPhase.FAILED)

        with pytest.raises(EngineNotStarted) as raised:
            engine.models()

    assert raised.value.port_holder == psutil.Process().name()


def test_a_port_that_something_silent_holds_is_left_to_it(
    daemon: OllamaDaemon, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phidesk.engine.ollama.probe.PROBE_PATIENCE_S", 0.1)
    with socket.create_server(("127.0.0.1", port)):
        daemon.prepare()

        assert becomes(daemon, DaemonPhase.RUNNING)
        assert daemon.address != f"http://127.0.0.1:{port}"
        assert daemon.state.port_holder == psutil.Process().name()


def test_a_port_that_is_bound_without_being_served_is_left_to_its_holder(
    daemon: OllamaDaemon, ollama: InstalledOllama, port: int
) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))

        daemon.prepare()

        assert becomes(daemon, DaemonPhase.RUNNING)
        assert daemon.address != f"http://127.0.0.1:{port}"
        assert daemon.state.port_holder == "?"
        assert len(ollama.starts) == 1
