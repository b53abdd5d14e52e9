"""`phidesk model-to-stick` and `phidesk model-from-stick`, with the practice model and the recorded daemon."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import ollama
import pytest

from phidesk.core.paths import PRACTICE_MODEL_FILE
from tests.cli.conftest import Run
from tests.cli.program import NOBODY, Program, end_of
from tests.fakes.ollama_daemon import OllamaDaemon

PRACTICE = PRACTICE_MODEL_FILE.removesuffix(".gguf")
WAIT_S, LOOK_S = 20.0, 0.001


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def other_program(tmp_path: Path) -> Program:
    """Another computer, where no Ollama runs."""
    return Program(tmp_path / "other computer", NOBODY)


def test_the_practice_model_is_written_and_taken_in_elsewhere(
    lonely_program: Program, other_program: Program, stick: Path
) -> None:
    written = lonely_program.run("model-to-stick", PRACTICE, str(stick))
    taken = other_program.run("model-from-stick", str(stick))

    target = other_program.home / "models" / PRACTICE_MODEL_FILE
    assert (written.code, written.errors, taken.code, taken.errors) == (0, "", 0, "")
    assert written.output.startswith("SmolLM2 135M (practice model) (98 MB) is on the stick and was checked: ")
    assert str(stick / PRACTICE) in written.output
    assert taken.output == "SmolLM2 135M (practice model) was taken in and can be used (Built-in engine).\n"
    assert target.stat().st_size == (stick / PRACTICE / PRACTICE_MODEL_FILE).stat().st_size
    assert "press" in (stick / PRACTICE / "README.txt").read_text(encoding="utf-8")


def test_it_goes_to_ollama_where_that_runs(run: Run, daemon: OllamaDaemon, stick: Path) -> None:
    written = run("model-to-stick", "--json", "--engine", "builtin", PRACTICE, str(stick))

    taken = run("model-from-stick", "--json", str(stick))
    again = run("model-from-stick", str(stick / PRACTICE))

    (model,) = written.document["models"]
    (given,) = taken.document["models"]
    assert (model["name"], model["engine"], model["folder"]) == (PRACTICE, "builtin", str(stick / PRACTICE))
    assert (given["name"], given["engine"]) == (f"{PRACTICE}:latest", "ollama")
    assert given["copied_bytes"] == model["size_bytes"]
    assert again.output == "SmolLM2 135M (practice model) was here already (Ollama).\n"
    with ollama.Client(daemon.url) as client:
        assert f"{PRACTICE}:latest" in {model.model for model in client.list().models}


def test_a_model_of_ollama_is_found_in_its_folder_also_while_it_does_not_run(
    tmp_path: Path, stick: Path, scripted_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    with OllamaDaemon([], models_folder=tmp_path / "ollama") as daemon:
        digest = daemon.store.keep((scripted_folder / "scripted.gguf").read_bytes())
        with ollama.Client(daemon.url) as client:
            client.create("talker", files={"m.gguf": digest})
        program = Program(tmp_path / "home", daemon.url)
        running = program.run("model-to-stick", "talker", str(stick / "first"))
    stopped = program.run("model-to-stick", "talker", str(stick / "second"))

    assert (running.code, stopped.code) == (0, 0)
    assert (stick / "first" / "talker" / "manifests").is_dir()
    assert (stick / "second" / "talker" / "manifests").is_dir()


def test_problems_are_said_in_a_sentence(lonely_program: Program, stick: Path) -> None:
    empty = lonely_program.run("model-from-stick", str(stick))
    missing = lonely_program.run("model-to-stick", "--engine", "builtin", "nothing", str(stick))
    wrong = lonely_program.run("model-from-stick", "--engine", "http://127.0.0.1:1", str(stick))

    assert (empty.code, missing.code, wrong.code) == (1, 1, 1)
    assert empty.error_lines == ["There is no model from PhiDesk in this folder."]
    assert missing.error_lines == ["The built-in engine does not have Nothing."]
    assert wrong.errors.startswith("This cannot be done: --engine: neither ollama nor builtin")


def test_ctrl_c_leaves_nothing_on_the_stick(lonely_program: Program, stick: Path) -> None:
    process = lonely_program.start("model-to-stick", PRACTICE, str(stick))
    wait_for_file(stick)

    process.send_signal(signal.SIGINT)
    ended = end_of(process)

    assert (ended.code, ended.output) == (1, "")
    assert ended.error_lines == ["Stopped"]
    assert list(stick.iterdir()) == []


def wait_for_file(stick: Path) -> None:
    pause = threading.Event()
    assert any(any(stick.rglob("*.gguf")) or pause.wait(LOOK_S) for _ in range(int(WAIT_S / LOOK_S)))
