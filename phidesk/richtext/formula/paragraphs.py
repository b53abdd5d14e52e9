"""Words broken into lines, as in a column of a given width. How wide they are drawn is estimated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from phidesk.richtext.formula.nodes import Node, Row, Symbol, Table, Word

_CHARACTERS_PER_EM = 2.2
_SYMBOL_CHARACTERS = 1.5
"""Symbols of formulas and what is between them take more room than letters of words."""


def wrapped(words: Node, width_em: float, alignment: str, anchor: str = "t") -> Node:
    """Return words and the formulas between them in as many lines as they need; a formula is never broken."""
    nodes = words.children if isinstance(words, Row) else (words,)
    if _length(nodes) <= width_em * _CHARACTERS_PER_EM:
        return words
    lines: list[list[Node]] = []
    room = 0.0
    for piece in _pieces(nodes):
        needed = _length(piece) + 1
        if not lines or needed > room:
            lines.append([])
            room = width_em * _CHARACTERS_PER_EM + 1
        _add(lines[-1], piece)
        room -= needed
    rows = tuple((Row(tuple(line)),) for line in lines)
    return Table(rows, alignment, anchor=anchor) if len(rows) > 1 else rows[0][0]


def _pieces(nodes: Iterable[Node]) -> list[list[Node]]:
    """Return what no line is broken within: words, with formulas and signs that touch them."""
    pieces: list[list[Node]] = [[]]
    for node in nodes:
        if not isinstance(node, Word) or node.is_function:
            pieces[-1].append(node)
            continue
        first, *others = node.text.split(" ")
        pieces[-1].append(Word(first))
        pieces += [[Word(other)] for other in others]
    return [piece for piece in pieces if any(node != Word("") for node in piece)]


def _add(line: list[Node], piece: Sequence[Node]) -> None:
    """Add a piece behind a space; words beside each other are one."""
    if line:
        line.append(Word(" "))
    for node in piece:
        last = line[-1] if line else None
        if isinstance(node, Word) and isinstance(last, Word) and not (node.is_function or last.is_function):
            line[-1] = Word(last.text + node.text)
        else:
            line.append(node)


def _length(part: object) -> float:
    """Return about how many letters wide something is."""
    if isinstance(part, Word):
        return len(part.text)
    if isinstance(part, Symbol):
        return _SYMBOL_CHARACTERS
    if isinstance(part, list | tuple):
        return sum(map(_length, part))
    fields = getattr(type(part), "__dataclass_fields__", {})
    return sum(_length(getattr(part, name)) for name in fields)
