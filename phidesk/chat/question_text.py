"""A question with its files as one text: what the model reads, and what is copied.

Each file stands before the question in a fence of backticks, as in Markdown, under a line that names it:

    File report.csv:
    ```csv
    town;people
    ```

    Which town is the largest?

The fence is longer than any row of backticks in the file, so that no file can end it and speak in the person's name.
Control tokens that stand in a file or its name are taken apart where the prompt is made, as everywhere
(`engine/control_tokens.py`). Pasted text has no name and stands under "Pasted text:". These words are for models,
which read English best, and are not translated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from phidesk.core.parts import FilePart

_BACKTICKS = re.compile("`+")
_LANGUAGE = re.compile(r"\.([a-z0-9]{1,12})")
_SHORTEST_FENCE = 3


def text_with_files(text: str, files: Sequence[FilePart]) -> str:
    """Write the files out before the text; without files, return the text as it is."""
    if not files:
        return text
    written = [_written_out(file) for file in files]
    return "\n\n".join([*written, text] if text.strip() else written)


def _written_out(file: FilePart) -> str:
    longest = max((len(row) for row in _BACKTICKS.findall(file.text)), default=0)
    fence = "`" * max(_SHORTEST_FENCE, longest + 1)
    name = " ".join(file.name.split())
    language = _LANGUAGE.fullmatch(PurePath(name).suffix.lower())
    heading = f"File {name}:" if name else "Pasted text:"
    return "\n".join([heading, fence + (language[1] if language else ""), file.text.removesuffix("\n"), fence])
