"""An Ollama that is installed and not running: looks say that it starts, questions wait for it, but not for ever."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from phidesk.chat.engine_choice import EngineDirectory, EngineReport, EngineWatch
from phidesk.core.errors import EngineMissing, EngineNotStarted, EngineStarting
from phidesk.core.hub import Hub
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.daemon import OllamaDaemon
from phidesk.engine.ollama.probe import probe
from phidesk.engine.protocol import OLLAMA, Engine
from phidesk.processes.ports import free_port
from tests.engine.test_conformance import becomes_true
from tests.fakes.ollama_daemon import OllamaDaemon as FakeDaemon
from tests.fakes.ollama_executable import InstalledOllama, Settings, install_ollama
from tests.fakes.ollama_models import smollm2

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the executable is a script with a first line")


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[InstalledOllama]:
    installed = install_ollama(tmp_path / "bin")
    yield installed
    installed.end_all()


@pytest.fixture
def other() -> Iterator[FakeDaemon]:
    """Where another engine of this computer is ready."""
    with FakeDaemon([smollm2()]) as other:
        yield other


Open = Callable[..., EngineDirectory]


@pytest.fixture
def open_directory(gate: Gate, start_loop: StartLoop, tmp_path: Path) -> Iterator[Open]:
    """Open a directory of the Ollama that may be installed, and another engine if there is one."""
    with ExitStack() as opened:

        def open_directory(other: FakeDaemon | None = None) -> EngineDirectory:
            address = f"http://127.0.0.1:{free_port()}"
            daemon = OllamaDaemon(
                address,
                environment={"PATH": str(tmp_path / "bin")},
                start_loop=start_loop,
                look=lambda place, cancel: probe(place, gate, cancel),
            )
            engines: list[Engine] = [OllamaEngine(address, gate, daemon=daemon)]
            if other is not None:
                engines.append(OllamaEngine(other.url, gate))
            directory = EngineDirectory(lambda: engines, lambda address: OllamaEngine(address, gate))
            opened.callback(directory.close)
            return directory

        yield open_directory


def test_a_question_waits_for_the_preferred_engine(
    open_directory: Open, ollama: InstalledOllama, other: FakeDaemon
) -> None:
    ollama.behave(Settings(silent_s=0.6))
    directory = open_directory(other)
    notes: list[str] = []

    choice = directory.choose(note_starting=notes.append)

    assert choice.engine is directory.local_engines[0]
    assert choice.model.is_phi4_mini
    assert choice.passed_over == ()
    assert notes == [OLLAMA]


def test_another_engine_answers_where_the_start_takes_too_long(
    open_directory: Open, ollama: InstalledOllama, other: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phidesk.chat.engine_choice.STARTING_PATIENCE_S", 0.1)
    ollama.behave(Settings(silent_s=None))
    directory = open_directory(other)

    choice = directory.choose()

    assert choice.engine is directory.local_engines[1]
    assert [type(problem) for problem in choice.passed_over] == [EngineStarting]


def test_without_another_engine_a_question_waits_on(
    open_directory: Open, ollama: InstalledOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phidesk.chat.engine_choice.STARTING_PATIENCE_S", 0.0)
    ollama.behave(Settings(silent_s=0.6))

    assert open_directory().choose().model.is_phi4_mini


def test_the_waiting_has_an_end(open_directory: Open, ollama: InstalledOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phidesk.chat.engine_choice.STARTING_LIMIT_S", 0.1)
    ollama.behave(Settings(silent_s=None))

    with pytest.raises(EngineStarting):
        open_directory().choose(OLLAMA)


def test_stop_ends_the_waiting(open_directory: Open, ollama: InstalledOllama) -> None:
    ollama.behave(Settings(silent_s=None))
    cancel = Cancellation()

    with pytest.raises(Cancelled):
        open_directory().choose(OLLAMA, cancel=cancel, note_starting=lambda _engine: cancel.cancel())


def test_a_failed_start_is_tried_again_with_every_question(open_directory: Open, ollama: InstalledOllama) -> None:
    ollama.behave(Settings(refusal="mkdir: permission denied"))
    directory = open_directory()
    with pytest.raises(EngineNotStarted):
        directory.choose(OLLAMA)

    ollama.behave(Settings())

    assert directory.choose(OLLAMA).engine.name == OLLAMA


def test_a_look_starts_nothing(open_directory: Open, ollama: InstalledOllama) -> None:
    report = open_directory().report(None, None)

    assert report.error is not None
    assert not isinstance(report.error, EngineStarting)
    assert ollama.starts == []


def test_a_report_says_what_was_passed_over(open_directory: Open, other: FakeDaemon) -> None:
    directory = open_directory(other)
    directory.prepare()

    report = directory.report(None, None)

    assert report.model is not None
    assert [type(problem) for problem in report.passed_over] == [EngineMissing]


def test_the_watch_starts_it_and_tells_both_that_it_starts_and_that_it_is_ready(
    open_directory: Open, ollama: InstalledOllama, other: FakeDaemon, start_loop: StartLoop
) -> None:
    ollama.behave(Settings(silent_s=0.6))
    reports: list[EngineReport] = []
    hub = Hub(lambda closure: closure())
    hub.subscribe(EngineReport, reports.append)
    cancel = Cancellation()
    watch = EngineWatch(open_directory(other), hub, lambda: (None, None))

    loop: threading.Thread = start_loop("engine-watch", lambda: watch.run(cancel))

    assert becomes_true(lambda: any(report.model is not None for report in reports))
    cancel.cancel()
    loop.join()
    assert isinstance(reports[0].error, EngineStarting)
    assert reports[0].engine_name == OLLAMA
    assert reports[-1].model is not None
    assert reports[-1].model.is_phi4_mini
