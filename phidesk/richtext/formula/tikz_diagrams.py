r"""Commutative diagrams of the package tikz-cd: `A \arrow[r, "f"] \arrow[d, "g"'] & B \\ C & D`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phidesk.richtext.formula.commutative_diagrams import GAP_EM, level_arrow, upright_arrow
from phidesk.richtext.formula.nodes import Atom, Node, Row, Space, Spanning, Styled, Symbol, Table

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader

_ARROWS = {"\\arrow": "", "\\ar": "", "\\rar": "r", "\\lar": "l", "\\dar": "d", "\\uar": "u", "\\drar": "dr"}
"""Commands, and the directions that their names say."""
_CELL_ENDS = {"&", "\\\\", "\\end", *_ARROWS}
_MOST_CELLS = 30
"""In one direction."""
_DIRECTION = re.compile(r"[rlud]{1,6}")
_OPTION = re.compile(r'"\{?(?P<quoted>[^"]*?)\}?"\s*(?P<mark>\')?|(?P<word>[^,"]+)')
_LEVEL = {"": "→", "hook": "↪", "two heads": "↠", "mapsto": "↦", "maps to": "↦", "equal": "=", "Rightarrow": "⇒",
          "dashed": "⇢", "dotted": "⇢", "leftrightarrow": "↔", "tail": "↣"}  # fmt: skip
_LEVEL_BACK = {"→": "←", "↪": "↩", "↠": "↞", "↦": "↤", "⇒": "⇐", "⇢": "⇠", "↣": "↢"}
_UPRIGHT = {"": "↓", "equal": "‖", "Rightarrow": "⇓", "dashed": "⇣", "dotted": "⇣", "two heads": "↡", "mapsto": "↧"}
_UPRIGHT_BACK = {"↓": "↑", "⇓": "⇑", "⇣": "⇡", "↡": "↟", "↧": "↥"}
_SLANTED = {(True, True): "↘", (True, False): "↙", (False, True): "↗", (False, False): "↖"}
"""By whether they go down, and to the right."""
_BESIDE_EM = 0.6


@dataclass(frozen=True, slots=True)
class _Arrow:
    """An arrow from a cell, so many rows down and columns to the right."""

    down: int
    right: int
    kind: str
    label: str
    is_swapped: bool
    """Whether the label stands at the right of whoever goes along the arrow, and not at the left."""


def read_tikz_diagram(reader: FormulaReader) -> Node:
    r"""Read up to `\end`, which is left. Things stand in the even rows and columns of a table, arrows in the odd."""
    reader.read_option()
    cells: dict[tuple[int, int], Node] = {}
    arrows: list[tuple[int, int, _Arrow]] = []
    row = column = 0
    while True:
        node = reader.read_row(_CELL_ENDS)
        if node.children:
            before = cells.get((2 * row, 2 * column))
            cells[2 * row, 2 * column] = node if before is None else Row((before, node))
        reader.skip_space()
        token = reader.peek()
        if token in _ARROWS:
            reader.step()
            arrows.append((row, column, _read_arrow(reader, _ARROWS[token])))
            continue
        if token not in ("&", "\\\\") or max(row, column) >= _MOST_CELLS:
            break
        reader.step()
        row, column = (row, column + 1) if token == "&" else (row + 1, 0)
    for start_row, start_column, arrow in arrows:
        _put(cells, start_row, start_column, arrow, reader.inner(arrow.label))
    return _as_table(cells)


def _read_arrow(reader: FormulaReader, direction: str) -> _Arrow:
    r"""Read what follows `\arrow`: options in brackets, or in the older way a direction and a label in braces."""
    option = reader.read_option()
    if option is None and reader.is_before_group():
        option = reader.read_raw_argument()
        mark = "'" if reader.read_option() is not None else ""
        if reader.is_before_group():
            option += f',"{reader.read_raw_argument()}"{mark}'
    kind, label, is_swapped = "", "", False
    for found in _OPTION.finditer(option or ""):
        word = (found["word"] or "").strip()
        if found["quoted"] is not None:
            label, is_swapped = found["quoted"], is_swapped or found["mark"] is not None
        elif _DIRECTION.fullmatch(word):
            direction = word
        elif word and word in _LEVEL:
            kind = word
        is_swapped = is_swapped or word == "swap"
    down = direction.count("d") - direction.count("u")
    return _Arrow(down, direction.count("r") - direction.count("l"), kind, label, is_swapped)


def _put(cells: dict[tuple[int, int], Node], row: int, column: int, arrow: _Arrow, label: Node) -> None:
    """Put an arrow into the first cell on its way, or over all of them if nothing else stands in a level one's way."""
    step_down, step_right = ((number > 0) - (number < 0) for number in (arrow.down, arrow.right))
    way = [(2 * row, 2 * column + step_right * step) for step in range(1, 2 * abs(arrow.right))]
    if not arrow.down and len(way) > 1 and not any(place in cells for place in way):
        cells[min(way)] = Spanning(_drawn(arrow, label), len(way), "c")
        return
    place = 2 * row + step_down, 2 * column + step_right
    before = cells.get(place)
    drawn = _drawn(arrow, label)
    if before is None or place == (2 * row, 2 * column):
        cells[place] = drawn if before is None else Row((before, drawn))
    elif arrow.down:
        cells[place] = Row((before, Space(_BESIDE_EM), drawn))
    else:
        cells[place] = Table(((before,), (drawn,)))


def _drawn(arrow: _Arrow, label: Node) -> Node:
    if arrow.down and arrow.right:
        slanted = Symbol(_SLANTED[arrow.down > 0, arrow.right > 0], Atom.RELATION)
        return Row((slanted, Styled(label, script_level=1)))
    if arrow.down:
        sign = _UPRIGHT.get(arrow.kind, "↓")
        is_up = arrow.down < 0
        is_label_left = is_up != arrow.is_swapped
        small = Styled(label, script_level=1)
        left, right = (small, Row()) if is_label_left else (Row(), small)
        return upright_arrow(left, _UPRIGHT_BACK.get(sign, sign) if is_up else sign, right)
    sign = _LEVEL[arrow.kind]
    is_back = arrow.right < 0
    is_label_above = is_back == arrow.is_swapped
    above, below = (label, Row()) if is_label_above else (Row(), label)
    return level_arrow(_LEVEL_BACK.get(sign, sign) if is_back else sign, above, below)


def _as_table(cells: dict[tuple[int, int], Node]) -> Table:
    left, top = (min((place[axis] for place in cells), default=0) for axis in (1, 0))
    right, bottom = (max((place[axis] for place in cells), default=0) for axis in (1, 0))
    rows = [
        tuple(cells.get((row, column), Row()) for column in range(left, right + 1)) for row in range(top, bottom + 1)
    ]
    return Table(tuple(rows), gap_em=GAP_EM)
