"""Distances between neighbours in a formula: the table of The TeXbook, chapter 18."""

from __future__ import annotations

from collections.abc import Sequence

from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    CellColor,
    Classed,
    Fenced,
    Fraction,
    Framed,
    Node,
    Prescripts,
    Row,
    Scripts,
    Space,
    Stacked,
    Styled,
    Symbol,
    Table,
    Tag,
    Word,
)

_THIN, _MEDIUM, _THICK = 3 / 18, 4 / 18, 5 / 18
_INNER = "inner"
"""What is enclosed by growing delimiters."""
_DIFFERENTIAL = "differential"
"""What is enclosed by growing delimiters that are not seen: nothing ends there that a comma would keep away from."""
_BAR = "bar"
"""A vertical line that may open or close, as that of an absolute value."""
_BARS = frozenset("|‖")
_TIGHT = "tight"
"""Growing delimiters that stand among their neighbours as others do: their left side opens, their right side closes."""
_NOTHING = "nothing"
"""Spaces and tags: their neighbours keep their distance as if they were not there, and a space comes on top."""
_LETTERS = {
    Atom.ORDINARY: "ordinary", Atom.OPERATOR: "operator", Atom.BINARY: "binary", Atom.RELATION: "relation",
    Atom.OPEN: "open", Atom.CLOSE: "close", Atom.PUNCTUATION: "punctuation", Atom.INNER: "inner",
}  # fmt: skip
_COLUMNS = {
    kind: column
    for column, kind in enumerate(
        ("ordinary", "operator", "binary", "relation", "open", "close", "punctuation", _INNER)
    )
}
_COLUMNS[_TIGHT] = _COLUMNS["open"]
_COLUMNS[_DIFFERENTIAL] = _COLUMNS[_INNER]
_COLUMNS[_BAR] = _COLUMNS["ordinary"]
# 0 none, 1 thin, 2 medium, 3 thick; negative: not in scripts.
_ROWS = {
    "ordinary": (0, 1, -2, -3, 0, 0, 0, -1),
    "operator": (1, 1, 0, -3, 0, 0, 0, -1),
    "binary": (-2, -2, 0, 0, -2, 0, 0, -2),
    "relation": (-3, -3, 0, 0, -3, 0, 0, -3),
    "open": (0, 0, 0, 0, 0, 0, 0, 0),
    "close": (0, 1, -2, -3, 0, 0, 0, -1),
    "punctuation": (-1, -1, 0, -1, -1, -1, -1, -1),
    _INNER: (-1, 1, -2, -3, -1, 0, -1, -1),
}
_ROWS[_TIGHT] = _ROWS["close"]
_ROWS[_DIFFERENTIAL] = (-1, 1, -2, -3, -1, 0, 0, -1)
_ROWS[_BAR] = _ROWS["ordinary"]
_SPACES = (0.0, _THIN, _MEDIUM, _THICK)
_BEFORE_SIGN = {"operator", "binary", "relation", "open", "punctuation"}
"""After these a plus or minus is a sign, no operation."""
_AFTER_SIGN = {"relation", "close", "punctuation"}


def atom_of(node: Node) -> str:
    """Return the class of a node among its neighbours."""
    if isinstance(node, Symbol):
        return _BAR if node.character in _BARS and node.atom is Atom.ORDINARY else _LETTERS[node.atom]
    if isinstance(node, Classed):
        return _LETTERS[node.atom]
    if isinstance(node, Word):
        return "operator" if node.is_function else "ordinary"
    if isinstance(node, Space | Tag | CellColor):
        return _NOTHING
    if isinstance(node, Fenced) and node.is_tight:
        return _TIGHT
    if isinstance(node, Fenced) and node.size_em is not None:
        return "open" if node.opening in ("(", "[", "{", "⟨", "⌊", "⌈") else "close" if node.closing else "ordinary"
    if isinstance(node, Fenced) and not node.opening and not node.closing:
        return _DIFFERENTIAL
    if isinstance(node, Fenced):
        return "ordinary" if _is_binomial(node) else _INNER
    if isinstance(node, Scripts | Prescripts | Accent | Stacked):
        atom = atom_of(node.base)
        return "ordinary" if atom == _BAR else atom
    if isinstance(node, Styled | Framed):
        return atom_of(node.content)
    return _INNER if isinstance(node, Table) else "ordinary"


def after_nothing(cell: Node) -> Node:
    """Return a cell that keeps its first relation away from what stands before it, as amsmath does."""
    return Row((Row(), *(cell.children if isinstance(cell, Row) else (cell,))))


def space_between(atoms: Sequence[str], number: int, *, is_script: bool) -> float:
    """Return the distance in em between the atom of this number and the one before it."""
    before = _neighbour(atoms, number, -1)
    if before < 0 or atoms[number] == _NOTHING:
        return 0.0
    left, right = effective_atom(atoms, before), effective_atom(atoms, number)
    kind = _ROWS[left][_COLUMNS[right]]
    return 0.0 if kind < 0 and is_script else _SPACES[abs(kind)]


def effective_atom(atoms: Sequence[str], number: int) -> str:
    """Return the class of an atom among the others: an operation without something on each side is a mere sign."""
    atom = atoms[number]
    if atom != "binary":
        return atom
    before, after = _neighbour(atoms, number, -1), _neighbour(atoms, number, 1)
    is_sign = before < 0 or after < 0 or atoms[before] in _BEFORE_SIGN or atoms[after] in _AFTER_SIGN
    return "ordinary" if is_sign or _is_opening_bar(atoms, before) else atom


def _is_opening_bar(atoms: Sequence[str], number: int) -> bool:
    """Whether an atom is a vertical line that opens: after something it closes, if one is open."""
    open_bars = 0
    opens = False
    for place in range(number + 1):
        if atoms[place] == _BAR:
            before = _neighbour(atoms, place, -1)
            follows_bar = before >= 0 and atoms[before] == _BAR
            follows_nothing = before < 0 or atoms[before] in _BEFORE_SIGN or (follows_bar and opens)
            opens = follows_nothing or not open_bars
            open_bars += 1 if opens else -1
    return opens and atoms[number] == _BAR


def _is_binomial(node: Fenced) -> bool:
    return isinstance(node.content, Fraction) and not node.content.has_line


def _neighbour(atoms: Sequence[str], number: int, step: int) -> int:
    """Return the number of the next atom that is no space, in one direction; -1 beyond the ends."""
    number += step
    while 0 <= number < len(atoms) and atoms[number] == _NOTHING:
        number += step
    return number if 0 <= number < len(atoms) else -1
