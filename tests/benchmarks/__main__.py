"""`python3 dev.py bench [NAME ...]`: goals and figures side by side. Without names, all of them."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator

from tests.benchmarks import answering, cold_start, command_line, downloads, stalls, tokens, transcript
from tests.benchmarks.figures import Figure

MEASUREMENTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": cold_start.measure,
    "stalls": stalls.measure,
    "answering": answering.measure,
    "command": command_line.measure,
    "downloads": downloads.measure,
    "transcript": transcript.measure,
    "tokens": tokens.measure,
}


def main() -> None:
    """Measure and print; the exit code does not depend on what came out."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", metavar="|".join(MEASUREMENTS), help="what to measure; all by default")
    names = parser.parse_args().names
    if unknown := set(names) - set(MEASUREMENTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print("✓ goal reached, ✗ goal missed; medians of interleaved runs\n")
    for name in names or MEASUREMENTS:
        for figure in MEASUREMENTS[name]():
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
