"""Models given to the daemon: its files one by one, then what they are made into.

By ourselves: the `ollama` package tells no progress, cannot be stopped, and gives up a creation after 30 s of silence,
which a model of some gigabytes needs (the daemon checks its file, or writes it anew).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phidesk.core.errors import NotAnEngine, StorageFull
from phidesk.core.tasks import Cancellation
from phidesk.engine.file_copy import Steps, read_pieces
from phidesk.engine.network import READ_TIMEOUT_S, iter_lines
from phidesk.engine.ollama.connection import Connection
from phidesk.engine.ollama.faults import fault_in_stream, fault_of_reply
from phidesk.engine.protocol import OLLAMA
from phidesk.engine.transport_faults import transport_faults_as_ours

SUCCESS = "success"
"""The last line of a creation; a stream without it broke off."""

_NO_ROOM = re.compile(r"write (.+?): .*(?:no space left on device|not enough space|quota exceeded)", re.IGNORECASE)


@dataclass(frozen=True)
class ModelRecipe:
    """What the daemon makes a model of: files by name with their checksum, and what is sent with them.

    `fields` are those of `/api/create` beside: `template`, `system`, `license`, `parameters`, `messages`, …
    """

    files: dict[str, str]
    adapters: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The request, but for the name."""
        adapters = {"adapters": self.adapters} if self.adapters else {}
        return {"files": self.files, **adapters, **self.fields}


def has_file(connection: Connection, sha256: str, cancel: Cancellation) -> bool:
    """Ask whether the daemon has a file already."""
    with (
        transport_faults_as_ours(OLLAMA, connection.url),
        connection.until_closed(cancel) as either,
        connection.gate.stream(
            connection.url,
            _blob(sha256),
            method="HEAD",
            purpose="upload",
            cancel=either,
            read_timeout_s=READ_TIMEOUT_S,
        ) as response,
    ):
        status = response.status_code
    if status not in (200, 404):
        raise fault_of_reply(status, b"", address=connection.url)
    return status == 200


def send_file(connection: Connection, path: Path, sha256: str, steps: Steps) -> None:
    """Upload a file; the daemon computes its checksum and refuses another one.

    Raises:
        StorageFull: the daemon's disk has no room for it.
        EngineRefused: it refused for another reason; the file may not be what `sha256` says.
        ModelFileDamaged: reading failed on the way.
        Cancelled: the person wants to stop; the daemon keeps nothing of the file.
    """
    length = {"Content-Length": str(path.stat().st_size), "Content-Type": "application/octet-stream"}
    with (
        transport_faults_as_ours(OLLAMA, connection.url, answering=True),
        connection.until_closed(steps.cancel) as either,
        connection.gate.stream(
            connection.url,
            _blob(sha256),
            content=read_pieces(path, steps, engine=OLLAMA),
            headers=length,
            purpose="upload",
            cancel=either,
        ) as response,
    ):
        content = response.read()
    if not response.is_success:
        fault = fault_of_reply(response.status_code, content, address=connection.url)
        full = _NO_ROOM.search(getattr(fault, "detail", ""))
        raise StorageFull(Path(full[1]), detail=full[0]) if full else fault


def create_model(connection: Connection, name: str, recipe: ModelRecipe) -> None:
    """Have a model made of uploaded files. Waits for as long as that takes; it cannot be stopped half-way.

    Raises:
        EngineRefused: the daemon could not do it; nothing of that name is there.
        EngineDied: it went away meanwhile.
    """
    body = {"model": name, **recipe.body, "stream": True}
    with (
        transport_faults_as_ours(OLLAMA, connection.url, answering=True),
        connection.until_closed(Cancellation()) as either,
        connection.gate.stream(connection.url, "/api/create", json=body, purpose="create", cancel=either) as response,
    ):
        if not response.is_success:
            raise fault_of_reply(response.status_code, response.read(), address=connection.url, model=name)
        last = ""
        for line in _lines(iter_lines(response), connection.url):
            if line.get("error"):
                raise fault_in_stream(line, address=connection.url, model=name)
            last = str(line.get("status"))
    if last != SUCCESS:
        raise NotAnEngine(engine=OLLAMA, address=connection.url, detail=f"a creation ended with {last!r}")


def _blob(sha256: str) -> str:
    return f"/api/blobs/sha256:{sha256}"


def _lines(lines: Iterator[bytes], address: str) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except ValueError as error:
            raise NotAnEngine(engine=OLLAMA, address=address, detail=line[:200].decode("utf-8", "replace")) from error
        if not isinstance(document, dict):
            raise NotAnEngine(engine=OLLAMA, address=address, detail=line[:200].decode("utf-8", "replace"))
        yield document
