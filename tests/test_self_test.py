"""The self-test as packages run it, and that it can fail."""

from __future__ import annotations

import subprocess
import sys

from phidesk.engine.protocol import BUILTIN

PATIENCE_S = 120


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], capture_output=True, encoding="utf-8", timeout=PATIENCE_S, check=False
    )


def test_it_passes_here() -> None:
    result = run("-m", "phidesk", "self-test")

    assert result.stdout.count("✓") == 5
    assert "✗" not in result.stdout
    assert (result.returncode, result.stderr) == (0, "")


def test_it_fails_where_the_model_is_missing_and_says_so() -> None:
    result = run("-c", "import sys; from phidesk.self_test import run_self_test; sys.exit(run_self_test('none'))")

    assert "✗ The practice model answers." in result.stdout
    assert f"engine: {BUILTIN}" in result.stdout
    assert result.returncode == 1
