"""Tables in formulas as a reader sees them: what stands beside what, how far apart, and where lines go."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from phidesk.ui.formula.layout import FormulaLayout
from tests.ui.formula.laid_out import SIZE, box_of


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (r"\begin{array}{r@{}l} 1 & 2 \end{array}", r"\begin{array}{rl} 1 & 2 \end{array}"),
        (r"\begin{array}{rl} 1 & 2 \end{array}", r"\begin{array}{r@{\quad\quad}l} 1 & 2 \end{array}"),
        (r"\begin{array}{rl} 1 & 2 \end{array}", r"\begin{array}{r!{\to}l} 1 & 2 \end{array}"),
        (r"\begin{array}{@{}c@{}} \hline 1 \end{array}", r"\begin{array}{c} \hline 1 \end{array}"),
    ],
)
def test_what_stands_between_columns_says_how_far_they_are_apart(layout: FormulaLayout, narrow: str, wide: str) -> None:
    assert box_of(layout, narrow).width < box_of(layout, wide).width


def test_what_stands_between_columns_stands_in_every_row(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{r@{=}l} 1 & 2 \\ 30 & 40 \end{array}")

    signs = [glyph for glyph in box.glyphs if glyph.glyph == box.glyphs[2].glyph]
    upper, lower = signs
    assert math.isclose(upper.x, lower.x)
    assert box.glyphs[0].x < upper.x < box.glyphs[1].x
    assert upper.y < lower.y


@pytest.mark.parametrize(("end", "direction"), [(r"\\[8pt]", 1), (r"\\[-2pt]", -1)])
def test_a_length_behind_a_row_moves_the_next_one(layout: FormulaLayout, end: str, direction: int) -> None:
    box, usual = (box_of(layout, rf"\begin{{aligned}} 1 {this} 2 \end{{aligned}}") for this in (end, r"\\"))

    distance, usual_distance = (found.glyphs[1].y - found.glyphs[0].y for found in (box, usual))
    assert (distance - usual_distance) * direction > 1


def test_stretched_rows_are_farther_apart(layout: FormulaLayout) -> None:
    matrix = r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"

    usual, stretched = box_of(layout, matrix), box_of(layout, rf"\def\arraystretch{{2}} {matrix}")

    assert stretched.height + stretched.depth > 1.4 * (usual.height + usual.depth)


def test_a_table_may_stand_on_its_first_or_last_row(layout: FormulaLayout) -> None:
    first, middle, last = (
        box_of(layout, rf"x \begin{{array}}{option}{{c}} 1 \\ 2 \end{{array}}") for option in ("[t]", "", "[b]")
    )

    assert first.glyphs[0].y == first.glyphs[1].y < first.glyphs[2].y
    assert last.glyphs[1].y < last.glyphs[0].y == last.glyphs[2].y
    assert middle.glyphs[1].y < middle.glyphs[0].y < middle.glyphs[2].y


def test_delimiters_enclose_a_matrix_that_does_not_stand_in_the_middle(layout: FormulaLayout) -> None:
    enclosed = r"\left[\begin{array}[t]{c} 1 \\ 2 \\ 3 \end{array}\right]"

    box = box_of(layout, enclosed)

    ink = [glyph for glyph in box.glyphs if glyph.x > 0]
    assert min(glyph.y for glyph in ink) >= -box.height
    assert max(glyph.y for glyph in ink) <= box.depth


def test_a_dashed_line_has_gaps_and_is_as_long_as_a_solid_one(layout: FormulaLayout) -> None:
    solid = box_of(layout, r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}").bars
    dashed = box_of(layout, r"\begin{array}{c:c} a & b \\ \hdashline c & d \end{array}").bars

    assert len(solid) == 2
    for is_level in (True, False):
        (line,) = [bar for bar in solid if (bar.width > bar.height) is is_level]
        dashes = [bar for bar in dashed if (bar.width > bar.height) is is_level]
        spans = [(bar.x, bar.x + bar.width) if is_level else (bar.y, bar.y + bar.height) for bar in dashes]
        whole = (line.x, line.x + line.width) if is_level else (line.y, line.y + line.height)
        assert (spans[0][0], spans[-1][1]) == pytest.approx(whole)
        assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_trimmed_lines_leave_a_gap_between_them(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{cc} 1 & 2 \\ \cmidrule(lr){1-1} \cmidrule(lr){2-2} 3 & 4 \end{array}")

    left, right = sorted(box.bars, key=lambda bar: bar.x)
    assert 0 < left.x < left.x + left.width < right.x < right.x + right.width < box.width


def test_a_cell_over_two_rows_stands_in_their_middle_and_no_line_goes_through_it(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{|c|c|} \hline \multirow{2}{*}{x} & 1 \\ \hline & 2 \\ \hline \end{array}")

    x, first, second = box.glyphs
    assert first.y < x.y < second.y
    level = sorted((bar for bar in box.bars if bar.width > bar.height), key=lambda bar: bar.y)
    assert [round(bar.width - box.width, 3) == 0 for bar in level] == [True, False, True]
    assert level[1].x > x.x


@pytest.mark.parametrize("column", ["S", "S[table-format=3.2]", "d{2}", "D{.}{.}{2}"])
@pytest.mark.parametrize("name", ["array", "tabular"])
def test_numbers_have_their_points_below_each_other(layout: FormulaLayout, name: str, column: str) -> None:
    box = box_of(layout, rf"\begin{{{name}}}{{{column}}} 1.25 \\ 100.5 \\ 7 \\ {{V}} \end{{{name}}}")

    first, first_point, _, _, *_ = box.glyphs
    points = [glyph.x for glyph in box.glyphs if glyph.glyph == first_point.glyph]
    seven, head = box.glyphs[-2:]
    assert points == [pytest.approx(first_point.x)] * 2
    assert seven.x == pytest.approx(first.x)
    assert 0 < head.x < box.width - SIZE


def uprights_of(layout: FormulaLayout, columns: str, rows: str) -> list[tuple[int, bool, bool]]:
    """Return for vertical lines, from the left, how many glyphs are left of it, and whether it is in either row."""
    box = box_of(layout, rf"\begin{{array}}{{{columns}}} {rows} \end{{array}}")
    middle = (min(glyph.y for glyph in box.glyphs) + max(glyph.y for glyph in box.glyphs)) / 2
    bars = sorted((bar for bar in box.bars if bar.height > bar.width), key=lambda bar: bar.x)
    return [
        (
            sum(glyph.x < bar.x for glyph in box.glyphs),
            bar.y < middle - SIZE * 0.6,
            bar.y + bar.height > middle + SIZE * 0.3,
        )
        for bar in bars
    ]


@pytest.mark.parametrize(
    ("columns", "rows", "lines"),
    [
        ("c|c", r"1 & 2 \\ 3 & 4", [(2, True, True)]),
        ("c|c", r"\multicolumn{1}{c}{1} & 2 \\ 3 & 4", [(2, False, True)]),
        ("cc", r"\multicolumn{1}{c|}{1} & 2 \\ 3 & 4", [(2, True, False)]),
        ("cc", r"1 & \multicolumn{1}{|c}{2} \\ 3 & 4", [(2, True, False)]),
        ("c|c", r"1 & \multicolumn{1}{c}{2} \\ 3 & 4", [(2, True, True)]),
        ("|cc", r"\multicolumn{1}{c}{1} & 2 \\ 3 & 4", [(0, False, True)]),
        ("cc|", r"1 & \multicolumn{1}{c}{2} \\ 3 & 4", [(4, False, True)]),
        ("c|c", r"\multicolumn{2}{c}{12} \\ 3 & 4", [(2, False, True)]),
    ],
)
def test_a_cell_over_columns_says_which_lines_are_at_its_sides(
    layout: FormulaLayout, columns: str, rows: str, lines: list[tuple[int, bool, bool]]
) -> None:
    assert uprights_of(layout, columns, rows) == lines


def test_rows_make_room_for_a_high_cell_over_them(layout: FormulaLayout) -> None:
    box = box_of(
        layout,
        r"\begin{array}{cc} \multirow{2}{*}{$\displaystyle\frac{\frac{1}{2}}{\frac{3}{4}}$} & 1 \\ & 2 \end{array}",
    )

    assert all(-box.height <= glyph.y <= box.depth for glyph in box.glyphs)
    assert all(-box.height <= bar.y <= box.depth for bar in box.bars)


def test_delimiters_leave_out_the_names_of_rows_and_columns(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\bordermatrix{ & x & y \cr A & 1 & 2 \cr B & 3 & 4 \cr}")

    opening, x, _, name, first, last_of_row, *_, closing = box.glyphs
    assert name.x < opening.x < first.x < last_of_row.x < closing.x
    assert x.y < first.y


def test_lines_of_one_formula_are_staggered(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{multline} a \\ b \\ c \end{multline}")

    a, b, c = box.glyphs
    assert a.x < b.x < c.x
    assert a.y < b.y < c.y


def test_words_between_aligned_lines_begin_at_their_left_edge(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{align} 1 &= 2 \\ \intertext{x} 10 &= 20 \end{align}")

    assert box.glyphs[3].x == 0
    assert box.glyphs[0].y < box.glyphs[3].y < box.glyphs[4].y


def test_upright_arrows_stand_below_what_they_come_from(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{CD} A @>f>> A \\ @V{long}VV @VVgV \\ A @>>> A \end{CD}")

    a = [glyph for glyph in box.glyphs if glyph.glyph == box.glyphs[0].glyph]
    left, right, below_left, below_right = a
    assert (left.x, left.y) == (below_left.x, right.y)
    assert (below_right.x, below_left.y) == (right.x, below_right.y)
    long = [glyph for glyph in box.glyphs if left.y < glyph.y < below_left.y]
    assert any(left.x < glyph.x < left.x + SIZE * 0.7 for glyph in long)


def test_what_is_divided_stands_below_a_line_behind_the_sign(layout: FormulaLayout) -> None:
    box = box_of(layout, r"4\enclose{longdiv}{92}")

    four, *sign, nine, two = box.glyphs
    (line,) = box.bars
    assert sign
    assert four.x < min(glyph.x for glyph in sign) < nine.x < two.x <= line.x + line.width
    assert line.y < nine.y - SIZE * 0.6
