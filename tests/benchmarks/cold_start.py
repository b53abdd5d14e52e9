"""From starting the process to the painted window, against plain Qt with the same kinds of widgets."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, interleaved_medians

GOAL_RATIO = 1.5
ROUNDS, ROUNDS_COLD = 9, 3
HOT_SPOTS = 12
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
PROGRAM, BARE = "tests.benchmarks.window_start_process", "tests.benchmarks.bare_window_process"
COMPLETED = "completed"
"""Signal of the window: what is behind the first paint is there too, and a question can be sent."""


def measure() -> Iterator[Figure]:
    """Yield figures with warm caches and, where the system lets us empty them, with cold ones."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as bytecode:
        # Both start from compiled modules, as an installed program does, whatever this environment says.
        os.environ |= {"PHIDESK_HOME": home, "PYTHONPYCACHEPREFIX": bytecode}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        program_ms, completed_ms, bare_ms = interleaved_medians(
            ROUNDS, lambda: _start_ms(PROGRAM), lambda: _start_ms(PROGRAM, COMPLETED), lambda: _start_ms(BARE)
        )
        yield from _figures("warm", program_ms, bare_ms)
        yield Figure("start to a window that takes a question, warm", completed_ms, "ms")
        if os.access(DROP_CACHES, os.W_OK):
            yield from _figures(
                "cold caches",
                *interleaved_medians(ROUNDS_COLD, lambda: _cold_start_ms(PROGRAM), lambda: _cold_start_ms(BARE)),
            )


def _figures(how: str, program_ms: float, bare_ms: float) -> Iterable[Figure]:
    ratio = Figure(
        f"start to painted window ÷ bare Qt window, {how}",
        program_ms / bare_ms,
        "",
        GOAL_RATIO,
        explanation=f"{program_ms:.0f} ms ÷ {bare_ms:.0f} ms",
    )
    yield ratio
    if ratio.is_missed:
        sys.stdout.write("  slowest imports of our start, milliseconds of their own:\n")
        sys.stdout.writelines(f"    {line}\n" for line in _hot_spots())


def _start_ms(module: str, *arguments: str) -> float:
    started_s = time.monotonic()
    command = [sys.executable, "-m", module, *arguments]
    painted = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return (float(painted) - started_s) * 1000


def _cold_start_ms(module: str) -> float:
    os.sync()
    DROP_CACHES.write_text("3")
    return _start_ms(module)


def _hot_spots() -> list[str]:
    report = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", PROGRAM], capture_output=True, text=True, check=True
    ).stderr
    rows = [line.removeprefix("import time:").split("|") for line in report.splitlines()[1:] if line.count("|") == 2]
    times = sorted(((int(own), name.strip()) for own, _, name in rows if own.strip().isdigit()), reverse=True)
    return [f"{own_us / 1000:7.1f}  {name}" for own_us, name in times[:HOT_SPOTS]]
