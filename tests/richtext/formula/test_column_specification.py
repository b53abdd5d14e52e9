"""What `\\begin{array}{…}` may say of columns, and that nothing in it takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.column_specification import MOST_COLUMNS, looks_like_columns, read_columns


@pytest.mark.parametrize(
    ("source", "alignment", "lines", "dashed"),
    [
        ("lcr", "lcr", [], []),
        ("|l|c||r|", "lcr", [0, 1, 2, 2, 3], []),
        ("c:c", "cc", [], [1]),
        ("c;{2pt/2pt}c", "cc", [], [1]),
        ("*{3}{c}", "ccc", [], []),
        ("|*{2}{r|}", "rr", [0, 1, 2], []),
        ("*{2}{l*{2}{c}}", "lcclcc", [], []),
        ("*3c", "ccc", [], []),
        ("p{3cm}m{2em} b{1in}", "lll", [], []),
        ("X S S[table-format=2.1] c", "lrrc", [], []),
        ("w{r}{2cm}c", "rc", [], []),
        ("r@{\\,}l!{\\quad}c", "rlc", [], []),
        ("c!{\\vrule}c@{\\vline}c", "ccc", [1, 2], []),
        (">{\\centering\\arraybackslash}p{3cm} >{\\raggedleft}X", "cr", [], []),
        ("l<{\\%}c", "lc", [], []),
        ("rCl", "rcl", [], []),
        ("?? {lll} 7 c", "c", [], []),
        ("", "", [], []),
    ],
)
def test_columns_and_lines_are_read(source: str, alignment: str, lines: list[int], dashed: list[int]) -> None:
    found = read_columns(source)

    assert (found.alignment, found.lines, found.dashed_lines) == (alignment, lines, dashed)


def test_columns_of_words_are_known_and_have_a_width() -> None:
    columns = read_columns(r"c p{2em} m{wide} X >{$}p{1em} p{0.5\textwidth} p{\linewidth}").columns

    assert [(column.is_text, column.width_em) for column in columns] == [
        (False, None), (True, 2.0), (True, None), (True, None), (False, 1.0), (True, 15.0), (True, 30.0),
    ]  # fmt: skip


def test_what_stands_between_columns_takes_their_gap_or_keeps_it() -> None:
    found = read_columns(r"@{}l@{\;=\;}r!{\to}c@{}")

    assert [(between.column, between.source, between.keeps_gap) for between in found.between] == [
        (0, "", False), (1, r"\;=\;", False), (2, r"\to", True), (3, "", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "applied"),
    [
        (r"\displaystyle", r"\displaystyle"),
        (r"\color{red}", r"\color{red}"),
        (r"$\displaystyle", r"\displaystyle"),
        (r"\collectcell\mymacro", ""),
        (r"\bfseries", ""),
    ],
)
def test_only_simple_prefixes_are_put_before_cells(prefix: str, applied: str) -> None:
    (column,) = read_columns(f">{{{prefix}}}c").columns

    assert column.prefix == applied


@pytest.mark.parametrize(
    "source",
    ["*{99999}{c}", "*{99999999999}{c}", "*{9}{*{9}{*{9}{*{9}{*{9}{}}}}}", "*{50}{*{50}{*{50}{c|}}}", "*" * 5000, "c" * 9000],
)  # fmt: skip
def test_repetitions_come_to_an_end(source: str) -> None:
    assert len(read_columns(source).columns) <= MOST_COLUMNS


@given(st.text(alphabet=r"lcrpX|:;*@!<>{}[]$\=1 29", max_size=60))
def test_garbage_is_overlooked(source: str) -> None:
    found = read_columns(source)

    assert len(found.columns) <= MOST_COLUMNS
    assert all(0 <= line <= len(found.columns) for line in (*found.lines, *found.dashed_lines))


@pytest.mark.parametrize(
    ("source", "is_specification"),
    [("r", True), ("cc|c", True), ("c:c", True), (" l c ", True), ("a", False), ("a,b", False), ("1", False), ("", False), ("|", False)],
)  # fmt: skip
def test_options_of_matrices_are_told_from_elements(source: str, is_specification: bool) -> None:
    assert looks_like_columns(source) is is_specification
