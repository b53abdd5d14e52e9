"""`phidesk doctor` and `phidesk conversations`."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.program import Program
from tests.fakes.ollama_daemon import OllamaDaemon


def test_doctor_tells_engines_models_memory_and_disk(program: Program) -> None:
    ended = program.run("doctor")

    lines = ended.output.splitlines()
    assert (ended.code, ended.errors) == (0, "")
    assert lines[0] == "✓ Who answers: Ollama answers with Phi-4-mini."
    assert lines[1].startswith("✓ Ollama 0.33.0-rc2: ")
    assert lines[2].startswith("✓ Built-in engine ")
    for title in ("Where it runs", "Memory of the computer", "Disk", "Conversations", "Folder of models", "Letters"):
        assert sum(line[2:].startswith(f"{title}: ") for line in lines) == 1
    assert lines[-1] == "✓ Internet: Nothing left this computer since PhiDesk was started."
    assert all(line[0] in "✓·✗" for line in lines)


def test_doctor_tells_it_as_one_object(run: Run, daemon: OllamaDaemon) -> None:
    run("ask", "hello")

    ended = run("doctor", "--json")

    document = ended.document
    ollama, builtin = document["engines"]
    assert (ended.code, len(ended.output.splitlines())) == (0, 1)
    assert (document["engine"], document["model"], document["error"]) == ("ollama", "phi4-mini:latest", None)
    assert (ollama["status"], ollama["version"], ollama["address"]) == ("ready", "0.33.0-rc2", daemon.url)
    assert {model["name"] for model in ollama["models"]} >= {"phi4-mini:latest", "smollm2:latest"}
    assert ollama["loaded"][0]["window_tokens"] == 8192
    assert (builtin["name"], builtin["status"], builtin["loaded"]) == ("builtin", "ready", [])
    assert document["memory"]["total_bytes"] > document["memory"]["free_bytes"] > 0
    assert document["disk"]["total_bytes"] > document["disk"]["free_bytes"] > 0
    assert document["placement"]["cause"] in {"fits", "no_card", "too_large", "not_used"}
    assert {folder["use"]: folder["error"] for folder in document["folders"]} == {
        "data": None,
        "models": None,
        "logs": None,
    }
    assert document["database"] == {"size_bytes": None, "error": None, "facts": {}}
    assert document["network"] == {"is_offline": False, "outside_connections": 0}
    assert document["fonts"]["family"]


def test_doctor_finds_the_built_in_engine_where_ollama_does_not_run(lonely_program: Program) -> None:
    ended = lonely_program.run("doctor", "--json")

    ollama, builtin = ended.document["engines"]
    assert (ended.code, ended.document["engine"]) == (0, "builtin")
    assert (ollama["status"] in {"unreachable", "absent"}, builtin["status"]) == (True, "ready")
    assert builtin["models"]


def test_doctor_writes_a_bundle_for_those_who_help(run: Run, daemon: OllamaDaemon, tmp_path: Path) -> None:
    run("ask", "--conversation", "new", "What about the inheritance of my aunt?")

    ended = run("doctor", "--bundle", str(tmp_path / "help.zip"))

    with zipfile.ZipFile(tmp_path / "help.zip") as bundle:
        files = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert (ended.code, ended.error_lines) == (0, [f"The file for those who help: {tmp_path / 'help.zip'}"])
    assert files["summary.txt"] == ended.output
    assert json.loads(files["diagnosis.json"])["engine"] == "ollama"
    assert not any("inheritance" in text for text in files.values())


def test_a_bundle_that_cannot_be_written_is_one_sentence(run: Run, daemon: OllamaDaemon, tmp_path: Path) -> None:
    ended = run("doctor", "--bundle", str(tmp_path / "no folder" / "help.zip"))

    assert (ended.code, len(ended.error_lines)) == (1, 1)


def test_conversations_are_listed_newest_first(run: Run, daemon: OllamaDaemon) -> None:
    first = run("ask", "--json", "--conversation", "new", "first").document["conversation"]
    second = run("ask", "--json", "--conversation", "new", "second").document["conversation"]

    ended = run("conversations")

    lines = ended.output.splitlines()
    assert ended.code == 0
    assert [line.split()[0] for line in lines] == [second, first]
    assert [line.split()[-1] for line in lines] == ["second", "first"]


def test_no_conversations_are_an_empty_list(run: Run) -> None:
    ended = run("conversations", "--json")

    assert (ended.code, ended.document) == (0, {"conversations": [], "error": None, "facts": {}})


def test_help_and_version_are_printed(run: Run, program: Program) -> None:
    version = program.run("--version")
    words = program.run("ask", "--help")

    assert (version.code, version.output.split()[0]) == (0, "PhiDesk")
    assert words.code == 0
    for option in ("--engine", "--model", "--system", "--window", "--max-tokens", "--temperature", "--seed"):
        assert option in words.output
