"""Commands that stand in the cells of a table, or say how the next table is to look."""

from __future__ import annotations

from phidesk.richtext.formula.column_specification import MOST_COLUMNS, read_columns
from phidesk.richtext.formula.nodes import Atom, CellColor, Node, Row, Space, Spanning, Symbol, spanning_in
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.table_rows import VERTICAL_LINE, looks_like_words

_MOST_SPANNED = 50
"""Columns or rows of one cell; nobody writes more, and each of them is laid out."""
_LOWEST_STRETCH, _HIGHEST_STRETCH = 0.8, 4.0
_LENGTHS = (
    "arraycolsep", "arrayrulewidth", "doublerulesep", "tabcolsep", "jot", "baselineskip", "lineskip", "extrarowheight",
    "belowrulesep", "aboverulesep",
)  # fmt: skip


def cell_readers() -> dict[str, ReadCommand]:
    """Return who reads such a command, by its name without the backslash."""
    return {
        "multicolumn": _multicolumn,
        "multirow": _multirow,
        "hdotsfor": _row_of_dots,
        "cellcolor": _cell_color,
        "columncolor": _cell_color,
        "rowcolor": _cell_color,
        "arraystretch": _stretch,
        "setlength": _set_length,
        "addtolength": _set_length,
        "setcounter": _set_length,
        "vline": _line,
        **dict.fromkeys(_LENGTHS, _assigned_length),
    }


def _multicolumn(reader: FormulaReader, _name: str) -> Node:
    columns = _count(reader.read_raw_argument())
    specification = read_columns(reader.read_raw_argument())
    is_text = reader.is_text
    if specification.columns and specification.columns[0].is_text:
        reader.is_text = True
    content = reader.read_argument()
    reader.is_text = is_text
    inside = spanning_in(content)
    rows = inside.rows if inside is not None else 1
    content = inside.content if inside is not None else content
    lines = [0 in specification.lines, any(line > 0 for line in specification.lines)]
    return Spanning(content, max(1, columns), specification.alignment[:1] or "c", rows, (lines[0], lines[1]))


def _multirow(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\multirow[place]{rows}[struts]{width}[shift]{words}`."""
    reader.read_option()
    rows = _count(reader.read_raw_argument())
    reader.read_option()
    reader.read_raw_argument()
    reader.read_option()
    source = reader.read_raw_argument()
    reader.put_back(f"{{{source}}}")
    is_text = reader.is_text
    reader.is_text = looks_like_words(source) and len(source.strip()) > 1
    content = reader.read_argument()
    reader.is_text = is_text
    return Spanning(content, 1, "", rows or 1)


def _count(written: str) -> int:
    digits = written.strip().removeprefix("-")
    if not digits.isdecimal():
        return 1
    count = min(int(digits[:6]), _MOST_SPANNED)
    return -count if written.strip().startswith("-") else count


def _row_of_dots(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    columns = max(1, min(_count(reader.read_raw_argument()), MOST_COLUMNS))
    dots = [node for _ in range(columns) for node in (Symbol("…", Atom.INNER), Space(0.5))]
    return Spanning(Row(tuple(dots[:-1])), columns, "c")


def _cell_color(reader: FormulaReader, name: str) -> Node | None:
    r"""Read `\cellcolor[model]{color}`; for rows and columns there may follow how far it reaches beyond the cells."""
    chosen = reader.read_color()
    while reader.read_option() is not None:
        pass
    reader.skip_space()
    return CellColor(chosen, is_row=name == "rowcolor") if chosen is not None else None


def _stretch(reader: FormulaReader, _name: str) -> None:
    r"""Read `\arraystretch{1.5}`, which is what a redefinition of it comes to."""
    if not reader.is_before_group():
        return
    try:
        factor = float(reader.read_raw_argument())
    except ValueError:
        return
    if factor == factor:  # noqa: PLR0124 - no number is not itself
        reader.row_stretch = max(_LOWEST_STRETCH, min(_HIGHEST_STRETCH, factor))


def _set_length(reader: FormulaReader, _name: str) -> None:
    reader.read_raw_argument()
    reader.read_raw_argument()


def _assigned_length(reader: FormulaReader, _name: str) -> None:
    r"""Read what a length is set to, as in `\arraycolsep=1.4pt`; the distances here are the layout's."""
    if reader.take("="):
        reader.read_length()


def _line(_reader: FormulaReader, _name: str) -> Node:
    return VERTICAL_LINE
