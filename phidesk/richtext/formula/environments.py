r"""What stands between `\begin` and `\end`: tables, matrices, lines one below the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from phidesk.richtext.formula.column_specification import (
    FORMULAS,
    MOST_COLUMNS,
    WORDS,
    Column,
    ColumnSpecification,
    looks_like_columns,
    read_columns,
)
from phidesk.richtext.formula.commutative_diagrams import read_diagram
from phidesk.richtext.formula.decimal_columns import align_at_points
from phidesk.richtext.formula.nodes import Framed, Node, Row, Space, Spanning, Styled, Table
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand, children
from phidesk.richtext.formula.table_rows import TableRows, read_rows
from phidesk.richtext.formula.text_environments import TEXT_ENVIRONMENTS, read_text_environment
from phidesk.richtext.formula.tikz_diagrams import read_tikz_diagram

MATRICES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"), "cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}"), "drcases": ("", "}"),
    "smallmatrix": ("", ""), "psmallmatrix": ("(", ")"), "bsmallmatrix": ("[", "]"), "Bsmallmatrix": ("{", "}"),
    "vsmallmatrix": ("|", "|"), "Vsmallmatrix": ("‖", "‖"),
}  # fmt: skip
_TABLES = {"array", "darray", "subarray", "tabular", "tabularx", "tabulary", "longtable", "tabu"}
_TABLES_OF_WORDS = {"tabular", "tabularx", "tabulary", "longtable", "tabu"}
_WITH_WIDTH = {"tabularx", "tabulary", "tabular*"}
_TIGHT = {"eqnarray", "IEEEeqnarray", "IEEEeqnarraybox"}
"""Three columns, the middle one a relation."""
_TIGHT_GAP_EM = 0.35
_ALIGNED = {"aligned", "align", "alignedat", "alignat", "split", "flalign", "xalignat", "xxalignat"}
_LINES = {
    "gathered", "gather", "equation", "multline", "multlined", "displaymath", "math", "subequations", "spreadlines",
    "lgathered", "rgathered",
}  # fmt: skip
_WITH_ARGUMENT = {"alignedat", "alignat", "xalignat", "xxalignat", "spreadlines"}
_LEADING = {"lgathered": "l", "rgathered": "r"}
_STAGGER_EM = 2.0
"""How far the first line of several that are one formula begins before the others, and the last ends behind them."""
_CONTENT = re.compile(r"&|\\\\|\\end")
"""What no specification of columns has in it."""
_SIDE = re.compile(r"(left|right|box)\s*=\s*(\{(?:[^{}]|\{[^{}]*\})*\}|[^,]*)")


def environment_readers() -> dict[str, ReadCommand]:
    """Return who reads `begin` and `end`."""
    return {"begin": _environment, "end": _stray_end}


def _environment(reader: FormulaReader, _name: str) -> Node:
    name = reader.read_raw_argument().strip()
    is_text, reader.is_text = reader.is_text, False
    node = _read_environment(reader, name, name.removesuffix("*"))
    reader.is_text = is_text
    return node


def _read_environment(reader: FormulaReader, name: str, bare: str) -> Node:
    if bare in _TIGHT:
        node = _tight(reader, bare)
    elif bare in _LINES or bare in _ALIGNED:
        node = _lines(reader, bare)
    elif bare in _TABLES:
        node = _array(reader, name, bare)
    elif bare in ("numcases", "subnumcases"):
        left = reader.read_argument() if reader.is_before_group() else Row()
        node = Row((*children(left), _cases(reader, bare)))
    elif bare == "empheq":
        node = _with_sides(reader)
    elif bare == "CD":
        node = read_diagram(reader)
    elif bare == "tikzcd":
        node = read_tikz_diagram(reader)
    elif bare in TEXT_ENVIRONMENTS:
        node = read_text_environment(reader, bare)
    elif bare.endswith("cases"):
        node = _cases(reader, name)
    else:
        node = _matrix(reader, name, bare)
    if reader.take("\\end"):
        reader.read_raw_argument()
    return node


def _tight(reader: FormulaReader, name: str) -> Node:
    columns = "rcl"
    if name != "eqnarray":
        reader.read_option()
        columns = read_columns(reader.read_raw_argument()).alignment if reader.is_before_group() else columns
    return replace(_rows(reader).as_table(), alignment=columns, gap_em=_TIGHT_GAP_EM, is_display=True)


def _lines(reader: FormulaReader, name: str) -> Node:
    anchor = reader.read_option_if(lambda option: option.strip() in ("t", "b", "c")) or ""
    if name in _WITH_ARGUMENT and reader.is_before_group():
        reader.read_raw_argument()
    if name == "multlined":
        reader.read_option()
    rows = _rows(reader)
    if name in _LINES and len(rows.rows) == 1:
        return Styled(Row(rows.rows[0]), is_display=True)
    table = replace(rows.as_table(), is_display=True, anchor=anchor.strip())
    if name in _ALIGNED:
        return replace(table, is_aligned=True, gap_em=0.0 if name in ("alignat", "alignedat") else 1.0)
    if name.startswith("multline"):
        return replace(table, rows=_staggered(table.rows))
    return replace(table, alignment=_LEADING.get(name, ""))


def _staggered(rows: Sequence[tuple[Node, ...]]) -> tuple[tuple[Node, ...], ...]:
    """Return the lines of one formula: the first at the left, the last at the right, the others in the middle.

    The empty row before each makes a sign at its beginning an operation.
    """
    lines: list[Node] = [Row((Row(), *(node for cell in row for node in children(cell)))) for row in rows]
    lines[0] = Spanning(Row((Row(rows[0]), Space(_STAGGER_EM))), 1, "l")
    lines[-1] = Spanning(Row((Space(_STAGGER_EM), lines[-1])), 1, "r")
    return tuple((line,) for line in lines)


def _array(reader: FormulaReader, name: str, bare: str) -> Node:
    is_text = bare in _TABLES_OF_WORDS
    if name in _WITH_WIDTH:
        reader.read_raw_argument()
    anchor = reader.read_option_if(lambda option: option.strip() in ("t", "b", "c")) or ""
    columns = _read_specification(reader, is_text=is_text)
    rows = _rows(reader, columns.columns, further=WORDS if is_text else FORMULAS)
    sources: dict[int, str] = {}
    for between in columns.between:
        sources[between.column] = sources.get(between.column, "") + between.source
    table = columns.applied_to(rows.as_table())
    return replace(
        table,
        rows=align_at_points(table.rows, [place for place, column in enumerate(columns.columns) if column.is_number]),
        between=tuple((column, reader.inner(source)) for column, source in sources.items() if source),
        anchor=anchor.strip(),
        stretch=reader.row_stretch,
        is_display=bare == "darray",
        is_small=bare == "subarray",
    )


def _read_specification(reader: FormulaReader, *, is_text: bool) -> ColumnSpecification:
    if not reader.is_before_group():
        return ColumnSpecification()
    source = reader.read_raw_argument()
    content = _CONTENT.search(source)
    if content is not None:  # Its brace was never closed.
        end = source.rfind("}", 0, content.start()) + 1
        reader.put_back(source[end:])
        source = source[:end]
    columns = read_columns(source)
    if is_text and "$" not in source:
        columns.columns = [replace(column, is_text=True) for column in columns.columns]
    return columns


def _cases(reader: FormulaReader, name: str) -> Node:
    r"""Read cases; with a star, or numbered, what follows the & is words."""
    reader.read_option_if(looks_like_columns)
    opening, closing = MATRICES.get(name.removesuffix("*"), ("{", ""))
    has_words = name.endswith("*") or "num" in name
    rows = _rows(reader, (Column("l"), Column("l", is_text=has_words)))
    return replace(
        rows.as_table(), alignment="ll", opening=opening, closing=closing, is_display=name.startswith("d"),
        stretch=reader.row_stretch,
    )  # fmt: skip


def _matrix(reader: FormulaReader, name: str, bare: str) -> Node:
    opening, closing = MATRICES.get(bare, ("", ""))
    has_option = name.endswith("*") or reader.peek() == "["
    option = reader.read_option_if(looks_like_columns) if has_option else None
    columns = read_columns(option or "")
    table = columns.applied_to(_rows(reader).as_table())
    if len(columns.columns) == 1:
        table = replace(table, alignment=columns.alignment * MOST_COLUMNS)
    return replace(
        table, opening=opening, closing=closing, is_small=bare.endswith("smallmatrix"), stretch=reader.row_stretch
    )


def _with_sides(reader: FormulaReader) -> Node:
    r"""Read `\begin{empheq}[left=…, right=…, box=…]{align}`."""
    option = reader.read_option() or ""
    name = reader.read_raw_argument().partition("=")[0].strip().removesuffix("*") if reader.is_before_group() else ""
    node = _lines(reader, name if name in _ALIGNED else "gather")
    sides = {side: value.strip() for side, value in _SIDE.findall(option)}
    left, right = (sides.get(side, "").removeprefix("{").removesuffix("}") for side in ("left", "right"))
    table = node if isinstance(node, Table) else Table(((node,),), is_display=True)
    opening = _delimiter_in(left, "empheql")
    closing = _delimiter_in(right, "empheqr")
    before = reader.inner(re.sub(r"\\empheq\w+\s*", "", left).replace(r"\{", ""))
    after = reader.inner(re.sub(r"\\empheq\w+\s*", "", right).replace(r"\}", ""))
    framed = Row((*children(before), replace(table, opening=opening, closing=closing), *children(after)))
    return Framed(framed, "box") if "box" in sides else framed


def _delimiter_in(source: str, prefix: str) -> str:
    """Return the delimiter that one side of equations is given."""
    pairs = {"brace": "{}", "brack": "[]", "paren": "()", "vert": "||", "angle": "⟨⟩"}
    for name, pair in pairs.items():
        if prefix + name in source.replace("big", ""):
            return pair[prefix.endswith("r")]
    if r"\{" in source or r"\}" in source:
        return "}" if prefix.endswith("r") else "{"
    return ""


def _rows(reader: FormulaReader, columns: Sequence[Column] = (), *, further: Column = FORMULAS) -> TableRows:
    return read_rows(reader, {"\\end"}, columns, further=further)


def _stray_end(reader: FormulaReader, _name: str) -> None:
    reader.read_raw_argument()
