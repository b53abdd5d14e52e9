"""The house as a test: which room may use which, and what stands in one only (the picture: phidesk/__init__.py)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "phidesk"

# From the top down; a room may import from the lines below its own, and from itself.
FLOORS = (
    ("__main__",),
    ("self_test",),
    ("app", "cli"),
    ("assembly",),
    ("services", "ui"),
    ("profile",),
    ("chat",),
    ("documents", "tools"),
    ("engine", "storage", "richtext"),
    ("processes",),
    ("core",),
)
# A library of the first column is imported only in the room of the second.
ONLY_IN = {
    "PySide6": "ui",
    "shiboken6": "ui",
    "apsw": "storage",
    "sqlite3": "storage",
    "keyring": "storage",
    "httpx": "engine",
    "ollama": "engine",
    "xllamacpp": "engine",
    "pyromark": "richtext",
    "subprocess": "processes",
}
THREAD_MAKERS = {"Thread", "ThreadPoolExecutor", "QThread", "QRunnable", "Timer"}
VAGUE_NAMES = {"utils", "util", "helpers", "common", "misc", "manager", "base", "mixed", "data"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    """Return the room of a dotted name ("phidesk.engine.gguf" → "engine")."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "phidesk"


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports_of(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, also inside functions and for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert not any(alias.name == "*" for alias in node.names), f"{path}: import *"
            yield node.module or ""


def dotted_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.fixture(params=MODULES, ids=dotted_name)
def module(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_imports_only_go_down(module: Path) -> None:
    room = room_of(dotted_name(module))
    if room == "__init__":
        assert list(imports_of(module)) == []
        return
    ours = [room_of(name) for name in imports_of(module) if name.startswith("phidesk.")]

    wrong = [other for other in ours if other != room and floor_of(other) <= floor_of(room)]

    assert wrong == []


def test_each_library_stays_in_its_room(module: Path) -> None:
    room = room_of(dotted_name(module))
    libraries = {name.split(".")[0] for name in imports_of(module)}

    assert {name for name in libraries if ONLY_IN.get(name, room) != room} == set()


def test_core_knows_only_the_standard_library(module: Path) -> None:
    if room_of(dotted_name(module)) != "core":
        return
    foreign = {name.split(".")[0] for name in imports_of(module)} - sys.stdlib_module_names

    assert foreign <= {"phidesk", "platformdirs"}


def test_threads_are_made_in_one_place(module: Path) -> None:
    if room_of(dotted_name(module)) == "services" or module.name == "leash.py":  # the watch inside the child
        return
    calls = [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]

    names = {call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "") for call in calls}

    assert names & THREAD_MAKERS == set()


def test_every_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert module.stem not in VAGUE_NAMES


def test_the_rule_sees_a_wrong_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def f():\n    from phidesk.ui.theme import theme\n    import PySide6.QtCore\n")

    assert set(imports_of(wrong)) == {"phidesk.ui.theme", "PySide6.QtCore"}
    assert floor_of("ui") < floor_of("chat") < floor_of("engine") < floor_of("core")
