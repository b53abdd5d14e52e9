"""The recorded Ollama daemon in a process of its own: markdown without end, at the pace that was asked for.

`python -m tests.benchmarks.daemon_process PIECES_PER_SECOND TOKENS_READ_PER_SECOND`; 0 means as fast as it can. Prints
its address.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.ollama_daemon import OllamaDaemon

WORDS = ("model", "reads", "prompt", "and", "writes", "one", "token", "after", "another", "until", "window", "full")
PIECES = 20_000
SEED = 5


@contextmanager
def daemon_process(pieces_per_s: float, tokens_read_per_s: float = 0.0) -> Iterator[str]:
    """Run it until the block ends; gives its address."""
    command = [sys.executable, "-m", "tests.benchmarks.daemon_process", str(pieces_per_s), str(tokens_read_per_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def main() -> None:
    """Serve until killed."""
    pieces_per_s = float(sys.argv[1]) or None
    with OllamaDaemon(pieces_per_s=pieces_per_s) as daemon:
        daemon.tokens_read_per_s = float(sys.argv[2]) or None
        daemon.say("A short answer of a few words.", when="SHORT")
        daemon.say(list(_markdown_pieces()), is_endless=True)
        sys.stdout.write(f"{daemon.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


def _markdown_pieces() -> Iterator[str]:
    """Headings, paragraphs with emphasis, lists and code: a word or a mark each, like tokens."""
    chance = random.Random(SEED)
    for number in range(PIECES // 180):
        yield from ("## ", f"Part {number}", "\n\n")
        yield from _words(chance, 60)
        yield from ("\n\n", "**bold** ", "`code` ")
        yield from _words(chance, 30)
        yield "\n\n"
        for item in range(3):
            yield f"{item + 1}. "
            yield from _words(chance, 12)
            yield "\n"
        yield "\n```python\n"
        for line in range(4):
            yield from (f"value_{line} ", "= ", f"call({number})", "\n")
        yield "```\n\n"


def _words(chance: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield chance.choice(WORDS) + " "


if __name__ == "__main__":
    main()
