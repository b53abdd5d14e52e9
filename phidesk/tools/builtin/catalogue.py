"""All tools that come with the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from phidesk.tools.builtin.calculator import calculator
from phidesk.tools.builtin.dates import dates
from phidesk.tools.builtin.file_reading import FileReadingTool, ReadText
from phidesk.tools.builtin.folder_listing import FolderListingTool
from phidesk.tools.builtin.note_writing import NoteWritingTool
from phidesk.tools.builtin.random_choice import random_choice
from phidesk.tools.builtin.text_statistics import text_statistics
from phidesk.tools.builtin.unit_conversion import unit_conversion
from phidesk.tools.tool import Tool


def builtin_tools(*, now: Callable[[], datetime], read_text: ReadText, home: Path, notes: Path) -> tuple[Tool, ...]:
    """Return the tools, in the order in which a person is shown them.

    Args:
        now: gives the moment in the person's time zone, one with rules (`SystemZone`).
        read_text: reads a file as text, raising errors of `FileError`.
        home: where paths begin that a model writes without a root.
        notes: the one folder that notes are written into; made when the first one is.
    """
    return (
        calculator(),
        dates(now),
        unit_conversion(),
        text_statistics(),
        random_choice(),
        FileReadingTool(home, read_text),
        FolderListingTool(home),
        NoteWritingTool(notes),
    )
