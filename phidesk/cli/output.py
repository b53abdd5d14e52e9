"""What is written: answers on the standard output, sentences on the error output, whatever these are.

They may be terminals, pipes that nobody reads any more, files on a full disk, or closed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from phidesk.core.errors import OutputUnwritable

_CONTROL_CHARACTERS = dict.fromkeys(set(range(0x20)) | set(range(0x7F, 0xA0))) | {0x09: "\t", 0x0A: "\n"}
"""Left out on a terminal: a model's words must not move the cursor or change settings."""


def replace_unwritable_characters() -> None:
    """Let characters that the system's encoding lacks become question marks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def write(text: str) -> None:
    """Write to the standard output, at once.

    Raises:
        OutputUnwritable: nobody takes it. What was not written is dropped, so that later writing and the end of the
            program do not fail again.
    """
    if sys.stdout is None:
        raise OutputUnwritable(detail="closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise OutputUnwritable(detail=f"{type(error).__name__}: {error}") from error


def write_lines(lines: Iterable[str]) -> None:
    """Write lines to the standard output.

    Raises:
        OutputUnwritable: nobody takes them.
    """
    write("".join(f"{line}\n" for line in lines))


def say(sentence: str) -> None:
    """Write a line to the error output; where nobody takes it, nobody wants to know."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - what it is for


class AnswerPrinter:
    """Writes the pieces of an answer as they come, and keeps them."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout is not None and sys.stdout.isatty()
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """All pieces so far."""
        return "".join(self._pieces)

    def add(self, piece: str) -> None:
        """Keep a piece and write it.

        Raises:
            OutputUnwritable: nobody takes it.
        """
        self._pieces.append(piece)
        write(piece.translate(_CONTROL_CHARACTERS) if self._is_terminal else piece)

    def end_line(self) -> None:
        """End the last line, if there is one to be ended.

        Raises:
            OutputUnwritable: nobody takes it.
        """
        if self._pieces and not self._pieces[-1].endswith("\n"):
            write("\n")
