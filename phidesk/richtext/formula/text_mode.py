"""Words within a formula that are no argument of a command: the cells of a tabular, the points of a list."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from phidesk.richtext.formula.nodes import Node, Row, Word

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader


def read_words(reader: FormulaReader, ends: Collection[str]) -> list[Node]:
    """Read words and the formulas between them up to one of these tokens or a closing brace, which is left."""
    source = reader.read_raw_until(lambda token: token in ends or token == "}")
    source = re.sub(r"\s+", " ", source).strip()
    if not source:
        return []
    if source.endswith("\\"):  # A space that was written as a command; it must not be one for the brace.
        source += " "
    reader.put_back(f"\\text{{{source}}}")
    node = reader.read_argument()
    nodes = [child for child in (node.children if isinstance(node, Row) else (node,)) if child != Row()]
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        word = nodes[end] if nodes else None
        if isinstance(word, Word):
            nodes[end] = Word(strip(word.text, " "))
    return [child for child in nodes if child != Word("")]
