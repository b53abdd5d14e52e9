"""Words within a formula that are no argument of a command: the cells of a tabular, the points of a list."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from phidesk.richtext.formula.nodes import Node, Row, Word
from phidesk.richtext.formula.symbols import TEXT_COMMANDS
from phidesk.richtext.formula.values import words

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader

_FORMULA_ENDS = {"$": "$", "\\(": "\\)", "\\[": "\\]"}
"""What begins a formula, and what ends it."""


def read_words(reader: FormulaReader, ends: Collection[str]) -> list[Node]:
    """Read words and the formulas between them up to one of these tokens or a closing brace, which is left."""
    nodes: list[Node] = []
    pending: list[str] = []

    def finish() -> None:
        """Make a word of what was read since the last formula; spaces in a row are one."""
        text = words(" ".join("".join(pending).split(" ")))
        if text.strip() or (text and nodes):
            nodes.append(Word(text if nodes else text.lstrip()))
        pending.clear()

    while True:
        token = reader.peek()
        if not token or token in ends or token == "}":
            break
        if token in _FORMULA_ENDS:
            finish()
            reader.step()
            end = _FORMULA_ENDS[token]
            source = reader.read_raw_until(end.__eq__)
            reader.step()
            nodes.append(reader.inner(source))
        elif token == "{":
            finish()
            reader.step()
            nodes += reader.read_row(set()).children
            reader.step()
        elif token.isspace():
            pending.append(" ")
            reader.skip_space()
        elif _is_command(token):
            finish()
            node = reader.read_argument()
            if node != Row():
                nodes.append(node)
        else:
            pending.append(token)
            reader.step()
            if token[1:] in TEXT_COMMANDS and token[1:].isalpha():
                reader.skip_space()
                pending.append(" ")
    finish()
    last = nodes.pop() if nodes else Row()
    if isinstance(last, Word):
        last = Word(last.text.rstrip())
    return nodes if last in (Row(), Word("")) else [*nodes, last]


def _is_command(token: str) -> bool:
    """Whether a token is a command that reads something of its own."""
    return len(token) > 1 and token.startswith("\\") and token[1:] not in TEXT_COMMANDS and token[1:].isalpha()
