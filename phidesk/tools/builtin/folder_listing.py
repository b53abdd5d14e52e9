"""Listing a folder, after the person allowed it."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.core.unlinked_opening import scan_unlinked
from phidesk.tools.builtin.places import real_place
from phidesk.tools.tool import Arguments, CallFault

DEFINITION = ToolDefinition(
    "list_folder",
    "Lists the files and folders in a folder of the person.",
    '{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}',
)
MOST_NAMES = 100
"""That are told: about 1,000 tokens."""
_MOST_ENTRIES = 20_000
"""That are looked at."""


class FolderListingTool:
    """Lists the names in a folder; the place to be allowed is the folder itself, wherever links lead."""

    def __init__(self, start: Path) -> None:
        """`start` is where relative paths begin."""
        self._start = start

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return DEFINITION

    def intent(self, arguments: Arguments) -> Intent:
        """Say which folder will be listed."""
        folder = str(real_place(arguments["path"], self._start))
        return Intent(Risk.READING, place=folder, facts=(("path", folder),), settled={"path": folder})

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Return folders and files, each in the order of their names; hidden ones are left out."""
        folder = Path(arguments["path"])
        cancel.check()
        folders, files = [], []
        try:
            with scan_unlinked(folder) as entries:
                for entry in islice(entries, _MOST_ENTRIES):
                    cancel.check()
                    name = entry.name.encode(errors="replace").decode()  # names that are no text exist
                    if name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(name)
                    else:
                        files.append(name)
        except NotADirectoryError as error:
            raise CallFault("This is a file. Use read_file.") from error
        except OSError as error:
            raise CallFault("There is no such folder, or it may not be listed.") from error
        folders.sort(key=str.casefold)
        files.sort(key=str.casefold)
        told: dict[str, object] = {
            "path": str(folder),
            "folders": folders[:MOST_NAMES],
            "files": files[: max(0, MOST_NAMES - len(folders))],
        }
        more = max(0, len(folders) + len(files) - MOST_NAMES)
        return json.dumps(told | ({"more": more} if more else {}), ensure_ascii=False)
