r"""Matrices that need no environment (`\mqty(a & b \\ c & d)`) and their usual contents (`\imat{3}`), as in physics."""

from __future__ import annotations

import re

from phidesk.richtext.formula.nodes import Node, Table
from phidesk.richtext.formula.reader import FormulaReader, FormulaTooDeep, ReadCommand

_MATRICES = {
    "mqty": ("", ""), "matrixquantity": ("", ""), "pmqty": ("(", ")"), "Pmqty": ("(", ")"), "bmqty": ("[", "]"),
    "Bmqty": ("{", "}"), "vmqty": ("|", "|"), "mdet": ("|", "|"), "matrixdeterminant": ("|", "|"),
}  # fmt: skip
_SMALL_MATRICES = {
    "smqty": ("", ""), "smallmatrixquantity": ("", ""), "spmqty": ("(", ")"), "sPmqty": ("(", ")"),
    "sbmqty": ("[", "]"), "sBmqty": ("{", "}"), "svmqty": ("|", "|"), "smdet": ("|", "|"),
}  # fmt: skip
_PAIRS = (("(", ")"), ("[", "]"), ("|", "|"), (r"\{", r"\}"))
_MOST_ROWS = 12
_LONGEST_REPEATED = 60
"""Characters of an entry; nobody repeats more, and matrices within entries of matrices grow fast."""
_FILLING = re.compile(r"\\[a-z]*mat(?:rix)?(?![a-zA-Z])")
_PAULI = {
    "0": "1 & 0 \\\\ 0 & 1", "1": "0 & 1 \\\\ 1 & 0", "2": "0 & -i \\\\ i & 0", "3": "1 & 0 \\\\ 0 & -1",
}  # fmt: skip
_PAULI |= {"x": _PAULI["1"], "y": _PAULI["2"], "z": _PAULI["3"]}


def matrix_quantity_readers() -> dict[str, ReadCommand]:
    """Return who reads a matrix or what fills one, by its name without the backslash."""
    return {
        **dict.fromkeys(_MATRICES | _SMALL_MATRICES, _matrix),
        **dict.fromkeys(("imat", "identitymatrix"), _identity),
        **dict.fromkeys(("zmat", "zeromatrix"), _zeros),
        **dict.fromkeys(("xmat", "xmat*"), _equal_entries),
        **dict.fromkeys(("pmat", "paulimatrix"), _pauli),
        **dict.fromkeys(("dmat", "diagonalmatrix", "admat", "antidiagonalmatrix"), _diagonal),
    }


def _matrix(reader: FormulaReader, name: str) -> Node:
    opening, closing = (_MATRICES | _SMALL_MATRICES)[name]
    reader.take("*")
    for pair in _PAIRS:
        if reader.make_group(*pair, over_cells=True):
            if not opening:
                opening, closing = pair[0][-1], pair[1][-1]
            break
    if not reader.is_before_group():
        return reader.read_argument()
    reader.step()
    rows = reader.read_table_rows({"}"})
    reader.take("}")
    return Table(tuple(rows), opening=opening, closing=closing, is_small=name in _SMALL_MATRICES)


# What fills a matrix is put where it stands, so that it may be part of a larger one.


def _identity(reader: FormulaReader, _name: str) -> None:
    size = _read_count(reader)
    _fill(reader, [["1" if row == column else "0" for column in range(size)] for row in range(size)])


def _zeros(reader: FormulaReader, _name: str) -> None:
    height, width = _read_count(reader), _read_count(reader)
    _fill(reader, [["0"] * width] * height)


def _equal_entries(reader: FormulaReader, name: str) -> None:
    r"""Read `\xmat{a}{m}{n}`; with a star each entry has its row and column as indices, or what counts there."""
    entry, height, width = reader.read_raw_argument(), _read_count(reader), _read_count(reader)
    if len(entry) > _LONGEST_REPEATED or _FILLING.search(entry) is not None:
        raise FormulaTooDeep(len(entry))
    if not name.endswith("*"):
        _fill(reader, [[entry] * width] * height)
    elif 1 in (height, width):
        _fill(reader, [[f"{entry}_{{{max(row, column)}}}" for column in _counted(width)] for row in _counted(height)])
    else:
        _fill(reader, [[f"{entry}_{{{row}{column}}}" for column in _counted(width)] for row in _counted(height)])


def _pauli(reader: FormulaReader, _name: str) -> Node | None:
    """Read a matrix of Pauli by its number; anything else is the contents of a matrix in parentheses."""
    entries = _PAULI.get(reader.peek_argument().strip("{} "))
    if entries is None:
        return _matrix(reader, "pmqty")
    reader.read_raw_argument()
    reader.put_back(entries)
    return None


def _diagonal(reader: FormulaReader, name: str) -> None:
    empty = reader.read_option() or ""
    entries = re.split(r",(?![^{]*\})", reader.read_raw_argument())[:_MOST_ROWS]
    count = len(entries)
    cells = [[empty] * count for _ in range(count)]
    for number, entry in enumerate(entries):
        cells[number][count - 1 - number if name.startswith("a") else number] = entry
    _fill(reader, cells)


def _fill(reader: FormulaReader, cells: list[list[str]]) -> None:
    reader.put_back(" \\\\ ".join(" & ".join(row) for row in cells))


def _read_count(reader: FormulaReader) -> int:
    source = reader.read_raw_argument().strip() if reader.is_before_group() else ""
    return min(int(source), _MOST_ROWS) if re.fullmatch(r"\d{1,4}", source) else 1


def _counted(count: int) -> range:
    return range(1, count + 1)
