"""What a real daemon sent (v0.33.0-rc2), as the tests of this folder read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.ollama_models import RECORDINGS
from tests.fakes.ollama_recordings import recording


@dataclass(frozen=True)
class RecordedError:
    """One refusal: `body` is what came with `status`."""

    recording: str
    path: str
    status: int
    body: str


def document_of(name: str) -> dict[str, Any]:
    """The JSON of a recorded reply."""
    document: dict[str, Any] = json.loads(recording(name).reply.body)
    return document


def lines_of(name: str) -> list[bytes]:
    r"""The lines of a recorded stream, split at ``b"\n"`` and nowhere else."""
    return [line + b"\n" for line in recording(name).reply.body.split(b"\n")[:-1]]


def recorded_errors() -> list[RecordedError]:
    """Every refusal of chat, generate, show, ps, tags and version that was recorded."""
    rows = json.loads((RECORDINGS.parent / "ollama_errors.json").read_text(encoding="utf-8"))
    return [RecordedError(**row) for row in rows]
