"""Lines across a table in a formula: those of LaTeX and of the packages booktabs, arydshln, hhline, multirow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from phidesk.richtext.formula.column_specification import MOST_COLUMNS
from phidesk.richtext.formula.nodes import PartialRule

if TYPE_CHECKING:
    from phidesk.richtext.formula.reader import FormulaReader

Rule = int | PartialRule
"""A line above a row: the row itself if the line goes all the way."""

_COLUMNS = re.compile(r"\s*(\d{1,3})\s*-\s*(\d{1,3})\s*")


def read_rule(reader: FormulaReader, row: int) -> list[Rule]:
    """Read the command that comes next, one of `RULES`; return the lines that it draws above a row."""
    return RULES[reader.next()](reader, row)


def _whole(reader: FormulaReader, row: int) -> list[Rule]:
    reader.read_option()
    return [row]


def _thick(reader: FormulaReader, row: int) -> list[Rule]:
    reader.read_raw_argument()
    return [row]


def _special(reader: FormulaReader, row: int) -> list[Rule]:
    for _ in range(3):
        reader.read_raw_argument()
    return [row]


def _partial(reader: FormulaReader, row: int) -> list[Rule]:
    rule = _read_columns(reader, row)
    return [row if rule is None else rule]


def _trimmed(reader: FormulaReader, row: int) -> list[Rule]:
    r"""Read `\cmidrule[width](lr){2-3}`."""
    reader.read_option()
    trimmed = ""
    if reader.take("("):
        inside = reader.read_raw_until(lambda token: token in (")", "\\\\"))
        reader.take(")")
        trimmed = "".join(side for side in "lr" if side in inside)
    rule = _read_columns(reader, row)
    return [row if rule is None else PartialRule(row, rule.start, rule.end, trimmed=trimmed)]


def _dashed(reader: FormulaReader, row: int) -> list[Rule]:
    reader.read_option()
    return [PartialRule(row, 0, MOST_COLUMNS, is_dashed=True)]


def _dashed_partial(reader: FormulaReader, row: int) -> list[Rule]:
    rule = _read_columns(reader, row)
    reader.read_option()
    return _dashed(reader, row) if rule is None else [PartialRule(row, rule.start, rule.end, is_dashed=True)]


def _by_column(reader: FormulaReader, row: int) -> list[Rule]:
    r"""Read `\hhline{|-|=|~|}`: a sign for each column; what crosses there is drawn by the lines themselves."""
    signs = [sign for sign in reader.read_raw_argument() if sign in "-=~"]
    if signs and "~" not in signs and len(set(signs)) == 1:
        return [row] * (2 if signs[0] == "=" else 1)
    return [PartialRule(row, column, column + 1) for column, sign in enumerate(signs[:MOST_COLUMNS]) if sign != "~"]


def _between_rows(reader: FormulaReader, row: int) -> list[Rule]:
    return [row] if "rule" in reader.read_raw_argument() else []


def _read_columns(reader: FormulaReader, row: int) -> PartialRule | None:
    columns = _COLUMNS.fullmatch(reader.read_raw_argument())
    return None if columns is None else PartialRule(row, int(columns[1]) - 1, int(columns[2]))


RULES: dict[str, Callable[[FormulaReader, int], list[Rule]]] = {
    **dict.fromkeys(("\\hline", "\\toprule", "\\midrule", "\\bottomrule", "\\hrule"), _whole),
    **dict.fromkeys(("\\firsthline", "\\lasthline", "\\thickhline"), _whole),
    "\\Xhline": _thick,
    "\\specialrule": _special,
    "\\cline": _partial,
    "\\cmidrule": _trimmed,
    "\\hdashline": _dashed,
    "\\cdashline": _dashed_partial,
    "\\hhline": _by_column,
    "\\noalign": _between_rows,
}
"""Who reads what belongs to a line."""
WITHOUT_INK = {
    "\\rowcolors": 3, "\\arrayrulecolor": 1, "\\addlinespace": 0, "\\morecmidrules": 0, "\\Xcline": 2,
}  # fmt: skip
"""How many arguments they have. The colour of lines is the theme's, and of what remains nothing is to be seen."""
