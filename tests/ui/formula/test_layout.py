"""Formulas in boxes: where things stand relative to each other, and that every glyph exists."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from phidesk.core.paths import package_resources
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from phidesk.richtext.formula.symbols import COMMANDS
from phidesk.ui.formula.boxes import Box, DrawnFormula
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.richtext.formula.test_parser import PIECES

SIZE = 20.0


@pytest.fixture(scope="module")
def font(qapp: QApplication) -> MathFont:
    return MathFont(package_resources() / "fonts" / "STIXTwoMath.ttf")


@pytest.fixture(scope="module")
def layout(font: MathFont) -> FormulaLayout:
    return FormulaLayout(font)


def box_of(layout: FormulaLayout, source: str, *, is_display: bool = True) -> Box:
    return layout.lay_out(parse_formula(source), SIZE, is_display=is_display)


def test_every_character_that_a_command_stands_for_is_in_the_font(font: MathFont) -> None:
    missing = [name for name, (text, _) in COMMANDS.items() if not all(font.glyph(character) for character in text)]

    assert missing == []


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
