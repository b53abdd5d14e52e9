"""Formulas that are wider than their column, broken into lines: before relations, operations, and between words.

Only lines are broken, and the right sides of aligned equations; what is too wide in a fraction or matrix stays so.
Works on nodes: what comes out is a table of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from phidesk.richtext.formula.nodes import Atom, Framed, Node, Row, Space, Styled, Symbol, Table, Word
from phidesk.ui.formula.spacing import atom_of, effective_atom, space_between

_INDENT_EM = 1.5
"""Of further lines."""
_LEAST_SHARE = 0.4
"""A line that ends before a relation is rather shorter than full, but not shorter than this share."""
_WIDEST_LEFT_SIDE = 0.35
"""Of the room: with a wider one, the right sides go below."""
_QUAD_EM = 1.0
_SUMS = frozenset(Symbol(sign, Atom.BINARY) for sign in "+−±∓∪∨⊕")
"""Operations before which a line is rather broken than before others."""
_IMPLICATIONS = frozenset(Symbol(sign, Atom.RELATION) for sign in "⟹⟸⟺⇒⇐⇔")

WidthOf = Callable[[Node], float]
"""Gives the width that something has when it is laid out, in pixels."""


class _Rank(IntEnum):
    """How good a place is to break a line."""

    WORDS = 1
    PRODUCT = 2
    SUM = 3
    RELATION = 4
    STATEMENT = 5


@dataclass(frozen=True, slots=True)
class Room:
    """What lines have to fit into."""

    width: float
    em: float
    """Both in pixels."""
    width_of: WidthOf
    is_display: bool

    def less(self, width: float) -> Room:
        """Return a narrower one."""
        return replace(self, width=max(0.0, self.width - width))


def fitted(node: Node, room: Room) -> Node:
    """Return a formula that is as narrow as breaking lines makes it, if it is too wide."""
    width = room.width_of(node)
    if width <= room.width:
        return node
    broken = _broken(node, room)
    return broken if room.width_of(broken) < width else node


def _broken(node: Node, room: Room) -> Node:
    if isinstance(node, Row):
        return fitted(node.children[0], room) if len(node.children) == 1 else _stacked(_lines(node, room), room)
    if isinstance(node, Styled) and not node.is_hidden:
        is_display = room.is_display if node.is_display is None else node.is_display
        return replace(node, content=fitted(node.content, replace(room, is_display=is_display)))
    if isinstance(node, Framed) and node.kind == "box":
        return replace(node, content=fitted(node.content, room.less(2 * (node.padding_em + node.line_em) * room.em)))
    if isinstance(node, Table):
        return _fitted_table(node, room)
    return _stacked(_lines(Row((node,)), room), room) if isinstance(node, Word) else node


def _fitted_table(table: Table, room: Room) -> Table:
    columns = max(len(row) for row in table.rows)
    is_plain = not (table.opening or table.closing or table.has_rules or table.lines_before or table.is_small)
    if not is_plain or columns > (2 if table.is_aligned else 1):
        return table
    if columns == 1:
        return replace(table, rows=tuple((fitted(row[0], room),) if row else row for row in table.rows))
    left = max(room.width_of(table.cell(number, 0)) for number in range(len(table.rows)))
    if left > _WIDEST_LEFT_SIDE * room.width:
        lines = [_lines(Row(_children(row)), room) for row in table.rows]
        return _stacked([line for row in lines for line in row], room)
    rows: list[tuple[Node, ...]] = []
    for number, row in enumerate(table.rows):
        first, *others = _lines(Row(_children((table.cell(number, 1),))), room.less(left), is_right_side=True)
        rows += [(row[0], first) if len(row) > 1 else row, *((Row(), line) for line in others)]
    return replace(table, rows=tuple(rows), extra_em=())


def _stacked(lines: Sequence[Node], room: Room) -> Table:
    return Table(tuple((line,) for line in lines), alignment="l", is_display=room.is_display)


def _lines(row: Row, room: Room, *, is_right_side: bool = False) -> list[Node]:
    """Return a row in lines of which all but the first begin further in."""
    parts = [part for child in row.children for part in _parts(child)]
    atoms = [atom_of(part) for part in parts]
    places = _places(parts, atoms, follows_something=is_right_side)
    starts = [0.0]
    for number, part in enumerate(parts):
        space = space_between(atoms, number, is_script=False) * room.em
        starts.append(starts[-1] + space + room.width_of(part))
    total = starts[-1]
    indent = 0.0 if set(places.values()) <= {_Rank.WORDS} else _INDENT_EM
    lines: list[Node] = []
    start, left, width = 0, 0.0, room.width
    while total - left > width:
        later = [place for place in places if place > start]
        fitting = [place for place in later if starts[place] - left <= width]
        if not later or (not fitting and later[0] == start):
            break
        end = _best(fitting, places, starts, left + _LEAST_SHARE * width) if fitting else later[0]
        lines.append(_line(parts[start:end], indent if lines else None))
        start, left, width = end, starts[end], room.width - indent * room.em
    lines.append(_line(parts[start:], indent if lines else None))
    return lines


def _line(parts: Sequence[Node], indent: float | None) -> Row:
    """Return a line, a further one so far in; the operation that it begins with still is one."""
    return Row(tuple(parts)) if indent is None else Row((Space(indent), Row(), *parts))


def _best(fitting: Sequence[int], places: dict[int, _Rank], starts: Sequence[float], least: float) -> int:
    """Return the last of the best places behind which a line is not too short."""
    full = [place for place in fitting if starts[place] >= least] or list(fitting)
    best = max(places[place] for place in full)
    return [place for place in full if places[place] is best][-1]


def _places(parts: Sequence[Node], atoms: Sequence[str], *, follows_something: bool) -> dict[int, _Rank]:
    """Return before which parts a line may be broken."""
    places: dict[int, _Rank] = {}
    for number in range(1, len(parts)):
        last = parts[number - 1]
        atom = effective_atom(atoms, number)
        if isinstance(last, Space) and last.em >= _QUAD_EM:
            places[number] = _Rank.STATEMENT
        elif atom == "relation" and not (follows_something and number == 1):
            if atoms[number - 1] != "relation":
                places[number] = _Rank.STATEMENT if parts[number] in _IMPLICATIONS else _Rank.RELATION
        elif atom == "binary":
            places[number] = _Rank.SUM if parts[number] in _SUMS else _Rank.PRODUCT
        elif atoms[number - 1] == "punctuation" and atom != "close":
            places[number] = _Rank.SUM
        elif _ends_word(last, parts[number]):
            places[number] = _Rank.WORDS
    return places


def _ends_word(node: Node, following: Node) -> bool:
    after = following.text if isinstance(following, Word) else ""
    return isinstance(node, Word) and (node.text[-1:].isspace() or after[:1].isspace())


def _parts(node: Node) -> Sequence[Node]:
    """Return something in parts between which a line may be broken: words."""
    if not isinstance(node, Word) or node.is_function or " " not in node.text.strip():
        return [node]
    words = node.text.split(" ")
    return [replace(node, text=word + " ") for word in words[:-1]] + (
        [replace(node, text=words[-1])] if words[-1] else []
    )


def _children(cells: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(child for cell in cells for child in (cell.children if isinstance(cell, Row) else (cell,)))
