"""Writing a note: a new file in one folder, which the person sees whole before it is written."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.core.unlinked_opening import unlinked_folder
from phidesk.tools.tool import Arguments, CallFault

DEFINITION = ToolDefinition(
    "write_note",
    "Writes a new text file for the person, who is asked first.",
    '{"type":"object","properties":{"name":{"type":"string","description":"file name, such as shopping.txt"},'
    '"text":{"type":"string"}},"required":["name","text"]}',
)
ENDINGS = frozenset((".csv", ".json", ".md", ".tsv", ".txt"))
"""Kinds of text that no system runs when they are opened."""
LONGEST_NAME = 100
LONGEST_TEXT = 100_000
"""Characters."""
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
"""What some system takes for something else, and signs that turn the direction of what a person reads."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_TAKEN_BY_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


class NoteWritingTool:
    """Writes new files into one folder. It never overwrites, and makes the folder when the first note is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return DEFINITION

    def intent(self, arguments: Arguments) -> Intent:
        """Say which file will be written, and all of its text."""
        path = self._path(arguments["name"])
        _encoded(arguments["text"])
        if os.path.lexists(path):
            raise CallFault(f"{path.name} exists already and is not overwritten. Choose another name.")
        settled = {"path": str(path), "text": arguments["text"]}
        return Intent(Risk.CHANGING, place=str(path.parent), facts=tuple(settled.items()), settled=settled)

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Write the file: all of it or nothing."""
        path = Path(arguments["path"])
        content = _encoded(arguments["text"])
        cancel.check()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_new(path, content)
        except FileExistsError as error:
            raise CallFault(f"{path.name} exists already and is not overwritten. Choose another name.") from error
        except OSError as error:
            raise CallFault(f"The file could not be written: {error.strerror}.") from error
        return json.dumps({"written": str(path), "bytes": len(content)}, ensure_ascii=False)

    def _path(self, name: str) -> Path:
        plain = name.strip()
        ending = Path(plain).suffix.lower()
        if not ending:
            plain, ending = plain + ".txt", ".txt"
        is_plain = (
            not _NOT_IN_NAMES.search(plain) and not plain.startswith(".") and not _TAKEN_BY_WINDOWS.fullmatch(plain)
        )
        if not is_plain or not Path(plain).stem.strip(" .") or len(plain.encode(errors="replace")) > LONGEST_NAME:
            raise CallFault('"name" must be a plain file name such as shopping.txt, without folders.')
        if ending not in ENDINGS:
            raise CallFault(f'"name" must end in one of {", ".join(sorted(ENDINGS))}, not {ending}.')
        return self._folder.resolve() / plain


def _encoded(text: str) -> bytes:
    if len(text) > LONGEST_TEXT:
        raise CallFault(f"The text is too long: at most {LONGEST_TEXT} characters.")
    try:
        return text.encode()
    except UnicodeEncodeError as error:  # half of a character
        raise CallFault("The text has characters that cannot be written.") from error


def _write_new(path: Path, content: bytes) -> None:
    """Write beside the place and move there, which fails if something has come there meanwhile."""
    with unlinked_folder(path.parent) as folder:
        place = path if folder is None else Path(path.name)
        half = place.with_name(f".{token_hex(8)}.part")
        try:
            with os.fdopen(os.open(half, _NEW, dir_fd=folder), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _move_new(half, place, folder)
        finally:
            with suppress(OSError):
                os.unlink(half, dir_fd=folder)


def _move_new(half: Path, place: Path, folder: int | None) -> None:
    if os.name == "nt":
        half.rename(place)  # never overwrites there
        return
    try:
        os.link(half, place, src_dir_fd=folder, dst_dir_fd=folder)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.close(os.open(place, _NEW, dir_fd=folder))
        os.replace(half, place, src_dir_fd=folder, dst_dir_fd=folder)
