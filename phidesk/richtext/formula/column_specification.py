r"""What the argument of `\begin{array}` says of columns: `{l|c r@{\,}l *{3}{c} p{3cm}}` and what packages added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from phidesk.richtext.formula.nodes import Table
from phidesk.richtext.formula.token_stream import TokenStream
from phidesk.richtext.formula.values import LENGTH, length_em

MOST_COLUMNS = 100
"""Of one table; nobody reads more."""
_MOST_REPETITIONS, _LONGEST_REPEATED = 20, 2_000
"""How often `*{…}{…}` is written out in one specification, and how many characters that may give each time."""
_PARAGRAPHS = {"p": ("l", "t"), "m": ("l", ""), "b": ("l", "b"), "P": ("c", "t"), "M": ("c", ""), "B": ("c", "b")}
"""Columns of words, which are given a width: where their lines stand in it, and which of them is level with the row.

The capital letters are what people define for centred ones.
"""
_NUMBERS = {"S", "s", "d", "D"}
"""Columns of numbers (siunitx, dcolumn)."""
_SIDES = {r"\centering": "c", r"\raggedleft": "r", r"\raggedright": "l"}
_LINES = (r"\vrule", r"\vline")
_APPLIED = re.compile(
    r"\\(?:displaystyle|textstyle|scriptstyle|scriptscriptstyle|bf|rm|it)(?![a-zA-Z])|\\color\{[^{}]*\}"
    r"|\\columncolor(?:\[[^\[\]]*\])?\{[^{}]*\}|[-+=]"
)
_SHARE_OF_PAGE = re.compile(r"\s*(\d?\.?\d*)\s*\\(?:textwidth|linewidth|columnwidth|hsize)")
_PAGE_EM = 30.0
"""A line of text, of which columns get a share."""
_OPTION = re.compile(r"[lcr|:\s]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `prefix` is LaTeX that every cell begins with."""

    alignment: str
    """A letter: l, c, r."""
    is_text: bool = False
    width_em: float | None = None
    """Of words, which are wrapped in it."""
    anchor: str = "t"
    """Which of several lines is level with the row, as a `Table` has it."""
    prefix: str = ""
    is_number: bool = False
    """Whether its numbers have their decimal signs below each other."""


FORMULAS = Column("c")
"""What a column is that nobody says anything about."""
WORDS = Column("l", is_text=True)


@dataclass(frozen=True, slots=True)
class Between:
    r"""LaTeX that stands before a column in every row (`@{…}`); the number of columns: behind the last."""

    column: int
    source: str
    keeps_gap: bool
    """Whether the usual gap stands beside it (`!{…}`)."""


@dataclass(slots=True)
class ColumnSpecification:
    """Columns from the left; lines by the number of the column whose left edge they are, as `Table` has them."""

    columns: list[Column] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    dashed_lines: list[int] = field(default_factory=list)
    between: list[Between] = field(default_factory=list)

    @property
    def alignment(self) -> str:
        """One letter for each column."""
        return "".join(column.alignment for column in self.columns)

    def put_between(self, source: str, *, keeps_gap: bool) -> None:
        """Let this stand behind the columns so far; a line is one wherever it is written."""
        place = len(self.columns)
        if source.startswith(_LINES):
            self.lines.append(place)
        else:
            self.between.append(Between(place, source, keeps_gap))

    def applied_to(self, table: Table) -> Table:
        """Return a table with these alignments and lines."""
        return replace(
            table,
            alignment=self.alignment,
            lines_before=at_most_double((*table.lines_before, *self.lines)),
            dashed_before=at_most_double(self.dashed_lines),
            closed_before=tuple(between.column for between in self.between if not between.keeps_gap),
        )


def at_most_double(lines: Iterable[int]) -> tuple[int, ...]:
    """Return the places of lines, each at most twice: more stand nowhere beside each other."""
    counts = Counter(lines)
    return tuple(line for line in sorted(counts) for _ in range(min(2, counts[line])))


def looks_like_columns(source: str) -> bool:
    r"""Whether what stands in brackets behind `\begin{bmatrix}` is about columns, and no element of the matrix."""
    return _OPTION.fullmatch(source) is not None and any(letter in "lcr" for letter in source)


def read_columns(source: str) -> ColumnSpecification:
    """Read a specification; what is not understood is overlooked. At most `MOST_COLUMNS`."""
    stream = TokenStream(source)
    found = ColumnSpecification()
    prefix = ""
    repetitions = 0
    while not stream.is_at_end and len(found.columns) < MOST_COLUMNS:
        token = stream.next()
        count = len(found.columns)
        if token == "|":
            found.lines.append(count)
        elif token in (":", ";"):
            if token == ";":
                stream.read_raw_argument()
            found.dashed_lines.append(count)
        elif token == "*":
            times, body = stream.read_raw_argument().strip(), stream.read_raw_argument()
            repetitions += 1
            if repetitions <= _MOST_REPETITIONS:
                stream.put_back(body * _times(times, len(body)))
        elif token in ("@", "!"):
            found.put_between(stream.read_raw_argument().strip(), keeps_gap=token == "!")
        elif token == ">":
            prefix = stream.read_raw_argument()
        elif token == "<":
            stream.read_raw_argument()
        elif token == "{":
            stream.step_back()
            stream.read_raw_argument()
        elif (column := _column(token, stream)) is not None:
            found.columns.append(_with_prefix(column, prefix))
            prefix = ""
    return found


def _times(written: str, length: int) -> int:
    times = int(written) if written.isdecimal() and len(written) < 9 else MOST_COLUMNS
    return min(times, MOST_COLUMNS, _LONGEST_REPEATED // max(1, length))


def _column(letter: str, stream: TokenStream) -> Column | None:
    """Return what a letter stands for, its arguments taken; None for what stands for no column."""
    if letter in _PARAGRAPHS:
        width = _width_em(stream.read_raw_argument()) if stream.is_before_group() else None
        alignment, anchor = _PARAGRAPHS[letter]
        return Column(alignment, is_text=True, width_em=width, anchor=anchor)
    if letter in ("w", "W"):
        side = stream.read_raw_argument().strip()
        stream.read_raw_argument()
        return Column(side if side in ("l", "c", "r") else "c")
    if letter in _NUMBERS:
        while stream.is_before_group():
            stream.read_raw_argument()
        stream.read_option()
        return Column("r", is_number=True)
    if letter in ("X", "Y", "J"):
        return Column("l", is_text=True)
    if letter.lower() in ("l", "c", "r"):
        return Column(letter.lower())
    return None


def _width_em(source: str) -> float | None:
    """Return the width of a column of words; None for what is no length."""
    share = _SHARE_OF_PAGE.match(source)
    if share is not None:
        return float(share[1] or 1) * _PAGE_EM
    found = LENGTH.match(source)
    return length_em(found) if found is not None and length_em(found) > 0 else None


def _with_prefix(column: Column, source: str) -> Column:
    """Return a column with what of a prefix is simple enough to be put before every cell."""
    for command, side in _SIDES.items():
        if command in source:
            column = replace(column, alignment=side)
    if "$" in source or r"\(" in source:
        column = replace(column, is_text=False)
    return replace(column, prefix="".join(_APPLIED.findall(source.replace("$", ""))))
