"""How long the main thread stands still while 1 GB is downloaded, hashed and written as fast as this computer can."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.figures import Figure, percentile

SIZE_BYTES = 10**9
GOAL_P99_MS = 5.0


@contextmanager
def registry_process() -> Iterator[str]:
    """Run a registry in a process of its own until the block ends; gives its address."""
    command = [sys.executable, "-m", "tests.fakes.model_registry", str(SIZE_BYTES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()


def measure() -> Iterator[Figure]:
    """Yield p99 and maximum of the lateness of a heartbeat of 1 ms, and the speed."""
    with tempfile.TemporaryDirectory() as home, registry_process() as address:
        environment = {**os.environ, "PHIDESK_HOME": home, "PHIDESK_OLLAMA": "NONE"}
        command = [sys.executable, "-m", "tests.benchmarks.download_process", address]
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    idle_ms, loading_ms, seconds = (json.loads(line) for line in output.splitlines())
    idle = f"idle {percentile(idle_ms, 0.99):.2f}, max {max(idle_ms):.1f}"
    yield Figure(
        "stall of the main thread p99, download of 1 GB",
        percentile(loading_ms, 0.99),
        "ms",
        GOAL_P99_MS,
        explanation=idle,
    )
    yield Figure("stall of the main thread max, download of 1 GB", max(loading_ms), "ms")
    yield Figure("download of 1 GB from this computer", SIZE_BYTES / seconds / 1e6, "MB/s")
