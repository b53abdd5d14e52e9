"""The program as people run it: a child process with a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

NOBODY = "http://127.0.0.1:1"
"""Where no Ollama answers."""
END_S = 30.0


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        """The last line of the standard output, as JSON."""
        document: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return document

    @property
    def error_lines(self) -> list[str]:
        return self.errors.splitlines()


@dataclass(frozen=True)
class Program:
    """Runs commands. `ollama` is what OLLAMA_HOST says."""

    home: Path
    ollama: str = NOBODY

    @property
    def environment(self) -> dict[str, str]:
        own = {"PHIDESK_HOME": str(self.home), "OLLAMA_HOST": self.ollama, "PYTHONIOENCODING": "utf-8"}
        return {**os.environ, "PHIDESK_OLLAMA": "none", **own}

    def start(
        self, *arguments: str | bytes, stdin: int | IO[bytes] = subprocess.DEVNULL, stdout: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """Start a command."""
        command: list[str | bytes] = [sys.executable, "-m", "phidesk", *arguments]
        return subprocess.Popen(command, env=self.environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)

    def run(self, *arguments: str | bytes, stdin: bytes = b"") -> Ended:
        """Run a command to its end."""
        return end_of(self.start(*arguments, stdin=subprocess.PIPE), stdin)


def end_of(process: subprocess.Popen[bytes], stdin: bytes | None = None, *, read_before: bytes = b"") -> Ended:
    """Wait for the end of a command; whatever it does, no traceback may be seen."""
    with process:
        output, errors = process.communicate(stdin, timeout=END_S)
    assert b"Traceback" not in errors
    return Ended(process.returncode, (read_before + (output or b"")).decode(), errors.decode())
