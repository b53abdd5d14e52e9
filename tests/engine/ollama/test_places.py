"""Where Ollama lies, on each system, and where we may start it."""

from __future__ import annotations

from pathlib import Path

import pytest

from phidesk.engine.ollama.places import find_ollama, fixed_places, may_be_started


def make_executable(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(0o755)
    return str(path)


def test_the_persons_own_word_comes_first(tmp_path: Path) -> None:
    on_path, elsewhere = make_executable(tmp_path / "bin/ollama"), make_executable(tmp_path / "opt/mine")
    environment = {"PATH": str(tmp_path / "bin")}

    assert find_ollama({**environment, "PHIDESK_OLLAMA": elsewhere}) == elsewhere
    assert find_ollama({**environment, "PHIDESK_OLLAMA": str(tmp_path / "absent")}) is None
    assert find_ollama(environment) == on_path


@pytest.mark.parametrize(
    ("system", "environment", "place"),
    [
        ("linux", {}, "/usr/local/bin/ollama"),
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.local/bin/ollama"),
        ("darwin", {}, "/opt/homebrew/bin/ollama"),
        ("darwin", {}, "/Applications/Ollama.app/Contents/Resources/ollama"),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Applications/Ollama.app/Contents/Resources/ollama"),
        ("win32", {"LOCALAPPDATA": r"C:\Local"}, r"C:\Local\Programs\Ollama\ollama.exe"),
        ("win32", {"ProgramFiles": r"C:\Program Files"}, r"C:\Program Files\Ollama\ollama.exe"),
    ],
)
def test_where_installers_put_it(system: str, environment: dict[str, str], place: str) -> None:
    assert place in fixed_places(environment, system)
    assert find_ollama(environment, system=system, is_executable=lambda path: path == place) == place


def test_nothing_installed_is_no_error() -> None:
    assert find_ollama({}, is_executable=lambda _: False) is None
    assert fixed_places({}, "win32") == []


@pytest.mark.parametrize(
    ("address", "can_be"),
    [
        ("http://127.0.0.1:11434", True),
        ("http://127.0.0.1:9000", True),
        ("http://192.168.1.5:11434", False),
        ("http://server.local:11434", False),
        ("https://127.0.0.1:443", False),
        ("http://127.0.0.1:80/behind/a/proxy", False),
    ],
)
def test_only_on_this_computer_we_may_start_one(address: str, can_be: bool) -> None:
    assert may_be_started(address, {}) is can_be
    assert not may_be_started(address, {"PHIDESK_OLLAMA": "none"})
