r"""Commutative diagrams of the package amscd: `A @>f>> B \\ @VgVV @VVhV \\ C @>>k> D`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phidesk.richtext.formula.nodes import Atom, Fenced, Node, Row, Space, Stacked, Styled, Symbol, Table

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader

_LEVEL = {">": "→", ")": "→", "<": "←", "(": "←"}
_UPRIGHT = {"V": "↓", "A": "↑"}
_LEVEL_LABEL_EM = 0.9
"""Beside the label of a level arrow, so that short labels stand on arrows that are long enough."""
_UPRIGHT_SIZE_EM = 2.2
GAP_EM = 0.4
"""Between things and arrows."""
_MOST_CELLS = 100
"""Of one row."""


def read_diagram(reader: FormulaReader) -> Node:
    r"""Read up to `\end`, which is left. Rows of things and level arrows alternate with rows of upright arrows."""
    rows: list[tuple[Node, ...]] = []
    cells: list[Node] = []
    while True:
        node = reader.read_row({"@", "\\\\", "\\cr", "\\end"})
        if node.children:
            cells.append(node)
        reader.skip_space()
        token = reader.peek()
        if token == "@" and len(cells) < _MOST_CELLS:
            reader.step()
            _add_arrow(reader, cells)
            continue
        if cells:
            rows.append(tuple(cells))
            cells = []
        if token not in ("\\\\", "\\cr", "@"):
            break
        reader.step()
    return Table(tuple(rows) or ((Row(),),), gap_em=GAP_EM)


def _add_arrow(reader: FormulaReader, cells: list[Node]) -> None:
    """Read an arrow behind its @. Things have the even columns, in which upright arrows stand."""
    kind = reader.next()
    if kind in _LEVEL or kind == "=":
        if len(cells) % 2 == 0:
            cells.append(Row())
        labels = (Row(), Row()) if kind == "=" else _read_labels(reader, kind)
        cells.append(level_arrow(_LEVEL.get(kind, "="), *labels))
        return
    if len(cells) % 2:
        cells.append(Row())
    if kind in _UPRIGHT:
        left, right = (Styled(label, script_level=1) for label in _read_labels(reader, kind))
        cells.append(upright_arrow(left, _UPRIGHT[kind], right))
    elif kind in ("|", "\\vert", "\\Vert", "\\|"):
        cells.append(upright_arrow(Row(), "‖", Row()))
    else:  # @. stands for none.
        cells.append(Row())


def _read_labels(reader: FormulaReader, sign: str) -> tuple[Row, Row]:
    """Read the labels between the signs that an arrow is made of."""
    labels: list[Row] = []
    for _ in range(2):
        labels.append(reader.read_row({sign, "@", "\\\\", "\\end"}))
        reader.take(sign)
    return labels[0], labels[1]


def level_arrow(arrow: str, above: Node, below: Node) -> Node:
    """Return a level arrow with labels, longer than they are."""
    room = Space(_LEVEL_LABEL_EM)
    labels = Row((room, above, room)), None if below == Row() else Row((room, below, room))
    return Stacked(Symbol(arrow, Atom.RELATION), *labels, stretches_base=True)


def upright_arrow(left: Node, arrow: str, right: Node) -> Node:
    """Return an arrow with labels at its sides, itself in the middle."""
    hidden = Styled(right, is_hidden=True, has_height=False), Styled(left, is_hidden=True, has_height=False)
    return Row((hidden[0], left, Fenced(arrow, Row(), "", _UPRIGHT_SIZE_EM), right, hidden[1]))
