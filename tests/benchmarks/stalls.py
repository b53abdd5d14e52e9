"""How long the main thread stands still while an answer of 1000 tokens a second streams through the whole program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tests.benchmarks.daemon_process import daemon_process
from tests.benchmarks.figures import Figure, percentile

TOKENS_PER_S = 1000
GOAL_P99_MS = 5.0


def measure() -> Iterator[Figure]:
    """Yield p99 and maximum of the lateness of a heartbeat of 1 ms, streaming and idle."""
    with tempfile.TemporaryDirectory() as home, daemon_process(TOKENS_PER_S) as address:
        environment = {**os.environ, "PHIDESK_HOME": home, "OLLAMA_HOST": address, "PHIDESK_OLLAMA": "none"}
        command = [sys.executable, "-m", "tests.benchmarks.stall_process"]
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    idle_ms, streaming_ms, (idle_share, streaming_share) = (json.loads(line) for line in output.splitlines())
    stream = f"{TOKENS_PER_S} tokens/s"
    idle = f"idle {percentile(idle_ms, 0.99):.2f}, max {max(idle_ms):.1f}"
    yield Figure(
        f"stall of the main thread p99, {stream}", percentile(streaming_ms, 0.99), "ms", GOAL_P99_MS, explanation=idle
    )
    yield Figure(f"stall of the main thread max, {stream}", max(streaming_ms), "ms")
    yield Figure(
        "processor for 1,000 tokens, the whole program",
        (streaming_share - idle_share) * 1000 / TOKENS_PER_S,
        "s",
        explanation="Alpaca 0.63, ollama-gui 1.7, Open WebUI 2.7, oterm 7.9",
    )
