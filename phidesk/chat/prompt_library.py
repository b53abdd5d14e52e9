"""The library of instructions and snippets: what came with the program, what the person made of it, files."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from phidesk.core.changes import PromptsChanged
from phidesk.core.errors import FileTooLarge, FileUnreadable, NotAPromptFile
from phidesk.core.hub import Hub
from phidesk.core.paths import package_resources
from phidesk.core.prompts import Prompt, PromptFileFault, PromptVersion, dump_prompts, read_prompts
from phidesk.storage.faults import storage_faults_as_ours
from phidesk.storage.prompts import Prompts

MOST_BYTES = 4_000_000
"""Of a file with prompts: more than anybody writes, little enough to be read at once."""

Result = TypeVar("Result")


class PromptLibrary:
    """Joins the entries on disk with those that were shipped, and tells of changes. Safe from every thread.

    Changes are made in the order in which they were asked for; their futures may carry a `StorageError`.
    """

    def __init__(self, prompts: Prompts, hub: Hub) -> None:
        self._prompts = prompts
        self._hub = hub
        self._is_stocked = False

    def list(self) -> tuple[Prompt, ...]:
        """Read all entries, by name. Blocks; the first time what was shipped and is new is put in.

        Raises:
            StorageError: the library cannot be read.
        """
        if not self._is_stocked:
            self._prompts.erase_deleted().result()
            self._prompts.add_shipped(load_shipped_prompts()).result()
            self._is_stocked = True
        return self._prompts.list().result()

    def add(self, prompts: Sequence[Prompt]) -> Future[tuple[Prompt, ...]]:
        """Keep new entries; the result has their ids."""
        return self._told(self._prompts.add(prompts))

    def save(self, prompt: Prompt, *, since: datetime | None = None) -> Future[None]:
        """Keep what an entry is now; see `Prompts.save`."""
        return self._told(self._prompts.save(prompt, since=since))

    def versions(self, prompt_id: str) -> Future[tuple[PromptVersion, ...]]:
        """Read everything that an entry was, the newest first."""
        return self._prompts.versions(prompt_id)

    def delete(self, prompt_id: str) -> Future[None]:
        """Take an entry out of the library; it can be restored."""
        return self._told(self._prompts.delete(prompt_id))

    def restore(self, prompt_id: str) -> Future[None]:
        """Take a deleted entry back."""
        return self._told(self._prompts.restore(prompt_id))

    def take_in(self, prompts: Sequence[Prompt]) -> Future[None]:
        """Keep entries of a file; see `Prompts.take_in`."""
        return self._told(self._prompts.take_in(prompts))

    def _told(self, future: Future[Result]) -> Future[Result]:
        future.add_done_callback(self._on_changed)
        return future

    def _on_changed(self, _future: Future[Result]) -> None:
        self._hub.publish(PromptsChanged())


def read_prompt_file(path: Path) -> list[Prompt]:
    """Read the entries of a file that `export_file` wrote, without ids. Blocks.

    Raises:
        FileError: it cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(path, str(error)) from error
    if len(content) > MOST_BYTES:
        raise FileTooLarge(path, limit_bytes=MOST_BYTES)
    try:
        return read_prompts(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, PromptFileFault) as problem:
        raise NotAPromptFile(path, str(problem)) from problem


def export_file(path: Path, prompts: Sequence[Prompt]) -> None:
    """Write entries into a file for another library. Blocks.

    Raises:
        StorageError: it cannot be written.
    """
    with storage_faults_as_ours(path):
        path.write_text(dump_prompts(prompts), encoding="utf-8")


def load_shipped_prompts(folder: Path | None = None) -> dict[str, Prompt]:
    """Read what came with the program, by the names of its files."""
    files = sorted((folder or package_resources() / "prompts").glob("*.json"))
    return {file.stem: read_prompts(file.read_text(encoding="utf-8"))[0] for file in files}
