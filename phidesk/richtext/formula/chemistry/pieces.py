"""Pieces of a chemical formula, and how they stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from phidesk.richtext.formula.nodes import Atom, Node, Prescripts, Row, Scripts, Space, Stacked, Symbol
from phidesk.richtext.formula.symbols import SPACES

_THIN_EM, _WORD_EM = SPACES[","], SPACES["~"]
_SLIGHT_EM = 0.11
"""Before a state, and before the numbers of an isotope within a molecule."""
_OPERATION_EM = SPACES[":"]


class Kind(Enum):
    """What a piece is among its neighbours."""

    AMOUNT = "amount"
    """How many of what follows: it keeps a thin distance."""
    SUBSTANCE = "substance"
    """Atoms: scripts, charges and bonds belong to it, as to names and brackets."""
    NAME = "name"
    """Words in small letters, Greek letters and other LaTeX: behind it a dash is a hyphen and a point ends it."""
    OPENING = "opening"
    CLOSING = "closing"
    STATE = "state"
    """As "(aq)"."""
    DOT = "dot"
    """Between a salt and its water."""
    OPERATION = "operation"
    """Whatever brings its distances along: operations, arrows, spaces of LaTeX."""
    MARK = "mark"
    """Bonds, hyphens, commas."""


@dataclass(frozen=True, slots=True)
class Script:
    """An index or exponent. A state keeps apart from a charge, while two numbers stand one above the other."""

    node: Node
    is_above: bool
    is_state: bool = False


@dataclass(slots=True)
class Piece:
    """One thing with its scripts, which come after it while a formula is read."""

    kind: Kind
    node: Node
    is_apart: bool = False
    """Whether a space was written before it."""
    before: Sequence[Script] = ()
    after: list[Script] = field(default_factory=list)


def as_row(pieces: Sequence[Piece]) -> Row:
    """Return pieces with the distances that chemists write between them."""
    nodes: list[Node] = []
    for number, piece in enumerate(pieces):
        distance = _distance(pieces[number - 1], piece) if number else 0.0
        if distance:
            nodes.append(Space(distance))
        if number in (0, len(pieces) - 1) and isinstance(piece.node, Symbol) and piece.node.atom is Atom.BINARY:
            sign = Symbol(piece.node.character)  # Without a neighbour it would be close to the other one.
            nodes += (Space(_OPERATION_EM), sign) if number else (sign, Space(_OPERATION_EM))
        elif number in (0, len(pieces) - 1) and piece.kind is Kind.OPERATION:
            nodes += (piece.node, Row()) if number else (Row(), piece.node)  # What stands around is its neighbour.
        else:
            nodes += _with_scripts(piece)
    return Row(tuple(nodes))


def _distance(before: Piece, piece: Piece) -> float:
    kinds = (before.kind, piece.kind)
    if Kind.OPERATION in kinds:
        return 0.0
    if piece.kind is Kind.STATE:
        return _SLIGHT_EM
    if Kind.DOT in kinds:
        return _THIN_EM
    if before.kind is Kind.AMOUNT and (piece.is_apart or piece.kind in (Kind.SUBSTANCE, Kind.NAME, Kind.OPENING)):
        return _THIN_EM
    if piece.before and not piece.is_apart and before.kind is not Kind.OPENING:
        return _SLIGHT_EM
    return _WORD_EM if piece.is_apart else 0.0


def _with_scripts(piece: Piece) -> list[Node]:
    """Return a piece and its scripts: the first two at its last letter, further ones behind those."""
    first, base = _split(piece.node) if piece.after or piece.before else ([], piece.node)
    nodes: list[Node] = []
    scripts = list(piece.after)
    while scripts:
        script = scripts.pop(0)
        other: Script | None = None
        if scripts and scripts[0].is_above != script.is_above and not (script.is_above and scripts[0].is_state):
            other = scripts.pop(0)
        below, above = (other, script) if script.is_above else (script, other)
        nodes.append(
            Scripts(
                base,
                None if below is None else below.node,
                None if above is None else above.node,
                is_staggered=other is not None and not script.is_above,
            )
        )
        base = Row()
    nodes = nodes or [base]
    if piece.before:
        numbers = {script.is_above: script.node for script in piece.before}
        nodes[0] = Prescripts(nodes[0], numbers.get(False), numbers.get(True))
    return [*first, *nodes]


def _split(node: Node) -> tuple[list[Node], Node]:
    """Return what comes before the thing that has the scripts, and that: the last letter of a row, not a pile."""
    if isinstance(node, Stacked):
        return [node], Row()
    if isinstance(node, Row) and node.children:
        return list(node.children[:-1]), node.children[-1]
    return [], node
