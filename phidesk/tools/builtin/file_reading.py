"""Reading a file, after the person allowed its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from phidesk.core.errors import FileError, FileIsFolder, FileNotText, FileTooLarge
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.tools.builtin.places import real_place
from phidesk.tools.tool import Arguments, CallFault

ReadText = Callable[[Path], str]
"""Reads a file as text, and follows no link on the way to it. Raises FileError."""

DEFINITION = ToolDefinition(
    "read_file",
    "Reads a text file of the person.",
    '{"type":"object","properties":{"path":{"type":"string"},'
    '"from_line":{"type":"integer","description":"to go on in a long file"}},"required":["path"]}',
)
MOST_CHARACTERS = 8_000
"""Of a file at once: 2,000 tokens of English."""


class FileReadingTool:
    """Reads a part of a file; the place to be allowed is the folder that the file really stands in."""

    def __init__(self, start: Path, read_text: ReadText) -> None:
        """`start` is where relative paths begin."""
        self._start = start
        self._read_text = read_text

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return DEFINITION

    def intent(self, arguments: Arguments) -> Intent:
        """Say which file will be read."""
        path = real_place(arguments["path"], self._start)
        facts = (("path", str(path)),)
        return Intent(Risk.READING, place=str(path.parent), facts=facts, settled={**arguments, "path": str(path)})

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Return lines of the file, and where to go on."""
        path = Path(arguments["path"])
        cancel.check()
        text = self._text(path)
        lines = text.splitlines()
        first = arguments.get("from_line", 1)
        if first < 1 or first > max(1, len(lines)):
            raise CallFault(f'"from_line" must be from 1 to {max(1, len(lines))}, the lines of the file.')
        shown = _fitting(lines[first - 1 :])
        told: dict[str, object] = {"path": str(path), "text": "\n".join(shown)[:MOST_CHARACTERS]}
        last = first + len(shown) - 1
        if first > 1 or last < len(lines):
            told["lines"] = f"{first} to {last} of {len(lines)}"
        return json.dumps(told, ensure_ascii=False)

    def _text(self, path: Path) -> str:
        try:
            return self._read_text(path)
        except FileIsFolder as error:
            raise CallFault("This is a folder. Use list_folder.") from error
        except FileTooLarge as error:
            raise CallFault(f"The file is too large: at most {error.limit_bytes} bytes can be read.") from error
        except FileNotText as error:
            raise CallFault(f"The file is no text ({error.kind}) and cannot be read.") from error
        except FileError as error:
            raise CallFault("There is no such file, or it may not be read. list_folder tells the names.") from error


def _fitting(lines: list[str]) -> list[str]:
    """Return the first lines that fit, one at least."""
    size, count = 0, 0
    for line in lines:
        size += len(line) + 1
        if count and size > MOST_CHARACTERS:
            break
        count += 1
    return lines[:count]
