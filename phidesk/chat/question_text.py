"""A question with its files as one text: what the model reads, and what is copied.

Each file stands before the question in a fence of backticks, as in Markdown, under a line that names it:

    File report.csv:
    ```csv
    town;people
    ```

    Which town is the largest?

Of a document only passages are sent, as one file in which "(…)" stands for what is left out:

    Passages of report.txt (3 of 41):
    ```txt
    …

The fence is longer than any row of backticks in the file, so that no file can end it and speak in the person's name.
Control tokens that stand in a file or its name are taken apart where the prompt is made, as everywhere
(`engine/control_tokens.py`). Pasted text has no name and stands under "Pasted text:". These words are for models,
which read English best, and are not translated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from phidesk.core.parts import FilePart, PassagesPart

_BACKTICKS = re.compile("`+")
_LANGUAGE = re.compile(r"\.([a-z0-9]{1,12})")
_SHORTEST_FENCE = 3
EXCERPT_CHARACTERS = 200
"""As much of the first line of a long question is kept where it stands in short, and as much of the last one."""


def text_with_files(text: str, files: Sequence[FilePart | PassagesPart]) -> str:
    """Write the files, and passages of documents, out before the text; without files, return the text as it is."""
    if not files:
        return text
    written = [_written_out(file) for file in files]
    return "\n\n".join([*written, text] if text.strip() else written)


def in_short(text: str, files: Sequence[FilePart]) -> str:
    """Return what stands for a question whose whole text is summarised: files by name, first and last line of the rest.

    People ask before or behind what they paste.
    """
    names = [f"{_heading(file)} (see the summary)" for file in files]
    lines = text.strip().splitlines()
    if len(text.strip()) > 2 * EXCERPT_CHARACTERS:
        lines = [lines[0][:EXCERPT_CHARACTERS], "(…)", lines[-1][-EXCERPT_CHARACTERS:]]
    return "\n".join([*names, *lines])


def _heading(file: FilePart | PassagesPart) -> str:
    name = " ".join(file.name.split())
    if isinstance(file, PassagesPart):
        return f"Passages of {name or 'the pasted text'} ({file.shown} of {file.count}):"
    return f"File {name}:" if name else "Pasted text:"


def _written_out(file: FilePart | PassagesPart) -> str:
    longest = max((len(row) for row in _BACKTICKS.findall(file.text)), default=0)
    fence = "`" * max(_SHORTEST_FENCE, longest + 1)
    language = _LANGUAGE.fullmatch(PurePath(" ".join(file.name.split())).suffix.lower())
    return "\n".join([_heading(file), fence + (language[1] if language else ""), file.text.removesuffix("\n"), fence])
