"""Formulas in boxes: where things stand relative to each other, and that every glyph exists."""

from __future__ import annotations

import math
import string
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter

from phidesk.core.paths import package_resources
from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.characters.text import CIRCLED, TEXT_SIGNS
from phidesk.richtext.formula.nodes import Scripts, Symbol, Word
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from phidesk.richtext.formula.symbols import (
    ACCENTS,
    COMMANDS,
    DELIMITERS,
    STRETCHED_ARROWS,
    WIDE_ACCENTS,
    WIDE_ACCENTS_BELOW,
)
from phidesk.ui.formula.boxes import DrawnFormula
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.richtext.formula.test_parser import PIECES
from tests.ui.formula.laid_out import SIZE, box_of

ARROWS_OF_ONE_WIDTH = ("xtwoheadrightarrow", "xtwoheadleftarrow", "xlongequal")


def test_every_character_that_a_command_stands_for_is_in_the_font(font: MathFont) -> None:
    marks = ACCENTS | WIDE_ACCENTS | WIDE_ACCENTS_BELOW | STRETCHED_ARROWS
    texts = {name: text for name, (text, _) in COMMANDS.items()} | marks | DELIMITERS

    assert [name for name, text in texts.items() if not all(font.glyph(character) for character in text)] == []


def test_every_name_of_a_symbol_is_drawn(layout: FormulaLayout) -> None:
    sources = [rf"\{name} " for name in COMMANDS] + [rf"\left\{name} x\right." for name in DELIMITERS]

    assert [source for source in sources if not box_of(layout, source).has_ink] == []


def test_a_bold_sign_has_more_ink_in_its_place(layout: FormulaLayout) -> None:
    thin, bold = (box_of(layout, source) for source in (r"\infty", r"\boldsymbol{\infty}"))

    assert len(bold.glyphs) > len(thin.glyphs)
    assert thin.width < bold.width < thin.width * 1.1
    assert (bold.height, bold.depth) == (thin.height, thin.depth)


def test_only_signs_of_currencies_are_left_to_the_fonts_of_the_system(font: MathFont) -> None:
    signs = "".join(TEXT_SIGNS) + "".join(CIRCLED.values())

    assert {unicodedata.category(sign) for sign in signs if not font.glyph(sign)} == {"Sc"}


@pytest.mark.parametrize("alphabet", Alphabet)
def test_every_letter_of_an_alphabet_is_in_the_font(font: MathFont, alphabet: Alphabet) -> None:
    letters = string.ascii_letters + string.digits + "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψω∇∂ϵϑϰϕϱϖ"

    assert [letter for letter in letters if not font.glyph(styled(letter, alphabet))] == []


def test_a_fraction_stands_around_its_bar(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\frac{a}{b}")

    above, below = box.glyphs
    (bar,) = box.bars
    assert above.y < bar.y < below.y
    assert bar.width >= box.width * 0.8


def test_scripts_are_smaller_and_stand_above_and_below(layout: FormulaLayout) -> None:
    base, above, below = box_of(layout, "x^2_1").glyphs

    assert above.y < base.y < below.y
    assert above.size_px < base.size_px
    assert math.isclose(above.size_px, below.size_px)


def test_limits_of_a_sum_stand_beside_it_in_running_text(layout: FormulaLayout) -> None:
    displayed, inline = (box_of(layout, r"\sum_{i}", is_display=is_display) for is_display in (True, False))

    assert displayed.glyphs[1].x < displayed.glyphs[0].x + displayed.width / 2
    assert inline.glyphs[1].x > inline.glyphs[0].x
    assert displayed.height + displayed.depth > inline.height + inline.depth


@pytest.mark.parametrize(
    ("growing", "plain"),
    [
        (r"\Tr(x) y", r"\operatorname{Tr}(x) y"),
        (r"2 \qty(x) + 1", "2(x) + 1"),
        (r"\qty(x), \qty(x)\log x", r"(x), (x)\log x"),
    ],
)
def test_brackets_with_a_name_stand_among_their_neighbours_as_plain_ones(
    layout: FormulaLayout, growing: str, plain: str
) -> None:
    assert math.isclose(box_of(layout, growing).width, box_of(layout, plain).width)


def test_a_differential_keeps_a_distance_except_from_a_comma(layout: FormulaLayout) -> None:
    names = (r"x\dd{y}", r"x\mathrm{d}y", r"\dd{y},z", r"\mathrm{d}y,z", r"\dd{y}\dd{z}", r"\mathrm{d}y\mathrm{d}z")
    behind, plain_behind, comma, plain_comma, two, plain_two = (box_of(layout, source).width for source in names)

    assert math.isclose(behind - plain_behind, SIZE / 6)
    assert math.isclose(two - plain_two, SIZE / 6)
    assert math.isclose(comma, plain_comma)


def test_brackets_with_a_name_are_as_high_as_what_they_enclose(layout: FormulaLayout) -> None:
    named, usual = (box_of(layout, source) for source in (r"\qty(\frac{a}{b})", r"\left(\frac{a}{b}\right)"))

    assert (named.height, named.depth) == (usual.height, usual.depth)
    assert named.height > box_of(layout, "(").height


@pytest.mark.parametrize("rows", [2, 4, 8, 30])
def test_delimiters_are_as_high_as_what_they_enclose(layout: FormulaLayout, rows: int) -> None:
    inner = r"\\".join("x" * rows)

    box = box_of(layout, rf"\begin{{pmatrix}}{inner}\end{{pmatrix}}")
    bare = box_of(layout, rf"\begin{{matrix}}{inner}\end{{matrix}}")

    assert bare.height <= box.height <= bare.height * 1.25
    assert box.width > bare.width


def test_relations_of_aligned_equations_stand_below_each_other(layout: FormulaLayout, font: MathFont) -> None:
    box = box_of(layout, r"\begin{aligned} x &= 1 \\ 2y+3 &= 2 \end{aligned}")

    places = [glyph.x for glyph in box.glyphs if glyph.glyph == font.glyph("=")]
    assert math.isclose(*places)


def test_a_minus_at_the_beginning_is_a_sign(layout: FormulaLayout) -> None:
    sign = box_of(layout, "-x")
    operation = box_of(layout, "y-x")

    assert sign.glyphs[1].x - sign.glyphs[0].x < operation.glyphs[2].x - operation.glyphs[1].x


def test_a_formula_grows_with_its_letters(layout: FormulaLayout) -> None:
    tree = parse_formula(r"\sqrt{\frac{a}{b}}")
    small, large = (layout.lay_out(tree, size, is_display=True) for size in (10.0, 20.0))

    assert math.isclose(large.width, 2 * small.width, rel_tol=0.05)


def test_it_is_painted_within_its_box_and_in_its_colours(layout: FormulaLayout, font: MathFont) -> None:
    box = box_of(layout, r"\textcolor{red}{\frac{a}{b}} + x")
    formula = DrawnFormula(box, font)
    image = QImage(math.ceil(box.width) + 40, math.ceil(box.height + box.depth) + 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))

    painter = QPainter(image)
    formula.paint(painter, 20, 20 + box.height, QColor("#0000ff"))
    painter.end()

    inked = {
        (x, y): QColor(image.pixel(x, y))
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y) != QColor("white")
    }
    assert all(18 <= x <= 22 + box.width and 18 <= y <= 22 + box.height + box.depth for x, y in inked)
    assert any(color.red() > 200 and color.blue() < 80 for color in inked.values())
    assert any(color.blue() > 200 and color.red() < 80 for color in inked.values())


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_tree_has_a_box_of_a_finite_size(pieces: list[str]) -> None:
    try:
        tree = parse_formula("".join(pieces))
    except FormulaTooDeep:
        return

    box = FormulaLayout(MathFont(package_resources() / "fonts" / "STIXTwoMath.ttf")).lay_out(
        tree, SIZE, is_display=True
    )

    assert all(math.isfinite(length) for length in (box.width, box.height, box.depth))


def test_spaces_come_on_top_of_the_distances_between_atoms(layout: FormulaLayout) -> None:
    plain, spaced, pulled = (box_of(layout, source).width for source in ("a=b", r"a\,=b", r"a\!=\!b"))

    assert math.isclose(spaced - plain, 3 / 18 * SIZE, abs_tol=0.01)
    assert math.isclose(plain - pulled, 6 / 18 * SIZE, abs_tol=0.01)


def test_all_delimiters_of_a_pair_have_one_height(layout: FormulaLayout, font: MathFont) -> None:
    box = box_of(layout, r"\left| a \middle| \frac{\frac{b}{c}}{d} \right|")

    tops = sorted({round(glyph.y, 3) for glyph in box.glyphs if font.metrics(glyph.glyph).advance < 0.4})
    assert box.height > 1.2 * SIZE
    assert len([glyph for glyph in box.glyphs if round(glyph.y, 3) == tops[-1]]) >= 3


def test_rules_of_an_array_meet_at_its_corners(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{|c|c|} \hline a & b \\ \hline c & d \\ \hline \end{array}")

    level = [bar for bar in box.bars if bar.width > bar.height]
    upright = [bar for bar in box.bars if bar.height > bar.width]
    assert (len(level), len(upright)) == (3, 3)
    assert {(round(bar.x, 3), round(bar.width, 3)) for bar in level} == {(0.0, round(box.width, 3))}
    assert {round(bar.height, 3) for bar in upright} == {round(box.height + box.depth, 3)}
    assert min(bar.y for bar in level) == -box.height
    assert math.isclose(max(bar.y + bar.height for bar in level), box.depth)


def test_double_rules_stand_apart_and_touch_no_cell(layout: FormulaLayout) -> None:
    box = box_of(
        layout, r"\begin{array}{||c||c||} \hline\hline a & b \\ \hline\hline c & d \\ \hline\hline \end{array}"
    )

    level = sorted(bar.y for bar in box.bars if bar.width > bar.height)
    upright = sorted(bar.x for bar in box.bars if bar.height > bar.width)
    assert len(level) == len(upright) == 6
    line = min(bar.height for bar in box.bars)
    assert all(second - first > 2 * line for places in (level, upright) for first, second in pairwise(places))
    assert all(not upright[0] < glyph.x < upright[1] for glyph in box.glyphs)
    a, _, c, _ = box.glyphs
    assert level[1] < a.y < level[2] < level[3] < c.y < level[4]
    assert math.isclose(level[5] + line, box.depth)


def test_a_partial_line_begins_and_ends_between_columns(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{c|c|c} a & b & c \\ \cline{2-3} d & e & f \\ \cline{1-2} \end{array}")

    level = [bar for bar in box.bars if bar.width > bar.height]
    upright = sorted(bar.x for bar in box.bars if bar.height > bar.width)
    line = min(bar.height for bar in box.bars)
    (upper, lower) = sorted(level, key=lambda bar: bar.y)
    assert (upper.x, upper.x + upper.width) == pytest.approx((upright[0], box.width))
    assert (lower.x, lower.x + lower.width) == pytest.approx((0.0, upright[1] + line))
    assert box.glyphs[2].y < upper.y < box.glyphs[3].y < lower.y


@pytest.mark.parametrize("columns", ["5-9", "2-1", "0-0"])
def test_a_partial_line_under_no_column_is_not_drawn(layout: FormulaLayout, columns: str) -> None:
    box = box_of(layout, rf"\begin{{array}}{{cc}} a & b \\ \cline{{{columns}}} c & d \end{{array}}")

    assert box.bars == []


def test_no_line_goes_through_a_cell_over_several_columns(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{c|c} \multicolumn{2}{c}{wide+words} \\ a & b \\ \end{array}")

    (bar,) = box.bars
    below = box.glyphs[-2:]
    above = box.glyphs[:-2]
    assert bar.y > max(glyph.y for glyph in above)
    assert below[0].x < bar.x < below[1].x
    assert math.isclose(bar.y + bar.height, box.depth)


def test_a_brace_above_is_as_near_as_one_below(layout: FormulaLayout) -> None:
    above = box_of(layout, r"\overbrace{a+b+c+d+e}")
    below = box_of(layout, r"\underbrace{a+b+c+d+e}")

    assert math.isclose(above.height - below.height, below.depth - above.depth, abs_tol=1)


@pytest.mark.parametrize("arrow", ARROWS_OF_ONE_WIDTH)
def test_arrows_that_fonts_have_in_one_width_grow_with_their_labels(layout: FormulaLayout, arrow: str) -> None:
    label = box_of(layout, r"\scriptstyle a+b+c+d+e+f")
    short, long = (box_of(layout, rf"\{arrow}{{{text}}}") for text in ("", "a+b+c+d+e+f"))

    assert long.width > label.width > short.width
    ink = [glyph.x for glyph in long.glyphs] + [bar.x for bar in long.bars]
    assert min(ink) < 0.1 * SIZE
    assert long.depth == pytest.approx(short.depth)


def test_a_double_arrow_stands_above_its_base_and_touches_nothing(layout: FormulaLayout, font: MathFont) -> None:
    arrow, base = (box_of(layout, source) for source in (r"\Overrightarrow{ABC}", "ABC"))

    above = [glyph for glyph in arrow.glyphs if glyph.y < 0]
    assert above
    assert all(glyph.y + font.metrics(glyph.glyph).descent * SIZE < -base.height for glyph in above)


def test_a_phantom_keeps_the_sizes_that_it_is_asked_for(layout: FormulaLayout) -> None:
    whole, width, height = (
        box_of(layout, rf"\{name}{{\frac{{a}}{{b}}}}") for name in ("phantom", "hphantom", "vphantom")
    )

    assert (width.width, width.height) == (whole.width, 0)
    assert (height.width, height.height) == (0, whole.height)
    assert not whole.has_ink


def test_words_in_a_script_that_the_font_lacks_are_set_by_qt(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\text{速度} = 5")

    assert [word.text for word in box.words] == ["速度"]
    assert box.width > 4 * SIZE * 0.7


@pytest.mark.parametrize(("own", "text", "is_kept"), [("red", "#111111", True), ("yellow", "#111111", False), ("black", "#eeeeee", False), ("nonsense", "#111111", False)])  # fmt: skip
def test_a_colour_that_would_vanish_comes_nearer_to_that_of_the_text(
    font: MathFont,
    layout: FormulaLayout,
    own: str,
    text: str,
    is_kept: bool,
) -> None:
    formula = DrawnFormula(box_of(layout, rf"\textcolor{{{own}}}{{\blacksquare}}"), font)
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white" if QColor(text).lightness() < 128 else "black"))

    painter = QPainter(image)
    formula.paint(painter, 10, 30, QColor(text))
    painter.end()

    inked = image.pixelColor(10 + round(formula.width / 2), 30 - round(formula.height / 2))
    assert (inked == QColor(own)) == is_kept
    assert inked not in (QColor("white"), QColor("black"))


def test_numbers_before_a_letter_end_where_it_begins(layout: FormulaLayout) -> None:
    letter, one, four, six = box_of(layout, r"\prescript{14}{6}{C}").glyphs

    assert one.x < four.x == pytest.approx(six.x)
    assert four.y < letter.y < six.y
    assert six.x < letter.x


def test_a_charge_may_stand_after_the_number_below(layout: FormulaLayout) -> None:
    scripts = Scripts(Word("O"), below=Symbol("4"), above=Symbol("2"), is_staggered=True)
    _, above, below = layout.lay_out(scripts, SIZE, is_display=True).glyphs

    assert below.x < above.x
    assert above.y < below.y


def test_scripts_of_words_are_level(layout: FormulaLayout) -> None:
    scripts = [glyph for glyph in box_of(layout, r"\text{Mg(OH)}_2 + \text{H}_2").glyphs if glyph.size_px < SIZE]

    assert scripts[0].y == pytest.approx(scripts[1].y)


@pytest.mark.parametrize("name", ["xrightleftharpoons", "xleftrightharpoons", "xrightleftarrows"])
def test_a_pair_of_arrows_is_as_long_as_its_label(layout: FormulaLayout, font: MathFont, name: str) -> None:
    box = box_of(layout, rf"\{name}[b]{{\text{{a rather long label}}}}")

    label = [glyph for glyph in box.glyphs if glyph.size_px < SIZE and glyph.y < 0]
    shafts = [glyph for glyph in box.glyphs if glyph.size_px == SIZE]
    assert min(glyph.x for glyph in shafts) <= label[0].x
    assert max(glyph.x + font.metrics(glyph.glyph).advance * SIZE for glyph in shafts) >= label[-1].x
    assert len({round(glyph.y, 2) for glyph in shafts}) == 2
