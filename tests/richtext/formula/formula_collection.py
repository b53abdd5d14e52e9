"""Formulas for tests and contact sheets, read from tests/data/formulas.txt."""

from __future__ import annotations

from pathlib import Path

SOURCE_ONLY = "only their source is shown"
"""The group of what draws nothing, or is no formula that somebody could read."""

_FILE = Path(__file__).parents[2] / "data" / "formulas.txt"


def read_formulas() -> dict[str, list[str]]:
    """Return LaTeX without delimiters, by group."""
    groups: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            groups[line.removeprefix("# ")] = []
        elif line and groups:
            list(groups.values())[-1].append(line)
    return groups
